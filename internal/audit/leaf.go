package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"waybill/internal/ident"
)

// An entry has two halves. The leaf is public: it stands in the ledger for ever, and says what was done to which thing,
// when and how it ended. Who did it, and under which request, is personal when a person did: that half is kept sealed
// beside the leaf (package keyring) and can be forgotten. The leaf holds its digest, so that a proof covers both. The
// personal half begins with 32 random bytes, so that nobody can try names until the digest fits.
//
// A function of the cell is no person: its entries have a leaf only.
//
// Nor does a leaf hold an organisation's id, wherever the entry names one: its pseudonym stands there, or any entry about
// the organisation itself would tell for ever whose all the others are, and whose the certificates. What a leaf is to
// those who read the ledger, infra/audit-leaf.md describes.

// leaf is the public half, in the order in which it is written.
type leaf struct {
	Version      int     `json:"v"`
	ID           string  `json:"id"`
	Time         string  `json:"time"` // RFC 3339, UTC, milliseconds
	Organisation string  `json:"organisation,omitempty"`
	Action       Action  `json:"action"`
	Resource     string  `json:"resource"`
	Outcome      Outcome `json:"outcome"`
	Detail       string  `json:"detail,omitempty"`
	Actor        Actor   `json:"actor,omitempty"`     // a function's
	RequestID    string  `json:"requestId,omitempty"` // a function's
	Personal     string  `json:"personal,omitempty"`  // base64 SHA-256 of the personal half
}

// personal is the other half.
type personal struct {
	Blind     []byte `json:"blind"`
	Actor     Actor  `json:"actor"`
	RequestID string `json:"requestId"`
}

const (
	leafVersion = 1
	leafTime    = "2006-01-02T15:04:05.000Z"
	blindLength = 32 // bytes
)

// Person tells whether an actor is a person.
func (a Actor) Person() bool { return !strings.HasPrefix(string(a), "function:") }

// Halves parts an entry of an organisation's; blind is 32 random bytes. There is no personal half when no person acted.
func (e Entry) Halves(organisation string, blind []byte) (public, private []byte, err error) {
	l := leaf{Version: leafVersion, ID: e.ID, Time: e.Time.UTC().Format(leafTime), Organisation: Pseudonym(organisation), Action: e.Action,
		Resource: disguised(e.Resource), Outcome: e.Outcome, Detail: disguised(e.Detail)}
	if !e.Actor.Person() {
		l.Actor, l.RequestID = e.Actor, e.RequestID
		public, err = spell(l)
		return public, nil, err
	}
	if len(blind) != blindLength {
		return nil, nil, errors.New("a personal half needs 32 bytes to be blinded with")
	}
	if private, err = spell(personal{blind, e.Actor, e.RequestID}); err != nil {
		return nil, nil, err
	}
	sum := sha256.Sum256(private)
	l.Personal = base64.StdEncoding.EncodeToString(sum[:])
	public, err = spell(l)
	return public, private, err
}

// Forgotten is the actor of an entry whose personal half nobody can open any more.
const Forgotten Actor = "forgotten"

var (
	errHalves = errors.New("an audit entry's halves do not belong together")
	errLeaf   = errors.New("an audit entry's leaf is another organisation's, or of another version")
)

// Whole joins the halves of an organisation's entry. Without the personal half of a person's act, the actor is Forgotten.
func Whole(organisation string, public, private []byte) (Entry, error) {
	var l leaf
	if err := json.Unmarshal(public, &l); err != nil {
		return Entry{}, err
	}
	if l.Version != leafVersion || l.Organisation != Pseudonym(organisation) {
		return Entry{}, errLeaf
	}
	at, err := time.Parse(leafTime, l.Time)
	e := Entry{ID: l.ID, Time: at, Action: l.Action, Resource: l.revealed(organisation, l.Resource), Outcome: l.Outcome,
		Detail: l.revealed(organisation, l.Detail), Actor: l.Actor, RequestID: l.RequestID}
	if err != nil || l.Personal == "" {
		return e, err
	}
	if private == nil {
		e.Actor = Forgotten
		return e, nil
	}
	var p personal
	sum := sha256.Sum256(private)
	if json.Unmarshal(private, &p) != nil || base64.StdEncoding.EncodeToString(sum[:]) != l.Personal {
		return e, errHalves
	}
	e.Actor, e.RequestID = p.Actor, p.RequestID
	return e, nil
}

// disguised is a name as a leaf may have it.
func disguised(name string) string {
	if ident.Valid(ident.Org, name) {
		return Pseudonym(name)
	}
	return name
}

// revealed is a leaf's name as its organisation calls it. Another organisation's stays disguised.
func (l leaf) revealed(organisation, name string) string {
	if organisation != "" && name == l.Organisation {
		return organisation
	}
	return name
}

// Pseudonym stands for an organisation where it must not be named: whoever knows the id can make it, and nobody can make
// the id of it, which has 80 random bits. The cell itself has none.
func Pseudonym(organisation string) string {
	if organisation == "" {
		return ""
	}
	sum := sha256.Sum256([]byte("waybill.dev/certificates/organisation/v1\n" + organisation))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// spell writes JSON in one spelling: members in the order of the struct, nothing escaped that need not be.
func spell(document any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(document)
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), err
}
