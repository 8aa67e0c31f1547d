package finding_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"waybill/internal/bundle/finding"
	"waybill/internal/bundle/inventory"
)

// FuzzParse: a rule file is read or refused, and what is read can be used.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`[{"id":"x","title":"t","log":{"any":["literal"],"after":"took ","word":3},"measure":"max","when":">=","bands":[{"severity":"low","at":1}],"source":"s","advice":"a","fires":[],"spares":[]}]`))
	f.Add([]byte(`[{"id":"x","title":"t","fact":"product.name","versions":{"from":"9"},"when":"before","bands":[{"severity":"low","words":"1"}],"source":"s","advice":"a","fires":[],"spares":[]}]`))
	f.Add([]byte(`[[[[[[[[`))
	f.Add([]byte(`[{"bands":[{"at":1e999}]}]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		rules, err := finding.Parse(text)
		if err != nil {
			return
		}
		p := pass{book: finding.NewBook(rules)}
		p.read("atlassian-jira.log", "literal took 7\nliteral\n", 10)
		p.findings()
	})
}

// FuzzLook: whatever a log says, in blocks of any size, the findings are the same and quote nothing that is not a rule's.
func FuzzLook(f *testing.F) {
	rules, err := finding.Rules()
	if err != nil {
		f.Fatal(err)
	}
	for _, r := range rules {
		for _, e := range append(r.Fires, r.Spares...) {
			if r.Log != nil {
				f.Add(50, text(e))
			}
		}
	}
	book := finding.NewBook(rules)
	f.Fuzz(func(t *testing.T, size int, text string) {
		big, small := pass{book: book}, pass{book: book}
		big.read("tomcat-logs/catalina.out", text, 1<<20)
		small.read("tomcat-logs/catalina.out", text, 1+int(uint(size)%1000))
		if whole, parts := big.findings(), small.findings(); !reflect.DeepEqual(whole, parts) {
			t.Errorf("whole %+v, in parts %+v", whole, parts)
		}
	})
}

// A block of one line, and one of nothing but needles, cost what their bytes cost: no work grows with the square. The
// limit is some twenty times what the slowest takes.
func TestHostileBlocksAreCheap(t *testing.T) {
	t.Parallel()
	const literal = "java.lang.StackOverflowError "
	for why, line := range map[string]string{
		"one line of needles":   literal,
		"a line for each":       literal + "\n",
		"a section on each":     "    ___ Environment ___\n",
		"one line of sections":  "    ___ Environment ___",
		"one line of metrics":   `"timeToAddMillis":{"count":1,"avg":1},`,
		"one line of starts":    " build: ",
		"nothing but line ends": "\n",
	} {
		b, text := book(t), []byte(strings.Repeat(line, 1<<20/len(line)))
		mine, theirs := search(text, b.Needles()), search(text, inventory.Needles())
		began := time.Now()
		b.NewTally().Take(b.Look(inventory.Block{File: "atlassian-jira.log", Line: 1, Text: text, Hits: mine}))
		inventory.NewAccount("atlassian-jira.log").Take(inventory.Look(inventory.Block{File: "atlassian-jira.log", Line: 1, Text: text, Hits: theirs}))
		took := time.Since(began)
		t.Log(why, took)
		if took > 2*time.Second {
			t.Errorf("%s took %v", why, took)
		}
	}
}
