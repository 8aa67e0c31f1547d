package sensitive

// charset is a set of bytes.
type charset uint16

// The sets. Bytes beyond ASCII are letters: no kind needs to tell the letters of the world apart from its signs.
const (
	upperDigits charset = 1 << iota
	alnum
	word // alnum and _
	urlSafe
	dotted // urlSafe and .
	base64Body
	tokenBody // of a bearer token, RFC 6750
	hexDigit
	digit
	letter
	hostBody
	mailLocal
	blank
	keyBody // of a property's name
	ender   // what ends an unquoted value
)

var charsets = func() (all [256]charset) {
	for c := range 256 {
		b := byte(c)
		lower, upper, number, far := b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z', b >= '0' && b <= '9', b >= 0x80
		name := lower || upper || number
		set := func(holds bool, s charset) {
			if holds {
				all[c] |= s
			}
		}
		set(upper || number, upperDigits)
		set(name, alnum)
		set(name || b == '_', word|urlSafe|dotted)
		set(b == '-', urlSafe|dotted)
		set(b == '.', dotted)
		set(name || b == '+' || b == '/', base64Body)
		set(name || in(b, "-._~+/="), tokenBody)
		set(number || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F', hexDigit)
		set(number, digit)
		set(lower || upper || far, letter)
		set(name || far || in(b, "-._"), hostBody)
		set(name || far || in(b, "-._+'"), mailLocal)
		set(b == ' ' || b == '\t', blank)
		set(name || in(b, "-._$:[]"), keyBody)
		set(b <= ' ' || in(b, "&;,\"'`<>()[]{}|"), ender)
	}
	return all
}()

func in(b byte, list string) bool {
	for i := range len(list) {
		if list[i] == b {
			return true
		}
	}
	return false
}

func every(text []byte, s charset) bool {
	for _, b := range text {
		if charsets[b]&s == 0 {
			return false
		}
	}
	return true
}

func some(text []byte, s charset) bool {
	for _, b := range text {
		if charsets[b]&s != 0 {
			return true
		}
	}
	return false
}
