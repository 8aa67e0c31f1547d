package certificate

// Chunk divides facts so that each statement is short enough to be signed: in their order, every line in exactly one
// part, as many in each as fit. The same facts make the same parts. name gives part i, counted from 0, the id of its
// certificate; deriving it from the intent's makes a repetition the same. A part counts what its own lines say was
// deleted (Line.Deleted); f.ID and f.Counts are not read.
//
// A line that no statement can hold by itself stands alone in its part, which Issue refuses.
func Chunk(f Facts, name func(i int) string) []Facts {
	var parts []Facts
	for rest := f.Lines; len(rest) > 0; {
		part := f.part(name(len(parts)), rest)
		parts, rest = append(parts, part), rest[len(part.Lines):]
	}
	return parts
}

// part takes as many of the first lines as fit, at least one. A further line never makes a statement shorter, so the
// number is found by halving; each has its digest of 64 digits, so there is no need to begin with more than Limit/64.
func (f Facts) part(id string, lines []Line) Facts {
	fits, not := 1, min(len(lines), Limit/64)+1
	for not-fits > 1 {
		if n := (fits + not) / 2; f.with(id, lines[:n]).fits() {
			fits = n
		} else {
			not = n
		}
	}
	return f.with(id, lines[:fits])
}

func (f Facts) with(id string, lines []Line) Facts {
	f.ID, f.Lines, f.Counts = id, lines[:len(lines):len(lines)], Counts{}
	for _, l := range lines {
		f.Counts.Objects += l.Deleted.Objects
		f.Counts.Versions += l.Deleted.Versions
		f.Counts.MultipartUploads += l.Deleted.MultipartUploads
	}
	return f
}

// fits measures the statement without judging it: what contradicts itself is Issue's to refuse.
func (f Facts) fits() bool {
	payload, err := spell(statement[deletion]{statementType, f.subjects(), DeletionPredicate, f.predicate(source(f.Rule), nil)})
	return err == nil && len(encoding(payload)) <= Limit
}
