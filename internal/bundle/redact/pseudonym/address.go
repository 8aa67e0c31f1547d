package pseudonym

import (
	"bytes"
	"encoding/binary"
	"net/netip"
)

// documented are the ranges for documentation (RFC 5737). Of each, 254 addresses can be a machine's.
var documented = [...]netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24")}

const machines = 254

// ipv4 is one of 762 addresses, so that machines share them: see the map of a redaction for how that is undone.
func (m *Maker) ipv4(value []byte) []byte {
	n := m.number(address, value) % (machines * uint64(len(documented)))
	b := documented[n/machines].Addr().As4()
	b[3] = byte(n%machines) + 1
	return netip.AddrFrom4(b).AppendTo(nil)
}

// documentation tells whether a text is an address for documentation.
func documentation(text []byte) bool {
	if len(text) < len("192.0.2.0") || len(text) > len("198.51.100.255") || text[0] != '1' && text[0] != '2' {
		return false
	}
	a, err := netip.ParseAddr(string(text))
	for _, p := range documented {
		if err == nil && p.Contains(a) {
			return true
		}
	}
	return false
}

// documented6 is the range for documentation (RFC 3849). Of its 96 bits, 64 are the digest's and 32 check them.
var documented6 = netip.MustParsePrefix("2001:db8::/32")

// ipv6 leaves a zone behind the address as it is: it is the name of an interface.
func (m *Maker) ipv6(value []byte) []byte {
	text, zone, scoped := bytes.Cut(value, []byte("%"))
	if a, err := netip.ParseAddr(string(text)); err == nil {
		text, _ = a.MarshalText()
	}
	b := documented6.Addr().As16()
	digits := m.number(address, text)
	binary.BigEndian.PutUint64(b[4:], digits)
	binary.BigEndian.PutUint32(b[12:], uint32(m.tag(address, digits)))
	pseudonym := netip.AddrFrom16(b).AppendTo(nil)
	if scoped && len(zone) < 16 && !bytes.ContainsFunc(zone, func(r rune) bool { return !isLetter(byte(min(r, 0x7f))) && (r < '0' || r > '9') }) {
		pseudonym = append(append(pseudonym, '%'), zone...)
	}
	return pseudonym
}

func (m *Maker) ownIPv6(text []byte) bool {
	text, _, _ = bytes.Cut(text, []byte("%"))
	if len(text) > 45 || !bytes.HasPrefix(text, []byte("2001:db8:")) {
		return false
	}
	a, err := netip.ParseAddr(string(text))
	if err != nil || !documented6.Contains(a) {
		return false
	}
	b := a.As16()
	return uint32(m.tag(address, binary.BigEndian.Uint64(b[4:]))) == binary.BigEndian.Uint32(b[12:])
}
