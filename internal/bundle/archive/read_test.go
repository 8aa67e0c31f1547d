package archive_test

import (
	"testing"
)

func TestSmoke(t *testing.T) {
	c := read(t, zipOf(item{name: "a.log", text: lines(10000)}, item{name: "b.txt", text: "hello", stored: true}, item{name: "c.txt", text: "", descriptor: true}))
	if c.opened != nil {
		t.Fatal(c.opened)
	}
	t.Log(c.rules, c.kinds, len(c.texts))
	if c.texts["a.log"] != lines(10000) || c.texts["b.txt"] != "hello" {
		t.Error("differ")
	}
}
