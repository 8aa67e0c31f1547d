package inventory

import (
	"bytes"
	"time"
)

// stampWidth is the length of "2006-01-02 15:04:05".
const stampWidth = 19

// Stamp is the time with which a log line begins, as "2006-01-02 15:04:05" by the log's own clock, or empty. It knows
// the shapes of the products' logs (2020-05-27 09:00:06,682+0000), of GC logs ([2020-05-27T09:00:06.682+0000]), of Tomcat
// (06-Dec-2021 10:04:19.911) and of access logs (… [31/Dec/2019:09:58:49 +0000] …).
func Stamp(line []byte) string {
	switch {
	case isStamp(line):
		return iso(line)
	case len(line) > stampWidth && line[0] == '[' && isStamp(line[1:]):
		return iso(line[1:])
	case len(line) > 20 && line[2] == '-' && line[6] == '-' && line[11] == ' ' && digit(line[0]):
		return spelt(line[:20])
	}
	return ""
}

// isStamp tells whether a line begins like 2020-05-27 09:00:06.
func isStamp(line []byte) bool {
	if len(line) < stampWidth || line[4] != '-' || line[7] != '-' || line[13] != ':' || line[16] != ':' || line[10] != ' ' && line[10] != 'T' {
		return false
	}
	for _, i := range [...]int{0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18} {
		if !digit(line[i]) {
			return false
		}
	}
	return true
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func iso(line []byte) string {
	var out [stampWidth]byte
	copy(out[:], line)
	out[10] = ' '
	return string(out[:])
}

// spelt reads 06-Dec-2021 10:04:19 and 31/Dec/2019:09:58:49.
func spelt(text []byte) string {
	const months = "JanFebMarAprMayJunJulAugSepOctNovDec"
	month := bytes.Index([]byte(months), text[3:6])
	if month < 0 || month%3 != 0 {
		return ""
	}
	month = month/3 + 1
	out := []byte("yyyy-mm-dd " + string(text[len(text)-8:]))
	copy(out, text[7:11])
	out[5], out[6] = byte('0'+month/10), byte('0'+month%10)
	copy(out[8:], text[:2])
	if !isStamp(out) {
		return ""
	}
	return string(out)
}

// Hours is the time between two stamps, and zero when either is missing or they are in the wrong order.
func Hours(first, last string) float64 {
	from, err := time.Parse(time.DateTime, first)
	if err != nil {
		return 0
	}
	to, err := time.Parse(time.DateTime, last)
	if err != nil {
		return 0
	}
	return max(0, to.Sub(from).Hours())
}
