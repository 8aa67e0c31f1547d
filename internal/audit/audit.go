// Package audit says who did what to which thing, when, and with what outcome.
//
// An Act is a deed in progress: every use case takes one, so no change can be made by nobody, at no time or under no
// request. Its time is frozen once per operation: all that is written in one transaction agrees. An Entry is what is
// recorded of it. The store writes the change and its entry in one transaction (package dynamo); an entry is never
// changed or deleted by any function.
//
// It holds no content: an entry names things by id and says which fields changed, never to what.
package audit

import (
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"waybill/internal/ident"
)

// ErrNobody is what a store answers to an act without an actor, a time or a request: a mistake of the caller's code.
var ErrNobody = errors.New("an act needs an actor, a time and a request")

// Actor is a person by the subject of their token ("ada"), or a function of the cell by its name ("function:purge").
type Actor string

// Person is the actor behind a token's subject. A subject that reads like a function, or like a person marked here, is
// marked, so that no issuer can sign for the cell and no two subjects share a name.
func Person(subject string) Actor {
	if strings.HasPrefix(subject, "function:") || strings.HasPrefix(subject, "user:") {
		return Actor("user:" + subject)
	}
	return Actor(subject)
}

// Function is the actor that a scheduled or event-driven function is.
func Function(name string) Actor { return Actor("function:" + name) }

// Act is one deed in progress.
type Act struct {
	Actor     Actor
	Time      time.Time // UTC, milliseconds; see At
	RequestID string    // the request or invocation id that the caller also sees
	Once      *Once     // the caller's idempotency key; nil when none was sent
}

// Once is an idempotency key bound to the request it came with.
type Once struct {
	Key    string // never stored as given: see package dynamo
	Digest string // of method, path and body, so that the key cannot be used for another request
}

// Replayed is what a store answers when the act's idempotency key was already used for the same request: nothing was
// written now, and Resource names what the first request made or changed.
type Replayed struct{ Resource string }

// Error says that it is no failure, only a repetition.
func (r *Replayed) Error() string { return "the request was carried out before, on " + r.Resource }

// At freezes a time the way it is stored and shown: UTC, to the millisecond.
func At(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// Outcome is how it ended.
type Outcome string

// The outcomes.
const (
	Done    Outcome = "done"
	Refused Outcome = "refused" // not allowed; nothing was changed
	Failed  Outcome = "failed"  // allowed, but it could not be done
)

// Entry is one line of the record.
type Entry struct {
	ID        string    `json:"id"`
	Time      time.Time `json:"time"`
	Action    Action    `json:"action"`
	Actor     Actor     `json:"actor"`
	Resource  string    `json:"resource"`
	Outcome   Outcome   `json:"outcome"`
	RequestID string    `json:"requestId"`
	Detail    string    `json:"detail,omitempty"` // which fields, which rule, which reason; never a value of the customer's
}

// Filter narrows a reading of the record. Zero values do not narrow; From is inclusive, To exclusive.
type Filter struct {
	From, To time.Time
	Action   Action
	Actor    Actor
}

// Entry records the act as an action upon a resource. The id sorts by time, and two entries of one millisecond differ.
// An act at no time makes an entry without an id, which no store takes.
func (a Act) Entry(action Action, resource string, outcome Outcome, detail string) Entry {
	id, _ := ident.New(ident.Event, a.Time, rand.Reader) // the reader of crypto/rand never fails
	return Entry{ID: id, Time: a.Time, Action: action, Actor: a.Actor, Resource: resource, Outcome: outcome, RequestID: a.RequestID, Detail: detail}
}

// Check refuses an entry of a deed that nobody did, at no time, or under no request.
func (e Entry) Check() error {
	if e.ID == "" || e.Actor == "" || e.RequestID == "" {
		return ErrNobody
	}
	return nil
}
