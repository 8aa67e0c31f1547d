package finding_test

import (
	"bytes"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"

	"waybill/internal/bundle/finding"
	"waybill/internal/bundle/inventory"
)

// search stands in for the matcher that all consumers of a block share.
func search(text []byte, needles []string) (hits []inventory.Hit) {
	for id, needle := range needles {
		for at := 0; ; {
			i := bytes.Index(text[at:], []byte(needle))
			if i < 0 {
				break
			}
			at += i + len(needle)
			hits = append(hits, inventory.Hit{Needle: id, End: at})
		}
	}
	sort.Slice(hits, func(i, j int) bool { return hits[i].End < hits[j].End })
	return hits
}

// book is the rules that Waybill comes with.
func book(t testing.TB) *finding.Book {
	t.Helper()
	rules, err := finding.Rules()
	if err != nil {
		t.Fatal(err)
	}
	return finding.NewBook(rules)
}

// pass is one pass over a bundle of files, in blocks of a size.
type pass struct {
	book     *finding.Book
	accounts []*inventory.Account
	tallies  []*finding.Tally
}

func (p *pass) read(file, text string, size int) {
	account, tally := inventory.NewAccount(file), p.book.NewTally()
	p.accounts, p.tallies = append(p.accounts, account), append(p.tallies, tally)
	if inventory.Classify(file).Whole() {
		account.Document([]byte(text))
	}
	for _, block := range blocks(file, []byte(text), size) {
		hits := block.Hits
		if !inventory.Classify(file).Whole() {
			block.Hits = search(block.Text, inventory.Needles())
			account.Take(inventory.Look(block))
		}
		block.Hits = append(hits, search(block.Text, p.book.Needles())...)
		tally.Take(p.book.Look(block))
	}
}

func (p *pass) findings() []finding.Finding {
	return p.book.Judge(inventory.Merge(p.accounts...), p.tallies...)
}

// blocks cuts a text into blocks of whole lines, of about a size.
func blocks(file string, text []byte, size int) (cut []inventory.Block) {
	for line := 1; len(text) > 0; {
		end := min(size, len(text))
		if i := bytes.IndexByte(text[end-1:], '\n'); i >= 0 {
			end += i
		} else {
			end = len(text)
		}
		cut = append(cut, inventory.Block{File: file, Line: line, Text: text[:end]})
		line += bytes.Count(text[:end], []byte{'\n'})
		text = text[end:]
	}
	return cut
}

// text is an example's file.
func text(e finding.Example) string {
	var b strings.Builder
	for n := range max(1, e.Times) {
		for _, line := range e.Lines {
			b.WriteString(strings.ReplaceAll(line, "{n}", strconv.Itoa(n)) + "\n")
		}
	}
	return b.String()
}

// data is a real file, where there are some.
func data(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("WAYBILL_DATA")
	if dir == "" {
		t.Skip("WAYBILL_DATA is not set")
	}
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
