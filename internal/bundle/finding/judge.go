package finding

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"waybill/internal/bundle/inventory"
)

// Judge holds the rules against a bundle's inventory and the tallies of its logs, in any order. The gravest findings come
// first.
func (b *Book) Judge(inv *inventory.Inventory, tallies ...*Tally) []Finding {
	sums := map[int]inventory.Statistic{}
	for _, t := range tallies {
		for rule, sum := range t.sums {
			sums[rule] = sums[rule].Plus(sum)
		}
	}
	findings := []Finding{}
	for i, r := range b.rules {
		if found := r.judge(inv, sums[i]); found != nil {
			findings = append(findings, *found)
		}
	}
	Sort(findings)
	return findings
}

// Sort puts the gravest first, and those that are as grave in the order of their rules.
func Sort(findings []Finding) {
	slices.SortStableFunc(findings, func(x, y Finding) int {
		return cmp.Or(cmp.Compare(y.Severity, x.Severity), strings.Compare(x.Rule, y.Rule))
	})
}

// judge is the finding of one rule, or nil.
func (r Rule) judge(inv *inventory.Inventory, lines inventory.Statistic) *Finding {
	if !r.covers(inv) {
		return nil
	}
	f := Finding{Rule: r.ID, Title: r.Title, Advice: r.Advice, Unit: r.Unit, Source: r.Source}
	switch {
	case r.Fact != "":
		fact, known := inv.Facts[r.Fact]
		if !known {
			return nil
		}
		f.Measured, f.Count, f.First, f.Last = fact.Value, 1, fact.Place, fact.Place
		f.File, f.Line = fact.File, fact.Line
	case r.Statistic != "":
		lines = inv.Statistics[r.Statistic]
		fallthrough
	default:
		if lines.Count == 0 {
			return nil
		}
		r.measure(&f, lines)
	}
	return r.band(&f)
}

// covers tells whether a rule is for this product and version.
func (r Rule) covers(inv *inventory.Inventory) bool {
	if len(r.Products) > 0 && !slices.Contains(r.Products, inv.Text(inventory.Product)) {
		return false
	}
	if r.Versions == nil {
		return true
	}
	version := inv.Text(inventory.Version)
	return version != "" && (r.Versions.From == "" || !Before(version, r.Versions.From)) && (r.Versions.Before == "" || Before(version, r.Versions.Before))
}

// measure takes of a statistic what the rule asks for, and where that stands.
func (r Rule) measure(f *Finding, s inventory.Statistic) {
	at := s.First
	switch r.Measure {
	case "count":
		f.Measured = float64(s.Count)
	case "max":
		f.Measured, at = s.Max, s.MaxAt
	case "min":
		f.Measured, at = s.Min, s.MinAt
	case "sum":
		f.Measured = s.Sum
	case "mean":
		f.Measured = s.Mean()
	case "perHour":
		f.Measured = float64(s.Count) / max(1, inventory.Hours(s.First.Time, s.Last.Time))
	}
	f.Count, f.First, f.Last = s.Count, s.First, s.Last
	f.File, f.Line = at.File, at.Line
}

// band finds the gravest band that applies, and words the evidence.
func (r Rule) band(f *Finding) *Finding {
	worst := -1
	for i, b := range r.Bands {
		if r.applies(f.Measured, b) && (worst < 0 || b.Severity > r.Bands[worst].Severity) {
			worst = i
		}
	}
	if worst < 0 {
		return nil
	}
	b := r.Bands[worst]
	f.Severity, f.Threshold = b.Severity, any(b.At)
	if b.Words != "" {
		f.Threshold = b.Words
	}
	f.Evidence = r.evidence(f)
	return f
}

// applies compares what was measured with a band. What is of another kind than the rule expects never applies.
func (r Rule) applies(measured any, b Band) bool {
	switch m := measured.(type) {
	case float64:
		return r.When == ">=" && m >= b.At || r.When == ">" && m > b.At || r.When == "<" && m < b.At
	case string:
		same := strings.EqualFold(m, b.Words)
		return r.When == "is" && same || r.When == "not" && !same || r.When == "before" && Before(m, b.Words)
	case bool:
		return r.When == "is" && strconv.FormatBool(m) == b.Words
	}
	return false
}

// evidence says what was measured in the rule's words: no byte of it comes from a line of the bundle.
func (r Rule) evidence(f *Finding) string {
	measured := value(f.Measured, r.Unit)
	switch {
	case r.Fact != "":
		return fmt.Sprintf("%s is %s", r.Fact, measured)
	case r.Statistic != "":
		return fmt.Sprintf("%s: %s %s of %d values", r.Statistic, r.Measure, measured, f.Count)
	}
	literal := strconv.Quote(strings.TrimSpace(r.Log.Any[0]))
	if len(r.Log.Any) > 1 {
		literal += " or alike"
	}
	lines := fmt.Sprintf("%d lines with %s", f.Count, literal)
	if f.Count == 1 {
		lines = "1 line with " + literal
	}
	if r.Measure == "count" {
		return lines
	}
	return fmt.Sprintf("%s, %s %s", lines, r.Measure, measured)
}

// value is a measured value for reading: numbers with at most two decimals.
func value(v any, unit string) string {
	text := fmt.Sprint(v)
	if n, ok := v.(float64); ok {
		text = strconv.FormatFloat(n, 'f', 2, 64)
		text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	}
	if unit != "" {
		text += " " + unit
	}
	return text
}

// Before compares versions number by number. The "1." of Java 8 and before is passed over, so that 1.8 is before 11.
func Before(a, b string) bool {
	return slices.Compare(numbers(a), numbers(b)) < 0
}

func numbers(version string) (parts []int) {
	if old, found := strings.CutPrefix(version, "1."); found && strings.Contains(old, ".") {
		version = old
	}
	for _, part := range strings.FieldsFunc(version, func(c rune) bool { return c < '0' || c > '9' }) {
		n, err := strconv.Atoi(part[:min(len(part), 9)])
		if err != nil {
			return parts
		}
		parts = append(parts, n)
	}
	return parts
}
