package restore

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"waybill/internal/audit"
	"waybill/internal/certificate"
	"waybill/internal/ident"
	"waybill/internal/org"
	"waybill/internal/purge"
	"waybill/internal/upload"
)

// replay is one run.
type replay struct {
	Replayer
	act        audit.Act
	certified  map[string]certified // by certificate
	byUpload   map[string]string    // certificate by upload; the last one counts
	identities map[string]string    // upload by identity
	ended      map[string]string    // certificate by pseudonym
	back       map[string]*comeback // by certificate
	known      map[string]bool      // keys of objects that a record has
	orgs       []org.Organisation   // that had ended
	report     Report
	failures   []error
}

type certified struct {
	leaf int64
}

// comeback is what came back of one certificate.
type comeback struct {
	finding Finding
	remains purge.Remains
	records []upload.Upload // that do not say so any more
}

// read gathers what was ever certified.
func (p *replay) read(ctx context.Context) error {
	return p.Archive.Each(ctx, func(index int64, data []byte) error {
		c, found := certificate.Covers(data)
		if !found {
			return nil
		}
		p.report.Certificates++
		p.certified[c.ID] = certified{index}
		for _, id := range c.Uploads {
			p.byUpload[id] = c.ID
		}
		maps.Copy(p.identities, c.Identities)
		if c.Predicate == certificate.TerminationPredicate {
			p.ended[c.Organisation] = c.ID
		}
		return nil
	})
}

// open takes up what an earlier replay had noted and not ended.
func (p *replay) open(ctx context.Context) error {
	findings, err := p.Records.OpenFindings(ctx)
	for _, f := range findings {
		p.back[f.Certificate] = &comeback{finding: f}
	}
	return err
}

func (p *replay) of(name string) *comeback {
	if p.back[name] == nil {
		p.back[name] = &comeback{finding: Finding{Certificate: name, Leaf: p.certified[name].leaf}}
	}
	return p.back[name]
}

