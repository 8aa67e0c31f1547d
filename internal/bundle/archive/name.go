package archive

import (
	"hash/crc32"
	"path"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// decodeName turns the bytes of a name into text: Info-ZIP's Unicode path where it belongs to these bytes, UTF-8 where
// the flag says so or a Unix made it (they write what their locale is), and CP437 otherwise (APPNOTE D.1).
func decodeName(e *Entry, unicodePath []byte) (name string, valid bool) {
	unix := e.System == 3 || e.System == 19
	switch declared := e.Flags&flagUTF8 != 0; {
	case len(unicodePath) > 0:
		return string(unicodePath), true
	case (declared || unix) && utf8.ValidString(e.Raw):
		return e.Raw, true
	default:
		return cp437(e.Raw), !declared
	}
}

// unicodePath is the name in Info-ZIP's extra field 0x7075: version 1, checksum of the name it stands for, UTF-8.
func unicodePath(field []byte, raw string) []byte {
	if len(field) < 5 || field[0] != 1 || order.Uint32(field[1:]) != crc32.ChecksumIEEE([]byte(raw)) || !utf8.Valid(field[5:]) {
		return nil
	}
	return field[5:]
}

// printable escapes what a terminal would not print as it is: control characters, marks that turn the direction of
// writing, and bytes that are no text.
func printable(s string) string {
	for i, r := range s {
		if !shows(r) || r == utf8.RuneError {
			return s[:i] + escaped(s[i:])
		}
	}
	return s
}

func escaped(s string) string {
	var b strings.Builder
	for _, r := range s {
		if shows(r) {
			b.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteRuneToASCII(r)
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}

func shows(r rune) bool { return r == ' ' || unicode.IsPrint(r) }

// checkName tells what a name would do to whoever took it for a destination. Name is as it was decoded, not yet made
// safe to print.
func checkName(name string) (found []Problem) {
	slashed := strings.ReplaceAll(name, `\`, "/")
	for _, rule := range []struct {
		broken bool
		is     Problem
	}{
		{name == "", broken(NameEmpty, "an entry without a name")},
		{strings.ContainsRune(name, '\\'), broken(Backslash, "a backslash in the name")},
		{strings.HasPrefix(slashed, "/"), broken(Absolute, "an absolute path")},
		{isDrive(name), broken(Drive, "a path with a drive letter")},
		{isTraversal(slashed), broken(Traversal, "a path that leads out of the archive")},
		{printable(name) != name, broken(NameControl, "characters in the name that cannot be printed")},
	} {
		if rule.broken {
			found = append(found, rule.is)
		}
	}
	return found
}

func isDrive(name string) bool {
	return len(name) > 1 && name[1] == ':' && (name[0]|0x20) >= 'a' && (name[0]|0x20) <= 'z'
}

func isTraversal(name string) bool {
	if !strings.Contains(name, "..") {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.TrimRight(part, " ") == ".." {
			return true
		}
	}
	return false
}

// place is where a name would lie if it were unpacked; two entries of one place are duplicates.
func place(name string) string { return path.Clean("/" + strings.ReplaceAll(name, `\`, "/")) }
