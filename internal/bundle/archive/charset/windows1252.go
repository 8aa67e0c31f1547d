package charset

import "strings"

// The upper half of Windows-1252; the five bytes that it leaves undefined stand for themselves, as in the WHATWG Encoding
// Standard, so that decoding loses nothing.
const upper = "\u20ac \u0081 \u201a \u0192 \u201e \u2026 \u2020 \u2021 \u02c6 \u2030 \u0160 \u2039 \u0152 \u008d \u017d \u008f " +
	"\u0090 \u2018 \u2019 \u201c \u201d \u2022 \u2013 \u2014 \u02dc \u2122 \u0161 \u203a \u0153 \u009d \u017e \u0178"

var inUTF8 = upperHalf()

func upperHalf() (table [128]string) {
	copy(table[:], strings.Split(upper, " "))
	for b := 0xA0; b < 0x100; b++ {
		table[b-0x80] = string(rune(b))
	}
	return table
}

// windows1252 is the character of a byte from 0x80 on.
func windows1252(b byte) string { return inUTF8[b-0x80] }
