package redact

import (
	"strings"

	"waybill/internal/bundle/sensitive"
)

// endings are those of files, which stand where a host's name would go on.
var endings = []string{".gz", ".zip", ".txt", ".log", ".out", ".xml", ".json", ".csv", ".html", ".conf", ".cfg", ".properties", ".hprof", ".jfr"}

// asText is a name as it would stand in a text, with every byte in its place: each part of the path on a line of its own,
// and without endings.
func asText(name string) []byte {
	text := []byte(name)
	for i, b := range text {
		if b == '/' || b == '!' {
			text[i] = '\n'
		}
	}
	for end, more := len(text), true; more; {
		more = false
		for _, e := range endings {
			if strings.HasSuffix(name[:end], e) {
				end, more = end-len(e), true
				text[end] = ' '
			}
		}
	}
	return text
}

// name is a file's name, or a sentence about a file, without what must not leave, and safe to write into an archive.
func (r *redaction) name(name string) string {
	d := r.newDesk()
	text := asText(name)
	var all []edit
	d.detector.Search(text, 1, &d.found)
	for _, p := range d.found.Places {
		all = append(all, edit{p.Start, p.End, p.Kind, p.Form, packedLength(p.Form, len(d.found.Value(p).Reveal()))})
	}
	var out []byte
	at := int32(0)
	for _, e := range d.search(text, merged(all)) {
		out = append(append(out, name[at:e.start]...), d.replace(text, e).text...)
		at = e.end
	}
	return strings.ToValidUTF8(string(append(out, name[at:]...)), "_")
}

// names looks at the names of the files: people and machines are named there too.
func (l *learner) names(names []string) {
	var found sensitive.Found
	for _, name := range names {
		l.detector.Search(asText(name), 1, &found)
		for _, p := range found.Places {
			value := found.Value(p)
			l.values.add(value.Kind, value.Reveal())
		}
	}
}
