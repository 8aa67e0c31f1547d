package finding_test

import (
	"strings"
	"testing"

	"waybill/internal/bundle/finding"
	"waybill/internal/bundle/inventory"
)

// of is what one rule finds in an example.
func of(r finding.Rule, e finding.Example) *finding.Finding {
	p := pass{book: finding.NewBook([]finding.Rule{r})}
	inv := &inventory.Inventory{Facts: map[inventory.Path]inventory.Fact{}}
	for path, value := range e.Facts {
		inv.Facts[path] = inventory.Fact{Claim: inventory.Claim{Value: value, Place: inventory.Place{File: "f", Line: 1}}}
	}
	if e.File != "" {
		p.read(e.File, text(e), 256<<10)
		inv = inventory.Merge(p.accounts...)
	}
	found := p.book.Judge(inv, p.tallies...)
	if len(found) == 0 {
		return nil
	}
	return &found[0]
}

// Each rule fires where its file says so, with the severity and the value that it says, and nowhere where it must not.
func TestRulesDoWhatTheirExamplesSay(t *testing.T) {
	t.Parallel()
	rules, err := finding.Rules()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules {
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			if len(r.Fires) == 0 || len(r.Spares) == 0 {
				t.Error("a rule has at least one example that fires and one that must not")
			}
			for _, e := range r.Fires {
				f := of(r, e)
				if f == nil {
					t.Errorf("does not fire on %v %v", e.Lines, e.Facts)
				} else if f.Severity.String() != e.Severity || f.Measured != e.Measured || f.Line < 1 || f.File == "" || e.Line > 0 && f.Line != e.Line {
					t.Errorf("%s, measured %v at %s:%d; want %s, %v, line %d", f.Severity, f.Measured, f.File, f.Line, e.Severity, e.Measured, e.Line)
				}
			}
			for _, e := range r.Spares {
				if f := of(r, e); f != nil {
					t.Errorf("fires although %s: %s", e.Why, f.Evidence)
				}
			}
		})
	}
}

// A rule file that says too little, or something that nobody reads, is refused with the reason.
func TestRuleFilesAreStrict(t *testing.T) {
	t.Parallel()
	const whole = `"id":"x","title":"t","log":{"any":["literal"]},"measure":"count","when":">=","bands":[{"severity":"low","at":1}],"source":"s","advice":"a","fires":[],"spares":[]`
	for _, row := range []struct{ why, from, to, says string }{
		{"it is whole", "", "", ""},
		{"a member that no rule has", `"id"`, `"grade":1,"id"`, "unknown field"},
		{"no source", `"source":"s"`, `"source":""`, "source"},
		{"a severity that is none", `"low"`, `"bad"`, "severity"},
		{"no measure", `"count"`, `"median"`, "measure"},
		{"no comparison", `">="`, `"~"`, "comparison"},
		{"nothing to look at", `"log":{"any":["literal"]},`, ``, "none or several"},
		{"two things to look at", `"log"`, `"fact":"a","log"`, "none or several"},
		{"a literal that is everywhere", `"literal"`, `"a"`, "literals"},
		{"a log rule for a product", `"id"`, `"products":["jira"],"id"`, "families"},
		{"an id with blanks", `"x"`, `"x y"`, "id"},
	} {
		text := "[{" + strings.Replace(whole, row.from, row.to, 1) + "}]"
		_, err := finding.Parse([]byte(text))
		if row.says == "" && err != nil || row.says != "" && (err == nil || !strings.Contains(err.Error(), row.says)) {
			t.Errorf("%s: %v, want %q", row.why, err, row.says)
		}
	}
}

func TestVersionsCompareByNumber(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		a, b   string
		before bool
	}{
		{"8.9.0", "8.10.0", true},
		{"8.10.0", "8.9.0", false},
		{"1.8.0_202", "11", true},
		{"11.0.20", "17", true},
		{"17.0.8+7", "17", false},
		{"10.0", "10.0.1", true},
		{"9", "9", false},
	} {
		if finding.Before(row.a, row.b) != row.before {
			t.Errorf("%s before %s: want %v", row.a, row.b, row.before)
		}
	}
}
