// Package fault names everything that can be refused, once, in words every edge understands.
//
// The core returns a Kind, alone or with the sentence a customer may read (Because) or with the fields that broke a
// rule (Invalid). An edge turns kinds into its own protocol in one table: package web into RFC 9457 problem documents,
// the command line into exit codes. Any other error is internal: it is logged and alarmed, and no part of it is shown.
//
// It knows nothing of HTTP, and it carries no stack, no cause and no value of the request: what stands in a Refusal is
// shown to whoever asked.
package fault

import "fmt"

// Kind is one way of being refused. It is an error itself, so errors.Is(err, fault.NotFound) holds for every refusal of
// that kind.
type Kind string

// The kinds. Each has exactly one line in the table of package web.
const (
	NotFound          Kind = "not-found"          // absent, or another organisation's: the two look the same
	Unauthenticated   Kind = "unauthenticated"    // no token, or one that does not hold
	IssuerUnavailable Kind = "issuer-unavailable" // the token could not be checked: fail closed, but not the caller's fault
	Forbidden         Kind = "forbidden"          // known, and not allowed
	BadInput          Kind = "invalid"            // a field broke its rule; see Refusal.Fields
	Malformed         Kind = "malformed"          // not JSON, or not the JSON that was asked for
	TooLarge          Kind = "too-large"          // more bytes than may be sent or stored
	UnsupportedMedia  Kind = "unsupported-media"  // a body that is not application/json
	Conflict          Kind = "conflict"           // the state does not admit it
	Unconditional     Kind = "precondition-required"
	Stale             Kind = "precondition-failed"
	KeyReused         Kind = "idempotency-key-reused" // same key, other request
	KeyRefused        Kind = "key-refused"            // the customer's KMS key cannot be used; the detail says why
	KeyUnusable       Kind = "key-unusable"           // the key that the organisation is bound to has stopped working
	WrongCell         Kind = "wrong-cell"             // see Refusal.Cell
	TooManyRequests   Kind = "too-many-requests"
	Unavailable       Kind = "unavailable" // try again; nothing was done
)

// Error is the kind's own name, so that a bare kind is a complete refusal.
func (k Kind) Error() string { return string(k) }

// Because refuses with a sentence that the caller will read.
func (k Kind) Because(format string, args ...any) error {
	return &Refusal{Kind: k, Detail: fmt.Sprintf(format, args...)}
}

// Refusal is a kind with what the caller needs to do better.
type Refusal struct {
	Kind   Kind
	Detail string  // one sentence, shown
	Fields []Field // for BadInput: every rule that was broken, not only the first
	Cell   string  // for WrongCell: the address of the right one, when it is known
}

// Error names the kind and the sentence.
func (r *Refusal) Error() string {
	if r.Detail == "" {
		return string(r.Kind)
	}
	return string(r.Kind) + ": " + r.Detail
}

// Unwrap lets errors.Is find the kind.
func (r *Refusal) Unwrap() error { return r.Kind }

// Field is one broken rule. Pointer is an RFC 6901 JSON pointer into the body, or "?name" for a query parameter.
type Field struct {
	Pointer string `json:"pointer"`
	Rule    string `json:"rule"`
	Detail  string `json:"detail"`
}

// Fields collects broken rules while a body is checked.
type Fields []Field

// Check notes the rule as broken unless it holds, and answers whether it held.
func (f *Fields) Check(holds bool, pointer, rule, format string, args ...any) bool {
	if !holds {
		*f = append(*f, Field{Pointer: pointer, Rule: rule, Detail: fmt.Sprintf(format, args...)})
	}
	return holds
}

// Err is nil when every rule held.
func (f Fields) Err() error {
	if len(f) == 0 {
		return nil
	}
	return &Refusal{Kind: BadInput, Detail: f.summary(), Fields: f}
}

func (f Fields) summary() string {
	if len(f) == 1 {
		return "One field broke its rule."
	}
	return fmt.Sprintf("%d fields broke their rules.", len(f))
}
