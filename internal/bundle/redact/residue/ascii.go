package residue

import (
	"fmt"
	"strings"
	"unicode/utf16"
)

// ascii writes what is not a letter or a digit of ASCII, nor a common sign, in a format that takes its number.
func ascii(text, format string) string {
	var b strings.Builder
	for _, r := range text {
		if r < 0x80 && (wordly[byte(r)] || strings.ContainsRune(" -._:/,+()=!?*\\", r)) {
			b.WriteRune(r)
			continue
		}
		if high, low := utf16.EncodeRune(r); high != 0xfffd && format[0] == '\\' {
			fmt.Fprintf(&b, format+format, high, low)
			continue
		}
		fmt.Fprintf(&b, format, r)
	}
	return b.String()
}
