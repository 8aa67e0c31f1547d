package pseudonym

import (
	"bytes"
	"strings"

	"waybill/internal/bundle/sensitive"
)

// removedEnd ends what stands where something was removed. The words are letters and hyphens, so that they are valid in
// XML, JSON, properties, URLs and headers without quotes or escapes; the kind comes first, so that no word ends in the
// name of a field and would make what follows its value.
const removedEnd = "-removed"

// Removed is what stands where a value of this kind was: password-removed.
func Removed(k sensitive.Kind) string { return strings.ReplaceAll(k.String(), "_", "-") + removedEnd }

// removedWords are all of them.
var removedWords = func() map[string]bool {
	all := map[string]bool{}
	for _, k := range sensitive.Kinds() {
		all[Removed(k)] = true
	}
	return all
}()

// IsRemoved tells whether a text is what stands where something was.
func IsRemoved(text []byte) bool {
	return bytes.HasSuffix(text, []byte(removedEnd)) && removedWords[string(text)]
}
