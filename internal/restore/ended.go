package restore

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"waybill/internal/audit"
	"waybill/internal/certificate"
	"waybill/internal/purge"
)

// organisations ends those again of which anything came back.
func (p *replay) organisations(ctx context.Context) error {
	for _, f := range p.noted {
		if c, found := p.covered.all[f.Certificate]; found {
			p.of(c)
		}
	}
	err := p.Endings.EachOrganisation(ctx, func(id string, records int) error {
		if c, ended := p.covered.organisation(id); ended {
			b := p.of(c)
			b.finding.Org = id
			b.living = records
		}
		return nil
	})
	if err != nil {
		return err
	}
	p.leaveOutFailed()
	for _, name := range slices.Sorted(maps.Keys(p.back)) {
		b := p.back[name]
		err := p.endAgain(ctx, b)
		p.ended(b, err == nil, err)
		if err == nil {
			p.report.Organisations++
		}
	}
	return nil
}

// endAgain erases the records of an organisation, looks again, and writes the addendum for all that was its.
func (p *replay) endAgain(ctx context.Context, b *comeback) error {
	if b.living > b.finding.Records {
		b.finding.Records = b.living
		if err := p.Records.Found(ctx, p.act, b.finding); err != nil {
			return err
		}
	}
	if _, err := p.Endings.EraseRecords(ctx, b.finding.Org); err != nil {
		return err
	}
	a := certificate.Addendum{Erased: audit.At(p.Now())}
	if err := p.absent(ctx, b); err != nil {
		return err
	}
	a.VerifiedAbsent = audit.At(p.Now())
	signed, err := p.sign(ctx, b.finding, a)
	if err != nil {
		return err
	}
	return p.Endings.EndAgain(ctx, p.act, b.finding, signed)
}

// absent looks for records, and for what had lain in the bucket.
func (p *replay) absent(ctx context.Context, b *comeback) error {
	left, _, err := p.Endings.Left(ctx, b.finding.Org)
	if err == nil && left > 0 {
		err = fmt.Errorf("%d records are still there", left)
	}
	if err != nil {
		return err
	}
	var there purge.Remains
	if there, err = p.look(ctx, b); err != nil {
		return err
	}
	if n := len(there.Versions) + len(there.Unfinished); n > 0 {
		return fmt.Errorf("%d versions and unfinished uploads are still there", n)
	}
	return nil
}
