package certificate

import (
	"fmt"
	"slices"

	"waybill/internal/ident"
)

// deletion is the predicate of a deletion.
type deletion struct {
	ID             string   `json:"id"`
	Organisation   string   `json:"organisation,omitempty"` // its pseudonym
	Cell           string   `json:"cell"`
	Region         string   `json:"region"`
	Bucket         string   `json:"bucket"`
	KeyIDs         []string `json:"keyIds"` // ARNs of the KMS keys that the bytes lay under
	Rule           string   `json:"rule"`
	RuleSource     string   `json:"ruleSource"`
	Basis          Basis    `json:"basis"`
	Sealed         *span    `json:"sealed,omitempty"` // absent when nothing of it ever was
	Due            instant  `json:"due"`              // the earliest
	DueTo          instant  `json:"dueTo"`            // the latest
	Intent         intent   `json:"intent"`
	Erased         instant  `json:"erased"`
	VerifiedAbsent instant  `json:"verifiedAbsent"`
	Counts         Counts   `json:"counts"`
	Function       string   `json:"function"`
}

// span is from the earliest of several times to the latest.
type span struct {
	From instant `json:"from"`
	To   instant `json:"to"`
}

func (s *span) reach(t instant) *span {
	if s == nil {
		return &span{t, t}
	}
	wider := s.with(t)
	return &wider
}

func (s span) with(t instant) span {
	if t.Before(s.From.Time) {
		s.From = t
	}
	if t.After(s.To.Time) {
		s.To = t
	}
	return s
}

// intent is what was written before anything was erased.
type intent struct {
	ID       string  `json:"id"`
	Written  instant `json:"written"`
	Manifest string  `json:"manifest"` // hex SHA-256 of the lines: see Manifest
}

func (deletion) kind() string { return DeletionPredicate }

func (p deletion) id() string { return p.ID }

func (p deletion) organisation() string { return p.Organisation }

func (p deletion) check(of []subject, d *doubts) {
	d.id("the certificate", ident.Certificate, p.ID)
	d.id("the intent", ident.Intent, p.Intent.ID)
	d.pseudonym(p.Organisation)
	d.made(p.Cell, p.Region, p.Function)
	d.named("the bucket", p.Bucket)
	d.keys(p.KeyIDs, p.Region)
	d.rule(p.Rule, p.RuleSource)
	d.unless(slices.Contains([]Basis{Schedule, Request, Termination}, p.Basis), "%q is no basis of a deletion", p.Basis)
	d.unless(hexadecimal(p.Intent.Manifest), "the intent's manifest has no digest")
	d.unless(p.Counts.fine(), "it counts less than nothing")
	p.checkTimes(d)
	for i, s := range of {
		d.id(fmt.Sprintf("subject %d", i), ident.Upload, s.Name)
	}
}

func (p deletion) checkTimes(d *doubts) {
	d.follow(moment{"intended", p.Intent.Written}, moment{"erased", p.Erased}, moment{"seen to be absent", p.VerifiedAbsent})
	d.follow(moment{"first due", p.Due}, moment{"last due", p.DueTo}, moment{"erased", p.Erased})
	if p.Sealed != nil {
		d.follow(moment{"first sealed", p.Sealed.From}, moment{"last sealed", p.Sealed.To}, moment{"erased", p.Erased})
	}
}

func (c Counts) fine() bool { return min(c.Objects, c.Versions, c.MultipartUploads) >= 0 }
