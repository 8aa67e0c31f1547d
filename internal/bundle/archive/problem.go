package archive

import (
	"fmt"
	"slices"
	"strings"
)

// Rule names one way in which an archive can be wrong. A name, once given, stays: findings and receipts carry it.
type Rule string

// The rules. Of the first group nothing is read; of the second, nothing of the entry; of the third, a part, or all with a
// doubt. The fourth concerns names only: content is read, and a name is never a destination.
const (
	NotZip     Rule = "not-a-zip"
	Unreadable Rule = "unreadable" // the source failed, not the archive
	Stopped    Rule = "stopped"    // the context ended: out of time, or called off

	TooMany     Rule = "too-many-entries"
	Directory   Rule = "directory-too-large"
	TooLarge    Rule = "total-too-large"
	Encrypted   Rule = "encrypted"
	Method      Rule = "unknown-method"
	Link        Rule = "symlink"
	Special     Rule = "special-file" // a device, a pipe, a socket; a directory with content
	Overlap     Rule = "overlap"      // bytes that belong to another entry as well: the way to inflate them twice
	Outside     Rule = "outside"      // an offset beyond the file
	NestedDeep  Rule = "nested-too-deep"
	NestedLost  Rule = "nested-unreadable"
	LocalHeader Rule = "local-header" // there is none where the directory says

	NoDirectory Rule = "no-directory" // cut short: read from the front
	Ambiguous   Rule = "two-directories"
	Count       Rule = "entry-count"
	Truncated   Rule = "truncated"
	Corrupt     Rule = "corrupt"
	Checksum    Rule = "checksum"
	SizeLie     Rule = "size"
	Ratio       Rule = "ratio"
	EntryLarge  Rule = "entry-too-large"
	LineLong    Rule = "line-too-long"
	Disagree    Rule = "headers-disagree" // the directory and the local header
	Unlisted    Rule = "unlisted-bytes"   // bytes that belong to no entry: nobody has looked at them

	NameLong      Rule = "name-too-long"
	NameEmpty     Rule = "name-empty"
	NameEncoding  Rule = "name-encoding"
	NameControl   Rule = "name-control"
	Traversal     Rule = "path-traversal"
	Absolute      Rule = "path-absolute"
	Drive         Rule = "path-drive"
	Backslash     Rule = "path-backslash"
	Duplicate     Rule = "duplicate"
	DuplicateCase Rule = "duplicate-case"
)

// Problem is what is wrong with one file, or with the archive when File is empty. It is an error as well.
type Problem struct {
	File   string // safe to print
	Rule   Rule
	Reason string // one line, safe to print

	cause error
}

// Error is the one line.
func (p Problem) Error() string {
	if p.File == "" {
		return string(p.Rule) + ": " + p.Reason
	}
	return p.File + ": " + string(p.Rule) + ": " + p.Reason
}

// Unwrap is the source's own error, for Unreadable and Stopped.
func (p Problem) Unwrap() error { return p.cause }

// broken is a problem that does not yet know its file.
func broken(rule Rule, format string, args ...any) Problem {
	return Problem{Rule: rule, Reason: fmt.Sprintf(format, args...)}
}

// each is how many problems of one rule are told one by one.
const each = 100

// tally gathers problems, and of a rule that is broken more than a hundred times only the number: seventy thousand
// lines that say the same help nobody.
type tally struct {
	kept  []Problem
	count map[Rule]int
}

func (t *tally) add(found ...Problem) {
	if t.count == nil {
		t.count = map[Rule]int{}
	}
	for _, p := range found {
		if t.count[p.Rule]++; t.count[p.Rule] <= each {
			t.kept = append(t.kept, p)
		}
	}
}

// list ends with what was left out.
func (t *tally) list() []Problem {
	var more []Problem
	for rule, n := range t.count {
		if n > each {
			more = append(more, broken(rule, "and %d more", n-each))
		}
	}
	slices.SortFunc(more, func(a, b Problem) int { return strings.Compare(string(a.Rule), string(b.Rule)) })
	return append(slices.Clone(t.kept), more...)
}
