package upload

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/ident"
	"waybill/internal/org"
	"waybill/internal/text"
)

// Arrival is what S3 reports of a new object version. Reports come late, twice and in any order.
type Arrival struct {
	Bucket    string
	Key       string
	VersionID string
	Size      int64
	Time      time.Time // when S3 says it was put; the same in every report of it
	Landed    time.Time // the same instant by the cell's clock; zero when it is not known
}

// since is when the clock of its rule starts: when the bytes landed, however late the report is of it. S3's clock is not
// ours, so it is no earlier than the offer and no later than now.
func (a Arrival) since(offered, now time.Time) time.Time {
	landed := audit.At(a.Landed)
	if a.Landed.IsZero() || landed.After(now) {
		return now
	}
	if landed.Before(offered) {
		return offered
	}
	return landed
}

// Receiver takes in what arrived: it seals the record of what was offered, makes one for a hand drop, and quarantines
// what matches nothing. It cannot read what arrived.
type Receiver struct {
	Region  string
	Records Arrivals
	Drops   Drops
}

// Arrivals is what a Receiver needs of the store.
type Arrivals interface {
	Organisation(ctx context.Context, id string) (org.Organisation, error)
	Upload(ctx context.Context, organisation, id string) (Upload, error)
	Replacer
	// Admit writes the record of something that was never offered; fault.Conflict when it is recorded already,
	// fault.NotFound when its organisation is at its end.
	Admit(ctx context.Context, act audit.Act, action audit.Action, u Upload, detail string) error
}

// Drops tells under which KMS key a hand-dropped object lies; fault.NotFound when it is gone.
type Drops interface {
	KeyOf(ctx context.Context, a Arrival) (keyARN string, err error)
}

// tries is how often a record that changed under our hands is read again.
const tries = 3

// Arrived brings the records in line with one arrival. Repeating it changes nothing.
func (r Receiver) Arrived(ctx context.Context, act audit.Act, a Arrival) error {
	for range tries {
		err := r.arrived(ctx, act, a)
		if !errors.Is(err, fault.Stale) {
			return err
		}
	}
	return fmt.Errorf("the record of %s kept changing", a.Key)
}

func (r Receiver) arrived(ctx context.Context, act audit.Act, a Arrival) error {
	if organisation, id, offered := offeredAs(a.Key); offered {
		u, err := r.Records.Upload(ctx, organisation, id)
		if err == nil && u.ObjectKey == a.Key {
			return r.settle(ctx, act, u, a)
		}
		if err != nil && !errors.Is(err, fault.NotFound) {
			return err
		}
	}
	if organisation, dropped := droppedBy(a.Key); dropped {
		o, err := r.Records.Organisation(ctx, organisation)
		if err == nil && o.EndingAt.IsZero() {
			return r.admitDrop(ctx, act, o, a)
		}
		if err != nil && !errors.Is(err, fault.NotFound) {
			return err
		}
	}
	return r.quarantine(ctx, act, a)
}

// settle seals a pending upload. The version that it was sealed with is old news.
func (r Receiver) settle(ctx context.Context, act audit.Act, u Upload, a Arrival) error {
	switch {
	case u.State == Pending:
		after := u.sealed(a.VersionID, a.since(u.CreatedAt, act.Time))
		return r.Records.ReplaceUpload(ctx, act, audit.UploadSealed, u, after, after.Rule)
	case a.VersionID != "" && a.VersionID == u.VersionID:
		return nil
	default:
		return takeBack(ctx, r.Records, act, u, a.VersionID)
	}
}

// takeBack sees to it that what came under the key of an upload, beside what is recorded of it, does not stay. As long
// as the upload is not due, it goes with it. When it is due or has ended, it is due again; the record is written in any
// case, so that a purge that looked before cannot record that all is gone.
func takeBack(ctx context.Context, records Replacer, act audit.Act, u Upload, version string) error {
	if u.State == Pending || u.State == Sealed && u.Due.After(act.Time) {
		return nil
	}
	return records.ReplaceUpload(ctx, act, audit.UploadReturned, u, u.returned(version, act.Time), "")
}

func (r Receiver) admitDrop(ctx context.Context, act audit.Act, o org.Organisation, a Arrival) error {
	keyARN, err := r.Drops.KeyOf(ctx, a)
	if errors.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("asking for the key of a hand drop: %w", err)
	}
	u := r.unoffered(act, a, dropKind(a.Key))
	u.Org, u.FileName, u.KMSKeyARN = o.ID, dropName(a.Key), keyARN
	return r.admit(ctx, act, audit.UploadDropped, u.sealed(a.VersionID, a.since(time.Time{}, act.Time)))
}

func (r Receiver) quarantine(ctx context.Context, act audit.Act, a Arrival) error {
	u := r.unoffered(act, a, Unmatched).sealed(a.VersionID, a.since(time.Time{}, act.Time))
	u.State = Quarantined
	return r.admit(ctx, act, audit.UploadQuarantined, u)
}

// unoffered is the record of something that was never offered. Its id is made of what it is, so that the same report
// twice makes the same record.
func (r Receiver) unoffered(act audit.Act, a Arrival, k Kind) Upload {
	id := ident.Derive(ident.Upload, a.Time, a.Bucket+"\x00"+a.Key+"\x00"+a.VersionID)
	return Upload{ID: id, Size: a.Size, Kind: k, Method: Single, Region: r.Region, Bucket: a.Bucket, ObjectKey: a.Key, CreatedAt: act.Time}
}

func (r Receiver) admit(ctx context.Context, act audit.Act, action audit.Action, u Upload) error {
	err := r.Records.Admit(ctx, act, action, u, u.Rule)
	if errors.Is(err, fault.Conflict) {
		return nil
	}
	return err
}

// offeredAs takes staged/{rule}/{organisation}/{upload} apart.
func offeredAs(key string) (organisation, id string, ok bool) {
	rest, staged := strings.CutPrefix(key, StagedPrefix)
	parts := strings.Split(rest, "/")
	if !staged || len(parts) != 3 || !ident.Valid(ident.Org, parts[1]) || !ident.Valid(ident.Upload, parts[2]) {
		return "", "", false
	}
	return parts[1], parts[2], true
}

// droppedBy takes drop/{organisation}/{anything} apart.
func droppedBy(key string) (organisation string, ok bool) {
	rest, dropped := strings.CutPrefix(key, DropPrefix)
	organisation, name, found := strings.Cut(rest, "/")
	return organisation, dropped && found && name != "" && ident.Valid(ident.Org, organisation)
}

func dropKind(key string) Kind {
	if strings.EqualFold(path.Ext(key), ".zip") {
		return SupportZip
	}
	return Other
}

// dropName is the last part of the key, made presentable: it was chosen by whoever dropped it.
func dropName(key string) string {
	clean := func(r rune) rune {
		if text.Hidden(r) {
			return '_'
		}
		return r
	}
	name := []rune(strings.Map(clean, path.Base(key)))
	return string(name[:min(len(name), 255)])
}
