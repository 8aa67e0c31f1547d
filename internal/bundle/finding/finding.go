// Package finding tells what in a support bundle matters for running and for moving the product: rules, which are data,
// held against the inventory and the logs.
//
// A rule looks at one thing: a fact of the inventory, a statistic of the inventory, or lines of logs that hold a literal.
// What it measured is held against bands, each with a severity; the gravest that applies makes the finding. However many
// lines say so, a rule finds once, with a count and the first and last place. See Rule for the format, and rules/ for the
// rules, each with its source and with examples that must and must not fire.
//
// A finding quotes nothing from the bundle. Its evidence is made of measured values and of the rule's own words, so that
// it can be shown and kept where the bundle itself may not go.
//
// Every text of a bundle passes through Book.Look in blocks, documents included: a key may stand in any of them.
//
// What it will not do: it does not guess. A rule for a product or a version holds only where the bundle says which it is.
package finding

import (
	"fmt"
	"slices"
	"strings"

	"waybill/internal/bundle/inventory"
)

// Severity is how grave a finding is.
type Severity int

// The severities. Info is worth knowing; Low and Medium want attention before a migration; High will hurt; Critical has
// done so, or tells a secret.
const (
	Info Severity = iota
	Low
	Medium
	High
	Critical
)

var severities = []string{"info", "low", "medium", "high", "critical"}

// String is the severity's word.
func (s Severity) String() string { return severities[max(0, min(int(s), len(severities)-1))] }

// MarshalText gives the word to JSON.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the word.
func (s *Severity) UnmarshalText(text []byte) error {
	i := slices.Index(severities, string(text))
	if i < 0 {
		return fmt.Errorf("severity %q is none of %s", text, strings.Join(severities, ", "))
	}
	*s = Severity(i)
	return nil
}

// Finding is one problem. File and Line are where the measured value stands; First and Last are the ends of all that
// counted. Measured and Threshold are numbers, in the unit of the rule, or words.
type Finding struct {
	Rule      string          `json:"rule"`
	Severity  Severity        `json:"severity"`
	Title     string          `json:"title"`
	File      string          `json:"file"`
	Line      int             `json:"line"`
	Evidence  string          `json:"evidence"`
	Advice    string          `json:"advice"`
	Count     int64           `json:"count"`
	First     inventory.Place `json:"first"`
	Last      inventory.Place `json:"last"`
	Measured  any             `json:"measured"`
	Threshold any             `json:"threshold"`
	Unit      string          `json:"unit,omitempty"`
	Source    string          `json:"source"`
}

// Worst tells whether any finding is at least as grave as a severity.
func Worst(findings []Finding, least Severity) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool { return f.Severity >= least })
}
