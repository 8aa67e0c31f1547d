package client

import (
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Problem is why the API refused (RFC 9457).
type Problem struct {
	Type     string   `json:"type"`
	Title    string   `json:"title"`
	Status   int      `json:"status"`
	Detail   string   `json:"detail"`
	Instance string   `json:"instance"` // the request's id, for whoever reads the cell's log
	Cell     string   `json:"cell"`     // of a 421: the address of the cell that holds it
	Errors   []Broken `json:"errors"`   // every field that broke a rule
}

// Broken is a rule that a field broke. Pointer is an RFC 6901 JSON pointer into the body, or "?name" for a parameter.
type Broken struct {
	Pointer string `json:"pointer"`
	Rule    string `json:"rule"`
	Detail  string `json:"detail"`
}

// Error is one sentence, and what to quote when asking the operator about it.
func (p *Problem) Error() string {
	said := p.Detail
	if said == "" {
		said = strings.TrimSuffix(p.Title, ".") + "."
	}
	if p.Cell != "" {
		said += " The right cell is " + p.Cell + "."
	}
	about := strconv.Itoa(p.Status)
	if p.Instance != "" {
		about += ", request " + p.Instance
	}
	return said + " (" + about + ")"
}

// NotFound tells whether the API knows no such thing, or none that the caller may know of.
func NotFound(err error) bool {
	p, found := errors.AsType[*Problem](err)
	return found && p.Status == http.StatusNotFound
}

// problemOf reads a refusal. An answer that is not in the API's words, as of a proxy on the way, is told by its status.
func problemOf(a answer) *Problem {
	p := Problem{Title: "The server answered " + strconv.Itoa(a.status) + " " + http.StatusText(a.status)}
	if kind, _, _ := mime.ParseMediaType(a.header.Get("Content-Type")); kind == "application/problem+json" {
		var told Problem
		if json.Unmarshal(a.body, &told) == nil && (told.Title != "" || told.Detail != "") {
			p = told
		}
	}
	p.Status = a.status
	return &p
}

// refused is the problem, marked as passing when the same request may be granted later.
func refused(a answer) error {
	p := problemOf(a)
	if !MayPass(a.status) {
		return p
	}
	return Passing(p, RetryAfter(a.header))
}

// MayPass tells whether a status speaks of the moment rather than of the request.
func MayPass(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// RetryAfter is what a server asks to wait: at most two minutes are granted. A date, which RFC 9110 admits too, counts as
// nothing said.
func RetryAfter(h http.Header) time.Duration {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, 2*time.Minute)
}
