package inventory_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"sort"
	"testing"

	"waybill/internal/bundle/inventory"
)

// search stands in for the matcher that all consumers of a block share.
func search(text []byte) (hits []inventory.Hit) {
	for id, needle := range inventory.Needles() {
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

// blocks cuts a text into blocks of whole lines, of about a size.
func blocks(file string, text []byte, size int) (cut []inventory.Block) {
	for line := 1; len(text) > 0; {
		end := min(size, len(text))
		if i := bytes.IndexByte(text[end-1:], '\n'); i >= 0 {
			end += i
		} else {
			end = len(text)
		}
		block := text[:end]
		cut = append(cut, inventory.Block{File: file, Line: line, Text: block, Hits: search(block)})
		line += bytes.Count(block, []byte{'\n'})
		text = text[end:]
	}
	return cut
}

// account reads one file as a bundle's pass does, in blocks of a size.
func account(file, text string, size int) *inventory.Account {
	a := inventory.NewAccount(file)
	if inventory.Classify(file).Whole() {
		a.Document([]byte(text))
		return a
	}
	for _, b := range blocks(file, []byte(text), size) {
		a.Take(inventory.Look(b))
	}
	return a
}

func read(file, text string) *inventory.Inventory {
	return inventory.Merge(account(file, text, 256<<10))
}

// fixture is a committed, synthetic file.
func fixture(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
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

// print is an inventory as JSON.
func print(t testing.TB, i *inventory.Inventory) string {
	t.Helper()
	text, err := json.MarshalIndent(i, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
