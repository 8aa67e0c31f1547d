// Package pseudonym makes pseudonyms: what stands in a redacted bundle where a name, an address or a number stood.
//
// A pseudonym is made of the value and the organisation's key by HMAC-SHA256, so the same value has the same pseudonym in
// every bundle of one organisation, and nobody without the key can try values until one fits. It has the shape of what it
// stands for: an e-mail address stays one, at a domain below .example (RFC 2606); an IPv4 address stays in the ranges for
// documentation (RFC 5737), an IPv6 address in 2001:db8::/32 (RFC 3849). Parts have pseudonyms of their own: whoever has
// an address in a domain is seen to have one in the domain of a host, and a name is seen to be part of a longer one.
//
// Every pseudonym but an IPv4 address carries a check that only the key can make. So what is a pseudonym already stays as
// it is, and what only looks like one does not. There is no room for a check in the 762 addresses for documentation: all
// of them count as pseudonyms, for they are nobody's.
//
// What opens doors has no pseudonym. It is removed, and Removed stands in its place.
package pseudonym

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"sync"

	"waybill/internal/bundle/sensitive"
)

// Key is an organisation's pseudonym key.
type Key [32]byte

// ID names a key without telling it: "sha256:" and a digest, of a text that has no other use.
func (k Key) ID() string {
	sum := sha256.Sum256(append([]byte("waybill pseudonym key\x00"), k[:]...))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Maker makes the pseudonyms of one key. It is safe for concurrent use.
type Maker struct{ pool sync.Pool }

// New is the maker of a key's pseudonyms.
func New(key Key) *Maker {
	m := &Maker{}
	m.pool.New = func() any { return hmac.New(sha256.New, key[:]) }
	return m
}

// class keeps apart what may be written alike and is not the same. A user name in an address is the user's.
type class string

const (
	user    class = "user"
	host    class = "host"
	name    class = "name"
	session class = "session"
	sen     class = "sen"
	server  class = "server"
	address class = "address"
	check   class = "check"
)

// digest is the keyed hash of a value.
func (m *Maker) digest(c class, value []byte) (sum [sha256.Size]byte) {
	h := m.pool.Get().(hash.Hash)
	defer m.pool.Put(h)
	h.Reset()
	h.Write([]byte(c))
	h.Write([]byte{0})
	h.Write(value)
	h.Sum(sum[:0])
	return sum
}

// number is the first bits of the digest.
func (m *Maker) number(c class, value []byte) uint64 {
	sum := m.digest(c, value)
	return binary.BigEndian.Uint64(sum[:])
}

// tag is the check of a pseudonym's own digits.
func (m *Maker) tag(of class, digits uint64) uint64 {
	return m.number(check, binary.BigEndian.AppendUint64([]byte(of), digits))
}

// Of is the pseudonym of a value; of one that is a pseudonym already, the value. Of what is removed outright there is
// none, and removed holds what stands in its place.
func (m *Maker) Of(k sensitive.Kind, value []byte) (pseudonym []byte, removed bool) {
	shape, keeps := shapes[k]
	switch {
	case !keeps && IsRemoved(value):
		return value, true
	case !keeps:
		return []byte(Removed(k)), true
	case m.Own(value):
		return value, false
	}
	return shape(m, value), false
}

// shapes is how each kind is written that has pseudonyms at all.
var shapes = map[sensitive.Kind]func(m *Maker, value []byte) []byte{
	sensitive.Email:    (*Maker).email,
	sensitive.Username: (*Maker).username,
	sensitive.Fullname: (*Maker).fullname,
	sensitive.IPv4:     (*Maker).ipv4,
	sensitive.IPv6:     (*Maker).ipv6,
	sensitive.Hostname: (*Maker).hostname,
	sensitive.Session:  (*Maker).session,
	sensitive.SEN:      (*Maker).entitlement,
	sensitive.ServerID: (*Maker).serverID,
}

// Keeps tells whether values of a kind have pseudonyms, and are not removed.
func Keeps(k sensitive.Kind) bool { return shapes[k] != nil }

// Own tells whether a text is a pseudonym of this key, or made of some; then it is left alone.
func (m *Maker) Own(text []byte) bool {
	return documentation(text) || m.ownIPv6(text) || m.ownSession(text) || m.ownServerID(text) || m.ownEntitlement(text) || m.ownWords(text)
}

// ownWords tells whether all words of a text are names that this key has made; the last label of a host is nobody's.
func (m *Maker) ownWords(text []byte) bool {
	words := bytes.FieldsFunc(text, func(r rune) bool { return r < 0x80 && !isLetter(byte(r)) })
	own := 0
	for i, w := range words {
		switch {
		case m.ownSyllables(w):
			own++
		case i == 0 || i < len(words)-1 || string(w) != "example":
			return false
		}
	}
	return own > 0 && !bytes.ContainsAny(text, "0123456789")
}
