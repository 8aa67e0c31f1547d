package certificate

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"waybill/internal/ident"
	"waybill/internal/policy"
)

// ErrContradiction is what facts, or the statement in a file, meet that cannot be true.
var ErrContradiction = errors.New("it contradicts itself")

// doubts collects what cannot be true of a statement: all of it, not only the first.
type doubts []string

func (d *doubts) unless(holds bool, format string, args ...any) {
	if !holds {
		*d = append(*d, fmt.Sprintf(format, args...))
	}
}

func (d doubts) err() error {
	if len(d) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrContradiction, strings.Join(d, "; "))
}

// moment is a time that stands in a statement, and what happened then.
type moment struct {
	what string
	instant
}

// follow wants every moment to be there, and none before the one listed ahead of it.
func (d *doubts) follow(moments ...moment) {
	for i, m := range moments {
		d.unless(sane(m.Time), "there is no time at which it was %s", m.what)
		if i > 0 {
			d.unless(!m.Before(moments[i-1].Time), "it was %s before it was %s", m.what, moments[i-1].what)
		}
	}
}

// sane tells times that four digits of a year can spell, and that are not simply missing.
func sane(t time.Time) bool { return t.Year() >= 1970 && t.Year() <= 9999 }

func (d *doubts) id(what, prefix, id string) {
	d.unless(ident.Valid(prefix, id), "%s has no id that a cell gives", what)
}

func (d *doubts) named(what, value string) {
	d.unless(value != "" && len(value) <= 512, "%s has no name", what)
}

func (d *doubts) made(cell, region, function string) {
	d.named("the cell", cell)
	d.named("the region", region)
	d.named("the function", function)
}

// pseudonym wants an organisation to be called by one, if there is any.
func (d *doubts) pseudonym(s string) {
	sum, found := strings.CutPrefix(s, pseudonymOf)
	d.unless(s == "" || found && hexadecimal(sum), "the organisation is not called by its pseudonym")
}

// keys wants a list of keys, though it may be empty: in order, each once, of the region.
func (d *doubts) keys(arns []string, region string) {
	d.unless(arns != nil, "it does not say under which keys")
	for i, arn := range arns {
		d.named("a key", arn)
		d.unless(i == 0 || arns[i-1] < arn, "its keys are out of order")
		d.unless(within(arn, region), "a key is of another region")
	}
}

// within tells whether a key is of that region; what is no ARN tells nothing.
func within(arn, region string) bool {
	parts := strings.Split(arn, ":")
	return len(parts) < 6 || parts[3] == region
}

func (d *doubts) rule(name, source string) {
	d.named("the rule", name)
	d.named("the rule's source", source)
}

// source is where a rule is written; a rule that there is not has none.
func source(rule string) string {
	r, _ := policy.Named(rule)
	return r.Source
}

func checkSubjects(of []subject, d *doubts) {
	d.unless(len(of) > 0, "it names nothing that was erased")
	for i, s := range of {
		d.named(fmt.Sprintf("subject %d", i), s.Name)
		d.unless(hexadecimal(s.Digest.SHA256), "subject %d has no SHA-256 digest in lower-case hex", i)
		d.unless(s.Annotations == nil || s.Annotations.Of == identity, "subject %d is annotated with what means nothing here", i)
	}
}

func hexadecimal(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == 32 && s == strings.ToLower(s)
}