// records finds those that were certified to be purged and say otherwise, and organisations that had ended.
func (p *replay) records(ctx context.Context) error {
	err := p.Records.EachUpload(ctx, func(u upload.Upload) error {
		p.report.Records++
		p.known[u.ObjectKey] = true
		if name, certified := p.byUpload[u.ID]; certified && u.PurgedAt.IsZero() {
			b := p.of(name)
			b.finding.Org = u.Org
			b.records = append(b.records, u)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading the records of uploads: %w", err)
	}
	err = p.Records.EachOrganisation(ctx, func(o org.Organisation) error {
		p.report.Records++
		if _, ended := p.ended[certificate.Pseudonym(o.ID)]; ended {
			p.orgs = append(p.orgs, o)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading the organisations: %w", err)
	}
	return nil
}

// bucket finds what lies there of something certified, and hands on what nothing knows.
func (p *replay) bucket(ctx context.Context) error {
	err := p.Bucket.All(ctx, func(r purge.Remains) error {
		for _, v := range r.Versions {
			p.version(ctx, v)
		}
		for _, m := range r.Unfinished {
			p.report.Versions++
			if name, found := p.byUpload[named(m.Key)]; found {
				p.of(name).remains.Unfinished = append(p.of(name).remains.Unfinished, m)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("walking the bucket: %w", err)
	}
	return nil
}

func (p *replay) version(ctx context.Context, v purge.Version) {
	p.report.Versions++
	id := named(v.Key)
	if dropped, found := p.identities[certificate.Identity(p.Place.Bucket, v.Key, v.ID)]; found {
		id = dropped
	}
	if name, found := p.byUpload[id]; found {
		p.of(name).remains.Versions = append(p.of(name).remains.Versions, v)
		return
	}
	if !p.known[v.Key] {
		p.report.Orphans++
		p.fail(p.Receiver.Arrived(ctx, p.act, upload.Arrival{Bucket: p.Place.Bucket, Key: v.Key, VersionID: v.ID, Time: p.act.Time}))
	}
}

// named is the upload that a key of our choosing is of: its last part.
func named(key string) string {
	if !strings.HasPrefix(key, upload.StagedPrefix) {
		return ""
	}
	return key[strings.LastIndexByte(key, '/')+1:]
}

func (p *replay) fail(err error) {
	if err != nil {
		p.failures = append(p.failures, err)
	}
}

// erase ends every comeback.
func (p *replay) erase(ctx context.Context) {
	for _, name := range slices.Sorted(maps.Keys(p.back)) {
		b := p.back[name]
		if _, ended := p.endedBy(name); ended {
			continue // of an organisation: see endAgain
		}
		p.report.Found++
		if err := p.end(ctx, b); err != nil {
			p.report.Left++
			p.fail(fmt.Errorf("erasing again what %s covers: %w", name, err))
			continue
		}
		p.report.Addenda++
	}
}

func (p *replay) endedBy(name string) (pseudonym string, ended bool) {
	for pseudonym, c := range p.ended {
		if c == name {
			return pseudonym, true
		}
	}
	return "", false
}

// end notes what was found, erases it, looks again, and writes the addendum.
func (p *replay) end(ctx context.Context, b *comeback) error {
	if err := p.note(ctx, b); err != nil {
		return err
	}
	if err := p.eraseAll(ctx, b.remains); err != nil {
		return err
	}
	erased := audit.At(p.Now())
	keys := b.remains.Keys()
	if len(keys) > 0 {
		left, err := p.look(ctx, keys, b.remains.Versions)
		if err == nil && left > 0 {
			err = fmt.Errorf("%d versions and unfinished uploads were still there", left)
		}
		if err != nil {
			return err
		}
	}
	absent := audit.At(p.Now())
	signed, err := p.addendum(ctx, b.finding, certificate.Addendum{Erased: erased, VerifiedAbsent: absent})
	if err != nil {
		return err
	}
	var gone []purge.Gone
	for _, u := range b.records {
		gone = append(gone, purge.Gone{Before: u, After: u.Gone(absent, b.finding.Certificate)})
	}
	return p.Records.Amend(ctx, p.act, b.finding, gone, signed)
}

// note counts what was found, upon what an earlier replay had noted.
func (p *replay) note(ctx context.Context, b *comeback) error {
	n := &b.finding.Restored
	n.Versions += len(b.remains.Versions)
	n.Objects += len(b.remains.Versions)
	n.MultipartUploads += len(b.remains.Unfinished)
	n.Records += len(b.records)
	return p.Records.Found(ctx, p.act, b.finding)
}

func (p *replay) eraseAll(ctx context.Context, r purge.Remains) error {
	var failures []error
	if len(r.Versions) > 0 {
		refused, err := p.Objects.Erase(ctx, r.Versions)
		failures = append(failures, err)
		for _, reason := range refused {
			failures = append(failures, reason)
		}
	}
	if len(r.Unfinished) > 0 {
		failures = append(failures, p.Objects.Abort(ctx, r.Unfinished))
	}
	return errors.Join(failures...)
}

// look counts what is left under the keys: all that lies under a key of our choosing, and the versions that were found
// under one that others chose.
func (p *replay) look(ctx context.Context, keys []string, found []purge.Version) (left int, err error) {
	for _, key := range keys {
		r, err := p.Objects.Look(ctx, key, []string{key})
		if err != nil {
			return left, fmt.Errorf("looking again: %w", err)
		}
		for _, v := range r.Versions {
			if named(key) != "" || slices.Contains(found, v) {
				left++
			}
		}
		left += len(r.Unfinished)
	}
	return left, nil
}

func (p *replay) addendum(ctx context.Context, f Finding, a certificate.Addendum) (certificate.Certificate, error) {
	id, err := ident.New(ident.Certificate, p.act.Time, rand.Reader)
	if err != nil {
		return certificate.Certificate{}, err
	}
	key, err := p.Signer.KeyID(ctx)
	if err != nil {
		return certificate.Certificate{}, err
	}
	if a.Original, err = p.Archive.At(ctx, f.Leaf); err != nil {
		return certificate.Certificate{}, err
	}
	a.ID, a.Cell, a.Region, a.Bucket, a.Function, a.Restored = id, p.Place.Cell, p.Place.Region, p.Place.Bucket, p.Place.Function, f.Restored
	signed, err := certificate.IssueAddendum(ctx, p.Signer, key, a)
	signed.Org = f.Org
	return signed, err
}

// endAgain ends the organisations whose records came back.
func (p *replay) endAgain(ctx context.Context) {
	for _, o := range p.orgs {
		if err := p.endOne(ctx, o); err != nil {
			p.report.Left++
			p.fail(fmt.Errorf("ending %s again: %w", o.ID, err))
			continue
		}
		p.report.Organisations++
		p.report.Addenda++
	}
}

func (p *replay) endOne(ctx context.Context, o org.Organisation) error {
	name := p.ended[certificate.Pseudonym(o.ID)]
	f := p.of(name).finding
	f.Org = o.ID
	f.Restored.Records++ // its own
	erased, err := p.Records.EraseRecords(ctx, o.ID)
	for _, n := range erased {
		f.Restored.Records += n
	}
	if err != nil {
		return err
	}
	at := audit.At(p.Now())
	left, _, err := p.Records.Left(ctx, o.ID)
	if err == nil && left > 0 {
		err = fmt.Errorf("%d records were still there", left)
	}
	if err != nil {
		return err
	}
	signed, err := p.addendum(ctx, f, certificate.Addendum{Erased: at, VerifiedAbsent: audit.At(p.Now())})
	if err != nil {
		return err
	}
	return p.Records.EndAgain(ctx, p.act, f, o, signed)
}
