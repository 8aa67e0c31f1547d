package bundle

import (
	"bytes"
	"slices"
	"strings"

	"waybill/internal/bundle/sensitive"
)

// safe is a name without the values in it: a file may be called after whom it is about.
func (s *Scanner) safe(name string) string {
	text := spaced(name)
	var found sensitive.Found
	s.detector.Search(text, 1, &found)
	var shown []byte
	at := int32(0)
	for _, place := range found.Places {
		if place.Start >= at {
			shown = append(append(shown, name[at:place.Start]...), "["+place.Kind.String()+"]"...)
			at = place.End
		}
	}
	return string(append(shown, name[at:]...))
}

// extensions end names of files, and would be taken for the end of a host's name.
var extensions = []string{"log", "txt", "xml", "zip", "gz", "csv", "json", "out", "properties", "cfg", "conf", "html", "bak", "dump", "jfr"}

// spaced is a name with line breaks between its elements, and in front of what only says what kind of file it is. Nothing
// moves by that.
func spaced(name string) []byte {
	var text []byte
	for element := range strings.SplitAfterSeq(name, "/") {
		one := []byte(element)
		for end := len(bytes.TrimRight(one, "/!")); ; {
			dot := bytes.LastIndexByte(one[:end], '.')
			if dot < 0 || !isExtension(string(one[dot+1:end])) {
				break
			}
			one[dot], end = '\n', dot
		}
		text = append(text, bytes.ReplaceAll(one, []byte{'/'}, []byte{'\n'})...)
	}
	return text
}

func isExtension(text string) bool {
	return text != "" && len(strings.Trim(text, "0123456789")) == 0 && len(text) < 9 || slices.Contains(extensions, strings.ToLower(text))
}
