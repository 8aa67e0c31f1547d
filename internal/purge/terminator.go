package purge

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"maps"

	"waybill/internal/audit"
	"waybill/internal/certificate"
	"waybill/internal/fault"
	"waybill/internal/hold"
	"waybill/internal/ident"
	"waybill/internal/org"
	"waybill/internal/policy"
	"waybill/internal/upload"
)

// Terminator ends organisations whose time is up. What is staged goes first, certified like any other purge; a legal hold
// on anything makes the end wait. Then every record of the organisation is erased, all that is left is looked at, and the
// sealing key of its record is destroyed in one transaction with the certificate of its end. What remains is that
// certificate, those of its uploads, the public halves of its audit entries, and a mark without a name.
//
// Each step can be repeated, and the organisation waits in the due index until the last.
type Terminator struct {
	Purger  Purger
	Records Endings
	Table   string // where the records are, as the certificate names it
}

// Endings is what a Terminator needs of the store.
type Endings interface {
	// Ending yields organisations whose termination was due by the act's time, however many cannot be ended yet. One that
	// cannot be read is reported in its place.
	Ending(ctx context.Context, act audit.Act) iter.Seq2[org.Organisation, error]
	// Remaining lists an organisation's uploads of which something is, or may be, left.
	Remaining(ctx context.Context, organisation, migration, after string, limit int) (list []upload.Upload, more bool, err error)
	Guard(ctx context.Context, organisation string) (hold.Guard, error)
	// BeginEnd marks that the records go from now on, so that no hold can be placed any more; fault.Stale when the
	// organisation or its holds are not as they were read.
	BeginEnd(ctx context.Context, act audit.Act, g hold.Guard, before, after org.Organisation) error
	// EraseRecords erases all but the organisation's own record and its sealing key, and answers how many, by kind.
	EraseRecords(ctx context.Context, organisation string) (map[string]int, error)
	// Left counts what EraseRecords should have erased, and answers the sealing key as it is stored.
	Left(ctx context.Context, organisation string) (n int, sealingKey []byte, err error)
	// End writes the mark in place of the record, destroys the sealing key, and writes the certificate.
	End(ctx context.Context, act audit.Act, o org.Organisation, c certificate.Certificate) error
}

const page = 500 // uploads that are read at once

// Sweep ends every organisation whose time is up. One that fails, or is held, stops no other and is met again.
func (t Terminator) Sweep(ctx context.Context, act audit.Act) (Report, error) {
	s := begin(act)
	for o, err := range t.Records.Ending(ctx, act) {
		if err == nil {
			err = t.end(ctx, s, o)
		}
		if err != nil && !errors.Is(err, fault.Stale) {
			s.fail(fmt.Errorf("ending %q: %w", o.ID, err))
		}
	}
	return s.report, errors.Join(s.failures...)
}

func (t Terminator) end(ctx context.Context, s *sweep, o org.Organisation) error {
	if o.EndingAt.IsZero() {
		begun, err := t.begin(ctx, s, o)
		if err != nil || begun.EndingAt.IsZero() {
			return err
		}
		o = begun
	}
	items, err := t.Records.EraseRecords(ctx, o.ID)
	if err != nil {
		return err
	}
	erased := frozen(t.Purger.Now)
	left, key, err := t.Records.Left(ctx, o.ID)
	if err == nil && left > 0 {
		err = fmt.Errorf("%d records were still there", left)
	}
	if err != nil {
		return err
	}
	signed, err := t.certify(ctx, o, certificate.Ending{Items: items, SealingKey: key, Erased: erased, VerifiedAbsent: frozen(t.Purger.Now)})
	if err != nil {
		return err
	}
	return t.Records.End(ctx, s.act, o, signed)
}

// begin purges what is staged. When nothing is left of it and nothing is held, it marks that the records follow.
func (t Terminator) begin(ctx context.Context, s *sweep, o org.Organisation) (org.Organisation, error) {
	if err := t.purgeAll(ctx, s, o); err != nil {
		return o, err
	}
	left, _, err := t.Records.Remaining(ctx, o.ID, "", "", 1)
	if err != nil || len(left) > 0 {
		return o, err
	}
	g, err := t.Records.Guard(ctx, o.ID)
	if err != nil || g.Any() {
		return o, err
	}
	after := o
	after.EndingAt = s.act.Time
	after.Revision++
	return after, t.Records.BeginEnd(ctx, s.act, g, o, after)
}

func (t Terminator) purgeAll(ctx context.Context, s *sweep, o org.Organisation) error {
	rule := policy.Governing(o.Termination.Leaving).Name
	for after, more := "", true; more; {
		list, further, err := t.Records.Remaining(ctx, o.ID, "", after, page)
		if err != nil {
			return err
		}
		var due []upload.Upload
		for _, u := range list {
			after = u.ID
			if u.State != upload.Pending { // which tick ends
				due = append(due, u.By(rule, o.Termination.DeleteBy))
			}
		}
		if more = further; len(due) > 0 {
			t.Purger.meet(ctx, s, o.ID, due)
		}
	}
	return nil
}

func (t Terminator) certify(ctx context.Context, o org.Organisation, e certificate.Ending) (certificate.Certificate, error) {
	id, err := ident.New(ident.Certificate, frozen(t.Purger.Now), rand.Reader)
	if err != nil {
		return certificate.Certificate{}, err
	}
	key, err := t.Purger.Signer.PublicKey(ctx)
	if err != nil {
		return certificate.Certificate{}, err
	}
	where := t.Purger.Place
	e.ID, e.Org, e.Cell, e.Region, e.Table, e.Function = id, o.ID, where.Cell, where.Region, t.Table, where.Function
	e.Rule, e.Requested, e.Due = policy.Governing(o.Termination.Leaving).Name, o.Termination.RequestedAt, o.Termination.DeleteBy
	if e.Items == nil {
		e.Items = map[string]int{}
	}
	e.Items = maps.Clone(e.Items)
	return certificate.IssueTermination(ctx, t.Purger.Signer, certificate.KeyID(key), e)
}
