// Package reversal is the map of a redaction: what each pseudonym stands for. With it, whoever has the key to it turns the
// text of a redacted bundle back into what it was, except for what was removed, which is in no map.
//
// A map is JSON, a value to a line, encrypted to age recipients while it is written; it never lies anywhere in the clear.
// First the header, then the rules, each a pseudonym and what it stands for, both as they are written in a file (so there
// is one for alice%40corp.example and one for alice@corp.example), then the exceptions: places in files where a pseudonym
// stands for something else than the rule says. There are exceptions because a bundle may hold more machines than there
// are addresses for documentation, and spellings that differ in case have one pseudonym.
package reversal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
)

// Version is that of a map's form.
const Version = 1

// Header is what a map says of itself.
type Header struct {
	Version int    `json:"version"`
	KeyID   string `json:"keyId"`  // of the pseudonym key
	Bundle  string `json:"bundle"` // SHA-256 of the redacted bundle, in small hexadecimal digits
}

// Rule is what a pseudonym stands for, but for exceptions.
type Rule struct {
	Pseudonym string `json:"pseudonym"`
	Origin    string `json:"origin"`
}

// Exception is where a pseudonym stands for something else.
type Exception struct {
	File string  `json:"file"`
	At   []int64 `json:"at"` // offsets in the redacted text of the file, in UTF-8 and without a byte order mark
	Rule
}

// line is any of the three.
type line struct {
	*Header
	*Rule
	*Exception `json:"exception,omitempty"`
}

// Writer writes a map.
type Writer struct {
	encrypted io.WriteCloser
	lines     *json.Encoder
}

// NewWriter begins a map that the recipients can read.
func NewWriter(to io.Writer, h Header, recipients ...age.Recipient) (*Writer, error) {
	encrypted, err := age.Encrypt(to, recipients...)
	if err != nil {
		return nil, fmt.Errorf("encrypting to the recipients: %w", err)
	}
	w := &Writer{encrypted, json.NewEncoder(encrypted)}
	w.lines.SetEscapeHTML(false)
	h.Version = Version
	return w, w.lines.Encode(line{Header: &h})
}

// Rule adds a rule. All come before the exceptions.
func (w *Writer) Rule(r Rule) error { return w.lines.Encode(line{Rule: &r}) }

// Exception adds some places of one file. Their order is of no account.
func (w *Writer) Exception(e Exception) error { return w.lines.Encode(line{Exception: &e}) }

// Close ends the map. Without it the map cannot be read.
func (w *Writer) Close() error { return w.encrypted.Close() }

// ErrNotMap is met by what was decrypted and is no map, or one of a later version.
var ErrNotMap = errors.New("this is no map of a redaction, or one of a later version")

// Read decrypts a map. What was cut short or changed is refused.
func Read(from io.Reader, identities ...age.Identity) (*Map, error) {
	plain, err := age.Decrypt(from, identities...)
	if err != nil {
		return nil, fmt.Errorf("decrypting the map: %w", err)
	}
	m := &Map{rules: map[string]string{}, exceptions: map[string]map[place]string{}, ambiguous: map[string]bool{}}
	for lines := json.NewDecoder(plain); ; {
		var l line
		err := lines.Decode(&l)
		switch {
		case err == io.EOF && m.Header.Version == Version:
			m.prepare()
			return m, nil
		case err != nil && !errors.As(err, new(*json.SyntaxError)) && err != io.EOF && err != io.ErrUnexpectedEOF:
			return nil, fmt.Errorf("decrypting the map: %w", err)
		case err != nil || !m.take(l):
			return nil, ErrNotMap
		}
	}
}
