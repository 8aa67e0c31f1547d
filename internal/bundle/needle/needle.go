// Package needle searches bytes for many needles at once, in one pass that costs the same however many they are.
//
// A Needle is a literal, a literal in any case, or a short pattern of bounded length. A Set is made of needles once and
// then used by any number of goroutines; a Finder is one goroutine's memory for a Set. What is found is only a place to
// look closer: it says which needle ended where, and whether the place means anything is for its owner to decide.
//
// It knows bytes and not characters: a letter outside ASCII is its UTF-8 bytes, in one case. It does not say where a
// pattern of several lengths began.
package needle

import (
	"fmt"
	"regexp/syntax"
	"unicode/utf8"
)

// Needle is what one search is for: any of several ways to write it, each a row of sets of bytes.
type Needle struct{ ways [][]bytes }

// bytes is a set of bytes.
type bytes [256]bool

// Literal is the text as it is.
func Literal(text string) Needle { return Needle{[][]bytes{literal(text, false)}} }

// Fold is the text with the letters A to Z in either case.
func Fold(text string) Needle { return Needle{[][]bytes{literal(text, true)}} }

// The bounds of one needle. A longer one would make every Finder look further back where it cuts the text.
const (
	maxWays   = 256
	maxLength = 64 // bytes
)

// Pattern reads a regular expression of bounded length: literals, classes of ASCII characters, alternatives and
// repetitions such as {1,3}. An anchor, an unbounded repetition or a class with other characters is an error.
func Pattern(expression string) (Needle, error) {
	tree, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return Needle{}, fmt.Errorf("reading the pattern: %w", err)
	}
	ways, err := expand(tree)
	if err != nil {
		return Needle{}, fmt.Errorf("pattern %q: %w", expression, err)
	}
	return Needle{ways}, nil
}

// MustPattern is Pattern for the patterns that a program is built with.
func MustPattern(expression string) Needle {
	n, err := Pattern(expression)
	if err != nil {
		panic(err)
	}
	return n
}

func literal(text string, fold bool) []bytes {
	row := make([]bytes, len(text))
	for i := range len(text) {
		row[i][text[i]] = true
		if other := text[i] ^ 0x20; fold && 'a' <= text[i]|0x20 && text[i]|0x20 <= 'z' {
			row[i][other] = true
		}
	}
	return row
}

// expand lists every way to write a part of a pattern.
func expand(tree *syntax.Regexp) ([][]bytes, error) {
	switch tree.Op {
	case syntax.OpLiteral:
		return [][]bytes{literal(string(tree.Rune), tree.Flags&syntax.FoldCase != 0)}, nil
	case syntax.OpCharClass:
		return class(tree.Rune)
	case syntax.OpConcat:
		return row(tree.Sub)
	case syntax.OpCapture:
		return expand(tree.Sub[0])
	case syntax.OpAlternate:
		return either(tree.Sub)
	case syntax.OpQuest:
		return repeat(tree.Sub[0], 0, 1)
	case syntax.OpRepeat:
		return repeat(tree.Sub[0], tree.Min, tree.Max)
	case syntax.OpEmptyMatch:
		return [][]bytes{nil}, nil
	}
	return nil, fmt.Errorf("%s has no bounded length", tree)
}

func class(ranges []rune) ([][]bytes, error) {
	var set bytes
	for i := 0; i < len(ranges); i += 2 {
		if ranges[i+1] >= utf8.RuneSelf {
			return nil, fmt.Errorf("a class holds more than ASCII")
		}
		for c := ranges[i]; c <= ranges[i+1]; c++ {
			set[c] = true
		}
	}
	return [][]bytes{{set}}, nil
}

func row(parts []*syntax.Regexp) ([][]bytes, error) {
	ways := [][]bytes{nil}
	for _, part := range parts {
		next, err := expand(part)
		if err != nil {
			return nil, err
		}
		if ways, err = join(ways, next); err != nil {
			return nil, err
		}
	}
	return ways, nil
}

func either(parts []*syntax.Regexp) (ways [][]bytes, _ error) {
	for _, part := range parts {
		more, err := expand(part)
		if err != nil {
			return nil, err
		}
		ways = append(ways, more...)
	}
	return ways, nil
}

func repeat(part *syntax.Regexp, least, most int) (ways [][]bytes, _ error) {
	if most < 0 {
		return nil, fmt.Errorf("%s repeats without end", part)
	}
	once, err := expand(part)
	if err != nil {
		return nil, err
	}
	so := [][]bytes{nil}
	for n := 0; ; n++ {
		if n >= least {
			ways = append(ways, so...)
		}
		if n == most {
			return ways, nil
		}
		if so, err = join(so, once); err != nil {
			return nil, err
		}
	}
}

// join writes each way of a in front of each way of b.
func join(a, b [][]bytes) (ways [][]bytes, _ error) {
	if len(a)*len(b) > maxWays {
		return nil, fmt.Errorf("more than %d ways to write it", maxWays)
	}
	for _, head := range a {
		for _, tail := range b {
			ways = append(ways, append(head[:len(head):len(head)], tail...))
		}
	}
	return ways, nil
}
