package clockwork

import "strings"

// matches holds a value against a pattern of an event filter (AWS Lambda Developer Guide, "Control which events Lambda
// sends to your function"): of an object, all members must match; of a list, one value. {"prefix": …} is the one
// operator known here, and any other matches nothing.
func matches(pattern, value any) bool {
	switch p := pattern.(type) {
	case map[string]any:
		members, ok := value.(map[string]any)
		for name, want := range p {
			ok = ok && matches(want, members[name])
		}
		return ok
	case []any:
		for _, want := range p {
			if equals(want, value) {
				return true
			}
		}
	}
	return false
}

func equals(want, value any) bool {
	operator, ok := want.(map[string]any)
	if !ok {
		return want == value
	}
	prefix, isPrefix := operator["prefix"].(string)
	text, isText := value.(string)
	return len(operator) == 1 && isPrefix && isText && strings.HasPrefix(text, prefix)
}
