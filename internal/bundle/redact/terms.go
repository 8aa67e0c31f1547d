package redact

import (
	"strings"

	"waybill/internal/bundle/sensitive"
)

// term is one text by which somebody or something is known.
type term struct {
	kind  sensitive.Kind
	text  string
	exact bool // in this case, or all in capitals: a bare "hope" is a word
}

// separators may stand between the parts of a name.
var separators = []string{" ", ", ", "+", ",", "\u00a0", "_", "."}

// terms lists the texts by which package sensitive would know the people and machines of this bundle again. It is asked
// about each value and its parts, once and all together, because to look for them is cheaper here, together with all
// other values.
func (r *redaction) terms() (all []term, err error) {
	known, err := r.values.people.Known()
	if err != nil {
		return nil, err
	}
	plain, err := detector()
	if err != nil {
		return nil, err
	}
	var lines []string
	for text, kind := range r.values.kinds {
		lines = append(lines, parts(kind, text)...)
	}
	question := strings.Join(lines, "\n")
	var found sensitive.Found
	plain.Look([]byte(question), 1, nil, 0, &found)
	known.Look(&found)
	answers := map[int32]sensitive.Place{}
	for _, p := range found.Places {
		answers[p.Start] = p
	}
	at := int32(0)
	for _, line := range lines {
		if p, is := answers[at]; is && p.Form == sensitive.Plain && int(p.End-p.Start) == len(line) {
			all = append(all, term{kind: p.Kind, text: line})
		}
		at += int32(len(line)) + 1
	}
	r.values.people = sensitive.People{} // they take their room no longer
	return exactly(all), nil
}

// parts are the texts of a value that may be known by themselves, each as it is and in small letters.
func parts(k sensitive.Kind, value string) (all []string) {
	add := func(texts ...string) {
		for _, t := range texts {
			if len(t) >= leastTerm && !strings.ContainsAny(t, "\n\r%&\\") {
				all = append(all, t, strings.ToLower(t))
			}
		}
	}
	switch k {
	case sensitive.Email:
		local, domain, _ := strings.Cut(value, "@")
		add(value, local, domain)
	case sensitive.Hostname:
		_, domain, _ := strings.Cut(value, ".")
		add(value, domain)
	case sensitive.Username:
		_, user, _ := strings.Cut(value, `\`)
		add(value, user)
	}
	if k == sensitive.Fullname || k == sensitive.Username {
		words := strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(" +,\\", r) })
		add(words...)
		if len(words) > 1 {
			last := len(words) - 1
			add(strings.Join(words, " "), words[last]+" "+strings.Join(words[:last], " "))
		}
	}
	return all
}

// exactly drops what is known in small letters from what is known as it is, and marks what is known only as it is.
func exactly(all []term) (kept []term) {
	known := map[string]sensitive.Kind{}
	for _, t := range all {
		known[t.text] = t.kind
	}
	for text, kind := range known {
		lower := strings.ToLower(text)
		_, anyCase := known[lower]
		if text == lower || !anyCase {
			kept = append(kept, term{kind, text, !anyCase})
		}
	}
	return kept
}

// spellTerm adds the ways to write a term: a name with anything between its parts.
func (a *again) spellTerm(t term) {
	a.spell(t.kind, t.text, t.exact)
	if t.kind != sensitive.Fullname && t.kind != sensitive.Username || !strings.Contains(t.text, " ") {
		return
	}
	for _, s := range separators[1:] {
		text := strings.ReplaceAll(t.text, " ", s)
		a.spellings = append(a.spellings, spelling{text: text, kind: t.kind, length: int32(len(text)), bounded: bounded(t.kind, []byte(text))})
	}
}
