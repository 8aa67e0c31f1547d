package pseudonym

import (
	"bytes"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
)

// A session of this length and more, all in hexadecimal digits, stays so and keeps its length: 16 digits of its digest,
// then as many as fit that check them. The shorter ones, which are hashes in a log's column, become 14 letters and digits.
const (
	longSession = 24
	mostSession = 64
	halfSession = 7
)

var halfSpace = power(36, halfSession)

func power(base, n uint64) uint64 {
	all := uint64(1)
	for range n {
		all *= base
	}
	return all
}

func (m *Maker) session(value []byte) []byte {
	value = value[:min(len(value), mostSession)]
	digits := m.number(session, value)
	if len(value) < longSession || !hexadecimal(value) {
		digits %= halfSpace
		return append(digits36(digits), digits36(m.tag(session, digits)%halfSpace)...)
	}
	text := append(hex16(digits), m.sessionCheck(digits)...)[:len(value)]
	if bytes.ContainsAny(value, "ABCDEF") {
		return bytes.ToUpper(text)
	}
	return text
}

func (m *Maker) ownSession(text []byte) bool {
	switch n := len(text); {
	case n == 2*halfSession:
		digits, err := strconv.ParseUint(string(text[:halfSession]), 36, 64)
		return err == nil && bytes.Equal(text[halfSession:], digits36(m.tag(session, digits)%halfSpace))
	case n >= longSession && n <= mostSession && hexadecimal(text):
		digits, err := strconv.ParseUint(string(text[:16]), 16, 64)
		return err == nil && bytes.EqualFold(text[16:], m.sessionCheck(digits)[:n-16])
	}
	return false
}

// sessionCheck is 48 digits, of which a session has at least eight.
func (m *Maker) sessionCheck(digits uint64) []byte {
	sum := m.digest(check, binary.BigEndian.AppendUint64([]byte(session), digits))
	return hex.AppendEncode(nil, sum[:24])
}

func digits36(n uint64) []byte {
	text := strconv.AppendUint(nil, n, 36)
	return append(bytes.Repeat([]byte("0"), max(0, halfSession-len(text))), text...)
}

func hex16(n uint64) []byte { return fmt.Appendf(nil, "%016x", n) }

func hexadecimal(text []byte) bool {
	for _, b := range text {
		if (b < '0' || b > '9') && (b|0x20 < 'a' || b|0x20 > 'f') {
			return false
		}
	}
	return true
}

// A server's id has 16 letters and digits: eight of its digest, eight that check them.
func (m *Maker) serverID(value []byte) []byte {
	b := binary.BigEndian.AppendUint64(nil, m.number(server, bytes.ToUpper(value)))[:5]
	text := base32.StdEncoding.EncodeToString(append(b, m.serverCheck(b)...))
	return []byte(text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:])
}

func (m *Maker) serverCheck(b []byte) []byte {
	sum := m.digest(check, append([]byte(server), b...))
	return sum[:5]
}

func (m *Maker) ownServerID(text []byte) bool {
	if len(text) != 19 || text[4] != '-' {
		return false
	}
	b, err := base32.StdEncoding.DecodeString(string(bytes.ReplaceAll(text, []byte("-"), nil)))
	return err == nil && len(b) == 10 && bytes.Equal(b[5:], m.serverCheck(b[:5]))
}

// A support entitlement number keeps what stands before its digits (SEN-, SEN-L) and has eleven of them, as many as none
// has that was issued: five of its digest, six that check them.
const (
	senBody   = 5
	senDigits = 11
)

func (m *Maker) entitlement(value []byte) []byte {
	before := bytes.TrimRight(value, "0123456789")
	if !entitled(before) {
		before = nil
	}
	n := m.number(sen, value[len(before):]) % power(10, senBody)
	return fmt.Appendf(bytes.Clone(before), "%05d%06d", n, m.senCheck(n))
}

// entitled tells whether a text is what may stand before the digits.
func entitled(before []byte) bool {
	before = bytes.TrimSuffix(bytes.ToUpper(before), []byte("L"))
	return len(before) == 0 || string(before) == "SEN-" || string(before) == "SEN "
}

func (m *Maker) senCheck(n uint64) uint64 { return m.tag(sen, n) % power(10, senDigits-senBody) }

func (m *Maker) ownEntitlement(text []byte) bool {
	before := bytes.TrimRight(text, "0123456789")
	digits := text[len(before):]
	if len(digits) != senDigits || !entitled(before) {
		return false
	}
	n, err := strconv.ParseUint(string(digits[:senBody]), 10, 64)
	return err == nil && string(digits[senBody:]) == fmt.Sprintf("%06d", m.senCheck(n))
}
