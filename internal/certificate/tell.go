package certificate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

func (p deletion) tell(of []subject) Report {
	says := []Said{{"states", "the deletion of " + number(len(of), "thing")}}
	for _, s := range of {
		says = append(says, Said{"erased thing", s.words()})
	}
	says = append(says, Said{"organisation", cmp.Or(p.Organisation, "none: it had matched no organisation")})
	says = append(says, where(p.Cell, p.Region, "bucket "+p.Bucket, p.KeyIDs)...)
	says = append(says, Said{"by the rule", p.Rule + " (" + p.RuleSource + ")"}, Said{"because", p.Basis.words()})
	if p.Sealed != nil {
		says = append(says, Said{"sealed", p.Sealed.words()})
	}
	says = append(says, Said{"due", span{p.Due, p.DueTo}.words()},
		Said{"intended", p.Intent.Written.String() + ", as " + p.Intent.ID + ", manifest sha256:" + p.Intent.Manifest},
		Said{"erased", p.Erased.String()}, Said{"seen to be absent", p.VerifiedAbsent.String()},
		Said{"deleted", p.Counts.words()}, Said{"by", p.Function})
	return Report{Says: says, Proves: []string{
		"that the holder of the cell's key signed that it erased these things and then looked again, by other calls, and saw no version, no delete marker and no unfinished part of any of them.",
		"that nothing of this statement was altered since.",
	}, ProvesNot: append(beyond(),
		"that a thing had the content whose digest stands here: the digest is the one on record, and the bytes were not read again. Where it says identity, it is a digest of bucket, key and version.")}
}

func (p addendum) tell(of []subject) Report {
	says := []Said{{"states", "that a restore had brought back what a certificate covers, and that it was erased again"},
		{"of the certificate", p.Certificate + " sha256:" + of[0].Digest.SHA256}, {"organisation", cmp.Or(p.Organisation, "none: it had matched no organisation")}}
	says = append(says, where(p.Cell, p.Region, "bucket "+p.Bucket, p.KeyIDs)...)
	says = append(says, Said{"by the rule", p.Rule}, Said{"due", p.Due.String()},
		Said{"had come back", p.Restored.words() + ", " + number(p.Restored.Records, "record")},
		Said{"erased", p.Erased.String()}, Said{"seen to be absent", p.VerifiedAbsent.String()}, Said{"by", p.Function})
	return Report{Says: says, Proves: []string{
		"that the holder of the cell's key signed that it erased again what had come back, and then saw nothing of it.",
		"that it belongs to the one certificate whose payload has this digest, and that nothing of this statement was altered since.",
	}, ProvesNot: append(beyond(), "that nobody read what had come back before it was erased again.")}
}

func (p termination) tell([]subject) Report {
	says := []Said{{"states", "the end of an organisation: its records were erased"}, {"organisation", p.Organisation}}
	says = append(says, where(p.Cell, p.Region, "table "+p.Table, p.KeyIDs)...)
	for _, kind := range slices.Sorted(maps.Keys(p.Items)) {
		says = append(says, Said{"erased records", fmt.Sprintf("%d of the kind %s", p.Items[kind], kind)})
	}
	says = append(says, Said{"destroyed key", cmp.Or(p.SealingKey, "none: there was none")}, Said{"by the rule", p.Rule + " (" + p.RuleSource + ")"},
		Said{"requested", p.Requested.String()}, Said{"due", p.Due.String()}, Said{"erased", p.Erased.String()},
		Said{"seen to be absent", p.VerifiedAbsent.String()}, Said{"by", p.Function})
	return Report{Says: says, Proves: []string{
		"that the holder of the cell's key signed that it erased the organisation's records and destroyed the key that what is left of its audit trail was sealed under, and then saw none of them.",
		"that nothing of this statement was altered since.",
	}, ProvesNot: append(beyond(), "what became of the files that were staged: each deletion of those has its own certificate.")}
}

// beyond is what no statement of a cell can prove.
func beyond() []string {
	return []string{
		"that nobody had copied the data before.",
		"that there are no copies or backups outside of what the cell names here.",
		"that the cell's clock was right, or that its operator ran the software that it says.",
		"that the key is the cell's: get it once, from the operator, in a way that you trust.",
	}
}

func where(cell, region, place string, keys []string) []Said {
	return []Said{{"where", place + " in " + region + ", cell " + cell}, {"under the key", cmp.Or(strings.Join(keys, ", "), "none on record")}}
}

func (s subject) words() string {
	if s.Annotations != nil {
		return s.Name + " sha256:" + s.Digest.SHA256 + " (identity)"
	}
	return s.Name + " sha256:" + s.Digest.SHA256
}

func (b Basis) words() string {
	switch b {
	case Request:
		return "its deletion was asked for"
	case Termination:
		return "the organisation's time was up"
	default:
		return "its time was up"
	}
}

func (s span) words() string {
	if s.From == s.To {
		return s.From.String()
	}
	return s.From.String() + " to " + s.To.String()
}

func (c Counts) words() string {
	return number(c.Objects, "object") + ", " + number(c.Versions, "version") + ", " + number(c.MultipartUploads, "unfinished upload")
}

func number(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
