package bundle

import (
	"errors"
	"slices"

	"waybill/internal/bundle/archive"
	"waybill/internal/bundle/finding"
	"waybill/internal/bundle/inventory"
	"waybill/internal/bundle/sensitive"
)

// Report is what a scan found. Its JSON is what `waybill bundle scan --output json` prints.
type Report struct {
	Entries   int                  `json:"entries"` // files that were read, those in nested archives too
	Bytes     int64                `json:"bytes"`   // of them, inflated
	Product   Product              `json:"product"`
	Findings  []finding.Finding    `json:"findings"` // the gravest first
	Sensitive Sensitive            `json:"sensitive"`
	Inventory *inventory.Inventory `json:"-"`
	// Failure is why the source could not be read to its end. It says nothing of the bundle, and may pass.
	Failure error `json:"-"`
}

// Product is which product the bundle is of, as far as it says.
type Product struct {
	Name    string `json:"name,omitempty"`
	Version string `json:"version,omitempty"`
	Build   string `json:"build,omitempty"`
	Nodes   int    `json:"nodes,omitempty"`
}

// Sensitive is how many values there are of each kind, and where they stand. No value is in it.
type Sensitive struct {
	Counts  map[string]int `json:"counts"`            // distinct values, by kind
	AtLeast bool           `json:"atLeast,omitempty"` // there were more values than can be told apart: the counts are lower bounds
	Where   []Place        `json:"where"`             // of each kind the first thousand
}

// Place is where a value stands.
type Place struct {
	Kind string `json:"kind"`
	File string `json:"file"`
	Line int    `json:"line"`
}

func (p *pass) report(a *archive.Archive, read *archive.Report) *Report {
	inv := inventory.Merge(p.accounts...)
	r := &Report{Entries: len(read.Files), Bytes: p.bytes, Product: productOf(inv), Inventory: inv,
		Sensitive: sensitiveOf(&p.values)}
	r.Findings = append(p.book.Judge(inv, p.tallies...), p.wrong(read.Problems)...)
	r.Findings = append(r.Findings, secrets(r.Sensitive)...)
	for _, problem := range read.Problems {
		if problem.Rule == archive.Unreadable {
			r.Failure = problem
			break
		}
	}
	finding.Sort(r.Findings)
	return r
}

func sensitiveOf(t *sensitive.Tally) Sensitive {
	s := Sensitive{Counts: map[string]int{}, AtLeast: t.Full(), Where: []Place{}}
	for kind, n := range t.Counts() {
		s.Counts[kind.String()] = n
	}
	for _, spot := range t.Where() {
		s.Where = append(s.Where, Place{spot.Kind.String(), spot.File, spot.Line})
	}
	return s
}

func productOf(inv *inventory.Inventory) Product {
	nodes, _ := inv.Number(inventory.Nodes)
	return Product{inv.Text(inventory.Product), inv.Text(inventory.Version), inv.Text(inventory.Build), int(nodes)}
}

// Shorten leaves out half of the places that are listed, of each kind the later ones. The counts stay.
func (r *Report) Shorten() {
	byKind := map[string]int{}
	for _, p := range r.Sensitive.Where {
		byKind[p.Kind]++
	}
	kept := map[string]int{}
	r.Sensitive.Where = slices.DeleteFunc(r.Sensitive.Where, func(p Place) bool {
		kept[p.Kind]++
		return kept[p.Kind] > byKind[p.Kind]/2
	})
}

// Hopeless tells whether a scan failed for what the file is, so that another try would fail as well.
func Hopeless(err error) bool {
	problem, found := errors.AsType[archive.Problem](err)
	return found && problem.Rule != archive.Unreadable && problem.Rule != archive.Stopped
}

// Unread is the report of what could not be opened.
func Unread(err error) *Report {
	problem, found := errors.AsType[archive.Problem](err)
	if !found {
		problem = archive.Problem{Rule: archive.Unreadable, Reason: "it could not be opened"}
	}
	f := finding.Finding{Rule: "archive." + string(problem.Rule), Severity: finding.High, Title: "The bundle could not be opened", Count: 1,
		Evidence: problem.Reason, Advice: "Make the bundle anew, and hand it over as the product wrote it.", Source: "limits and rules of the archive reader"}
	return &Report{Findings: []finding.Finding{f}, Sensitive: Sensitive{Counts: map[string]int{}, Where: []Place{}}, Inventory: inventory.Merge()}
}
