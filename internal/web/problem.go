package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"waybill/internal/fault"
)

// The kinds that only HTTP knows.
const (
	badRequest  fault.Kind = "bad-request"        // a query parameter or a header broke its rule
	otherMethod fault.Kind = "method-not-allowed" // the path is there, the method is not
	restoring   fault.Kind = "closed"             // a restore from backup is being replayed
	internal    fault.Kind = "internal"           // whatever is no refusal; nothing of it is shown
)

// kinds is the one table from kinds of refusal to HTTP. again is when trying again may help, in seconds.
var kinds = map[fault.Kind]struct {
	status int
	title  string
	again  int
}{
	badRequest:              {400, "A parameter or a header broke its rule", 0},
	fault.Malformed:         {400, "The body is not the JSON that was asked for", 0},
	fault.Unauthenticated:   {401, "Who calls could not be established", 0},
	fault.Forbidden:         {403, "Not allowed", 0},
	fault.NotFound:          {404, "No such thing", 0},
	otherMethod:             {405, "Not by this method", 0},
	fault.Conflict:          {409, "The state does not admit it", 0},
	fault.KeyUnusable:       {409, "The organisation's key has stopped working", 0},
	fault.Stale:             {412, "The record has changed", 0},
	fault.TooLarge:          {413, "Too large", 0},
	fault.UnsupportedMedia:  {415, "Not a body that can be read here", 0},
	fault.WrongCell:         {421, "Another cell holds this", 0},
	fault.BadInput:          {422, "The input broke a rule", 0},
	fault.KeyReused:         {422, "The idempotency key was used for another request", 0},
	fault.KeyRefused:        {422, "The key cannot be used", 0},
	fault.Unconditional:     {428, "The revision must be named", 0},
	fault.TooManyRequests:   {429, "Too fast", 1},
	internal:                {500, "Internal error", 0},
	fault.IssuerUnavailable: {503, "Tokens cannot be checked at the moment", 5},
	fault.Unavailable:       {503, "Not available at the moment", 2},
	restoring:               {503, "Closed after a restore", 300},
}

// problem is a problem document (RFC 9457).
type problem struct {
	Type     string        `json:"type"`
	Title    string        `json:"title"`
	Status   int           `json:"status"`
	Detail   string        `json:"detail,omitempty"`
	Instance string        `json:"instance,omitempty"` // the request id
	Cell     string        `json:"cell,omitempty"`     // for wrong-cell: the address of the right one
	Errors   []fault.Field `json:"errors,omitempty"`
}

// refuse answers why not. What is not a refusal is an internal error, of which the log alone hears more.
func refuse(w http.ResponseWriter, r *http.Request, err error) {
	refusal := refusalIn(err)
	if x, watched := w.(*exchange); watched {
		x.kind, x.err = refusal.Kind, err
	}
	row := kinds[refusal.Kind]
	if row.again > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(row.again))
	}
	if refusal.Kind == fault.Unauthenticated {
		w.Header().Set("WWW-Authenticate", challenge(r, refusal.Detail))
	}
	send(w, row.status, "application/problem+json", encode(problem{Type: "urn:waybill:problem:" + string(refusal.Kind), Title: row.title,
		Status: row.status, Detail: refusal.Detail, Instance: callerOf(r.Context()).RequestID, Cell: refusal.Cell, Errors: refusal.Fields}))
}

// refusalIn finds the refusal in an error. The core calls every broken rule bad input; those of the query are HTTP's.
func refusalIn(err error) fault.Refusal {
	var refusal *fault.Refusal
	var kind fault.Kind
	switch {
	case errors.As(err, &refusal) && refusal.Kind == fault.BadInput && ofQuery(refusal.Fields):
		return fault.Refusal{Kind: badRequest, Detail: refusal.Detail, Fields: refusal.Fields}
	case errors.As(err, &refusal) && known(refusal.Kind):
		return *refusal
	case errors.As(err, &kind) && known(kind):
		return fault.Refusal{Kind: kind}
	}
	return fault.Refusal{Kind: internal}
}

func known(k fault.Kind) bool { _, found := kinds[k]; return found }

func ofQuery(fields []fault.Field) bool {
	for _, f := range fields {
		if !strings.HasPrefix(f.Pointer, "?") {
			return false
		}
	}
	return len(fields) > 0
}

// challenge says how to authenticate (RFC 6750, 3). The reason stands in it only when a token was sent.
func challenge(r *http.Request, reason string) string {
	if r.Header.Get("Authorization") == "" {
		return `Bearer realm="waybill"`
	}
	return `Bearer realm="waybill", error="invalid_token", error_description="` + strings.Map(quotable, reason) + `"`
}

// quotable keeps to what may stand in an error_description (RFC 6750, 3).
func quotable(r rune) rune {
	if r < ' ' || r > '~' || r == '"' || r == '\\' {
		return -1
	}
	return r
}

// encode writes a document as JSON. That is done before the first byte is sent, so that no answer is half one thing and
// half another.
func encode(document any) []byte {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // signed URLs are full of ampersands; nosniff keeps browsers from reading HTML into it
	if err := encoder.Encode(document); err != nil {
		panic("web: a document of ours cannot be written: " + err.Error())
	}
	return text.Bytes()
}

func send(w http.ResponseWriter, status int, media string, text []byte) {
	w.Header().Set("Content-Type", media)
	w.WriteHeader(status)
	_, _ = w.Write(text) // whoever hung up cannot be told
}
