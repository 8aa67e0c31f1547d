package upload

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/hold"
	"waybill/internal/ident"
	"waybill/internal/org"
	"waybill/internal/policy"
)

// Stager offers uploads, signs the way to S3, and completes them.
type Stager struct {
	Region  string
	Bucket  string
	Records Records
	Objects Objects
	Keys    org.Keys
}

// Records is what a Stager needs of the store. Each write carries its audit entry in the same transaction, and answers
// *audit.Replayed instead when the act's idempotency key was used before for the same request.
type Records interface {
	// Organisation answers fault.NotFound when there is none.
	Organisation(ctx context.Context, id string) (org.Organisation, error)
	// Offer writes a new upload if its migration (when it has one) exists, the organisation's key is still as read in
	// before and no termination of it runs; it notes the key's state as in after. fault.NotFound, fault.Stale.
	Offer(ctx context.Context, act audit.Act, u Upload, before, after org.Organisation) error
	// KeyLost notes that the organisation's key stopped working, with an audit entry for the refusal.
	KeyLost(ctx context.Context, act audit.Act, before, after org.Organisation) error
	// Upload answers fault.NotFound when the organisation has none of that id. Organisation "" is the quarantine.
	Upload(ctx context.Context, organisation, id string) (Upload, error)
	// Uploads lists newest first, after the id given: the organisation's, or those of one migration.
	Uploads(ctx context.Context, organisation, migration, after string, limit int) (list []Upload, more bool, err error)
	Replacer
	// Guard reads an organisation's holds.
	Guard(ctx context.Context, organisation string) (hold.Guard, error)
	// Note records an act that changed nothing else.
	Note(ctx context.Context, organisation string, entry audit.Entry) error
	// Replayed answers *audit.Replayed when the act's idempotency key was used for the same request, nil when it is new.
	Replayed(ctx context.Context, organisation string, act audit.Act) error
}

// Replacer changes the record of an upload.
type Replacer interface {
	// ReplaceUpload answers fault.Stale when the record is no longer at before's revision.
	ReplaceUpload(ctx context.Context, act audit.Act, action audit.Action, before, after Upload, detail string) error
}

// Objects is S3 as far as the api may use it: it signs, opens and completes; it cannot read or delete a staged byte.
type Objects interface {
	// SignPut signs one PUT of the whole object.
	SignPut(ctx context.Context, u Upload) (Signed, error)
	// SignPart signs one PUT of one part.
	SignPart(ctx context.Context, u Upload, p PartDigest) (Signed, error)
	// Open begins a multipart upload and answers S3's id of it.
	Open(ctx context.Context, u Upload) (uploadID string, err error)
	// Parts lists what S3 already has; none when the multipart upload is no longer there.
	Parts(ctx context.Context, u Upload) ([]Part, error)
	// Complete joins the parts into the object and answers its version. fault.NotFound when the multipart upload is no
	// longer there (completed by an earlier call, or aborted); fault.BadInput when S3 refuses a part.
	Complete(ctx context.Context, u Upload, parts []Part) (versionID string, err error)
}

// Signed is a request that S3 will accept once the headers are sent as given; every one is signed.
type Signed struct {
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
}

// Offer opens an upload for a file: the organisation's key is proven by KMS first. migration may be empty. While the
// organisation's termination runs, nothing is offered.
func (s Stager) Offer(ctx context.Context, act audit.Act, organisation, migration string, d Draft) (Upload, error) {
	if err := d.check(); err != nil {
		return Upload{}, err
	}
	o, err := s.Records.Organisation(ctx, organisation)
	if err != nil {
		return Upload{}, err
	}
	if err := o.Termination.Admits(); err != nil {
		return s.unlessOffered(ctx, act, organisation, err)
	}
	after, err := s.proveKey(ctx, act, o)
	if err != nil {
		return Upload{}, err
	}
	u, err := s.draw(act, o, migration, d)
	if err != nil {
		return Upload{}, err
	}
	err = s.Records.Offer(ctx, act, u, o, after)
	if first, repeated := audit.Repetition(err); repeated {
		return s.Records.Upload(ctx, organisation, first)
	}
	return u, err
}

// unlessOffered answers the offer that the same request made before, or the refusal.
func (s Stager) unlessOffered(ctx context.Context, act audit.Act, organisation string, refusal error) (Upload, error) {
	first, err := audit.Unless(s.Records.Replayed(ctx, organisation, act), refusal)
	if err != nil {
		return Upload{}, err
	}
	return s.Records.Upload(ctx, organisation, first)
}

// proveKey answers the organisation with its key's state as KMS says it now, or refuses because the key is lost.
func (s Stager) proveKey(ctx context.Context, act audit.Act, o org.Organisation) (org.Organisation, error) {
	state, err := s.Keys.Prove(ctx, o.Key.ARN)
	if err != nil {
		return o, fmt.Errorf("proving the key of %s: %w", o.ID, err)
	}
	after := o
	after.Key.State = state
	if state == org.Usable {
		return after, nil
	}
	act.Once = nil // a refusal does not spend the idempotency key: the same request may succeed when the key returns
	if err := s.Records.KeyLost(ctx, act, o, after); err != nil {
		return o, err
	}
	return o, org.Lost(state)
}

func (s Stager) draw(act audit.Act, o org.Organisation, migration string, d Draft) (Upload, error) {
	id, err := ident.New(ident.Upload, act.Time, rand.Reader)
	if err != nil {
		return Upload{}, fmt.Errorf("naming an upload: %w", err)
	}
	deadline := policy.Deadline(policy.OpenOffer, act.Time)
	u := Upload{ID: id, Org: o.ID, Migration: migration, FileName: d.FileName, Size: d.Size, Kind: d.Kind, SHA256: d.SHA256, Receipt: d.ReceiptSHA256,
		State: Pending, Region: s.Region, Bucket: s.Bucket, ObjectKey: objectKey(d.Kind, o.ID, id), KMSKeyARN: o.Key.ARN,
		Rule: policy.Offer.Name, CreatedAt: act.Time, DeleteBy: deadline, Due: deadline, Revision: 1}
	u.Method, u.PartSize, u.Parts = method(d.Size)
	return u, nil
}

// SignPut signs the one PUT of a single upload, as often as asked while it is pending.
func (s Stager) SignPut(ctx context.Context, act audit.Act, u Upload) (Signed, error) {
	if err := u.open(act.Time, Single); err != nil {
		return Signed{}, err
	}
	return s.Objects.SignPut(ctx, u)
}

// open refuses to sign for what is no longer pending, or travels the other way.
func (u Upload) open(now time.Time, m Method) error {
	if u = u.At(now); u.State != Pending {
		return fault.Conflict.Because("The upload is %s; only a PENDING one can be written to.", u.State)
	}
	if u.Method != m {
		return fault.Conflict.Because("The upload is a %s one.", u.Method)
	}
	return nil
}

// Get shows an upload as it is now.
func (s Stager) Get(ctx context.Context, act audit.Act, organisation, id string) (Upload, error) {
	u, err := s.Records.Upload(ctx, organisation, id)
	return u.At(act.Time), err
}

// List shows an organisation's uploads, or one migration's, newest first.
func (s Stager) List(ctx context.Context, act audit.Act, organisation, migration, after string, limit int) ([]Upload, bool, error) {
	list, more, err := s.Records.Uploads(ctx, organisation, migration, after, limit)
	for i := range list {
		list[i] = list[i].At(act.Time)
	}
	return list, more, err
}
