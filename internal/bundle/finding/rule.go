package finding

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"waybill/internal/bundle/inventory"
)

// Rule is one line of a rule file. Exactly one of Fact, Statistic and Log says what it looks at.
type Rule struct {
	ID       string   `json:"id"`    // stays, once given
	Title    string   `json:"title"` // the problem, in a sentence without a full stop
	Products []string `json:"products,omitempty"`
	Versions *Range   `json:"versions,omitempty"`

	Fact      inventory.Path `json:"fact,omitempty"`
	Statistic string         `json:"statistic,omitempty"`
	Log       *Pattern       `json:"log,omitempty"`

	// Measure is what of a statistic or of log lines is held against the bands: count, max, min, sum, mean, perHour. A
	// fact is measured as it is.
	Measure string `json:"measure,omitempty"`
	Unit    string `json:"unit,omitempty"`
	// When is how: ">=", ">", "<" compare numbers; "is" and "not" compare words; "before" compares versions.
	When  string `json:"when"`
	Bands []Band `json:"bands"`

	Source string `json:"source"` // of the thresholds; "ours" where nobody has published one
	Advice string `json:"advice"`

	Fires  []Example `json:"fires"`
	Spares []Example `json:"spares"`
}

// Pattern is what lines a rule counts: lines that hold any literal of Any and all of With, in logs of the Families (all,
// when there are none). After is the literal behind which a number stands; a line without one does not count. With Word,
// not a number but a word of at least so many bytes must stand there. Logs know no products: a file's family says whose
// it is, whatever else is in the bundle.
type Pattern struct {
	Any      []string           `json:"any"`
	With     []string           `json:"with,omitempty"`
	Families []inventory.Family `json:"families,omitempty"`
	After    string             `json:"after,omitempty"`
	Word     int                `json:"word,omitempty"`
}

// Range are versions from one, inclusive, and before another. Either may be missing.
type Range struct {
	From   string `json:"from,omitempty"`
	Before string `json:"before,omitempty"`
}

// Band is a threshold and its severity. Words has the threshold of a rule that compares words or versions.
type Band struct {
	Severity Severity `json:"severity"`
	At       float64  `json:"at,omitempty"`
	Words    string   `json:"words,omitempty"`
}

// Example is a test of its rule: a file with lines, or facts, and what is measured there. With Times the lines are
// there so often, "{n}" in them being the number of the time.
type Example struct {
	Why      string                 `json:"why,omitempty"`
	File     string                 `json:"file,omitempty"`
	Lines    []string               `json:"lines,omitempty"`
	Times    int                    `json:"times,omitempty"`
	Facts    map[inventory.Path]any `json:"facts,omitempty"`
	Severity string                 `json:"severity,omitempty"`
	Measured any                    `json:"measured,omitempty"`
	Line     int                    `json:"line,omitempty"` // where that stands; the first line when it is not said
}

//go:embed rules/*.json
var embedded embed.FS

// Rules are those that Waybill comes with, by id. They are read anew at each call.
func Rules() ([]Rule, error) {
	files, err := embedded.ReadDir("rules")
	if err != nil {
		return nil, err
	}
	var all []Rule
	for _, file := range files {
		text, err := embedded.ReadFile("rules/" + file.Name())
		if err != nil {
			return nil, err
		}
		rules, err := Parse(text)
		if err != nil {
			return nil, fmt.Errorf("reading the rules in %s: %w", file.Name(), err)
		}
		all = append(all, rules...)
	}
	slices.SortFunc(all, func(a, b Rule) int { return strings.Compare(a.ID, b.ID) })
	return all, distinct(all)
}

// Parse reads a rule file, a JSON array of rules. A member that no rule has is an error, as is a rule that says too
// little.
func Parse(text []byte) ([]Rule, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var rules []Rule
	if err := decoder.Decode(&rules); err != nil {
		return nil, err
	}
	if decoder.More() {
		return nil, fmt.Errorf("something follows the array")
	}
	for _, r := range rules {
		if why := r.lacks(); why != "" {
			return nil, fmt.Errorf("rule %q %s", r.ID, why)
		}
	}
	return rules, nil
}

func distinct(rules []Rule) error {
	for i := 1; i < len(rules); i++ {
		if rules[i].ID == rules[i-1].ID {
			return fmt.Errorf("two rules have the id %q", rules[i].ID)
		}
	}
	return nil
}

var (
	measures    = []string{"count", "max", "min", "sum", "mean", "perHour"}
	comparisons = []string{">=", ">", "<", "is", "not", "before"}
)

// lacks says what is wrong with a rule, or nothing.
func (r Rule) lacks() string {
	looks := 0
	for _, there := range []bool{r.Fact != "", r.Statistic != "", r.Log != nil} {
		if there {
			looks++
		}
	}
	switch {
	case r.ID == "" || strings.Trim(r.ID, "abcdefghijklmnopqrstuvwxyz0123456789-") != "":
		return "has no id of small letters, digits and hyphens"
	case r.Title == "" || r.Advice == "" || r.Source == "" || len(r.Bands) == 0:
		return "lacks a title, advice, a source or bands"
	case looks != 1:
		return "looks at none or several of fact, statistic and log"
	case r.Fact == "" && !slices.Contains(measures, r.Measure):
		return "has no measure of " + strings.Join(measures, ", ")
	case !slices.Contains(comparisons, r.When):
		return "has no comparison of " + strings.Join(comparisons, ", ")
	case r.Log != nil && (len(r.Products) > 0 || r.Versions != nil):
		return "looks at logs, which have families and not products"
	case r.Log != nil && (len(r.Log.Any) == 0 || slices.ContainsFunc(r.Log.Any, func(s string) bool { return len(s) < 4 })):
		return "has no literals, or some of fewer than four bytes"
	}
	return ""
}
