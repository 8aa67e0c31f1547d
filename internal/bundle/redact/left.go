package redact

import (
	"strings"

	"waybill/internal/bundle/archive"
	"waybill/internal/bundle/archive/charset"
	"waybill/internal/bundle/redact/receipt"
)

// lost tells whether a file cannot be passed on.
func (r *redaction) lost(f *archive.File) bool {
	_, is := reasonLost(f)
	return is
}

// reasonLost is why a file cannot be passed on: it was not read in full, or in pieces between which a value may be torn.
func reasonLost(f *archive.File) (archive.Problem, bool) {
	for _, p := range f.Problems {
		if p.File == f.Name && (!f.Whole || p.Rule == archive.LineLong) {
			return p, true
		}
	}
	switch {
	case !f.Whole:
		return archive.Problem{Rule: archive.Truncated, Reason: "it was not read to its end"}, true
	case f.Stray > 0 && f.Encoding != charset.UTF8:
		return archive.Problem{Rule: Undecodable, Reason: "it is not valid " + f.Encoding.String()}, true
	}
	return reasonNamed(f.Name)
}

// Rules of this package, beside those of package archive.
const (
	Undecodable archive.Rule = "undecodable"
	Changed     archive.Rule = "changed"         // between the two readings
	Twice       archive.Rule = "duplicate-inner" // two files of one name in an archive within the archive
	Unexamined  archive.Rule = "binary"          // nobody can look into it
)

// reasonNamed tells whether a name would do harm to whoever unpacks it.
func reasonNamed(name string) (archive.Problem, bool) {
	for part := range strings.SplitSeq(name, "!") {
		slashed := strings.ReplaceAll(part, `\`, "/")
		rule := archive.Rule("")
		switch {
		case part == "":
			rule = archive.NameEmpty
		case strings.HasPrefix(slashed, "/"):
			rule = archive.Absolute
		case len(part) > 1 && part[1] == ':':
			rule = archive.Drive
		case slashed == ".." || strings.HasPrefix(slashed, "../") || strings.HasSuffix(slashed, "/..") || strings.Contains(slashed, "/../"):
			rule = archive.Traversal
		default:
			continue
		}
		return archive.Problem{Rule: rule, Reason: "its name leads out of the archive"}, true
	}
	return archive.Problem{}, false
}

// withhold tells why a file is not passed on, if it is not: for what either reading found.
func (r *redaction) withhold(c *copied) (receipt.Left, bool) {
	f := c.file
	left := receipt.Left{Name: r.name(f.Name), Format: string(f.Kind)}
	if f.Kind == archive.Binary {
		left.Format = f.Format
	}
	first := r.first[keyOf(f)]
	p, lost := reasonLost(f)
	switch {
	case lost:
	case len(first) > 1:
		p = archive.Problem{Rule: Twice, Reason: "another of this name is in the same archive"}
	case len(first) == 0 || first[0].file.Kind != f.Kind || first[0].file.Size != f.Size:
		p = archive.Problem{Rule: Changed, Reason: "it was not the same when it was read again"}
	case r.lost(first[0].file):
		p, _ = reasonLost(first[0].file)
	case f.Kind == archive.Binary && !c.passed:
		p = archive.Problem{Rule: Unexamined, Reason: "a binary; nobody can look into it"}
	case !c.passed:
		p = archive.Problem{Rule: Changed, Reason: "it was not rewritten to its end"}
	default:
		return receipt.Left{}, false
	}
	left.Rule, left.Reason = string(p.Rule), r.name(p.Reason)
	return left, true
}
