// Package standin is a cell and its S3 for tests: in memory, in this process, on a loopback address.
//
// It speaks what the contract says of organisations, migrations, uploads, certificates and holds, and is as strict about it: tokens, If-Match,
// Idempotency-Key, unknown members, signed headers, sizes, digests. It fails when told to (Fail), in the two ways that calls
// fail: without having happened, and having happened without anybody hearing of it. It enforces no retention,
// no roles and no audit, and proves nothing about the real cell: the stories do that.
package standin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// Token is whom the cell knows.
const Token = "token-of-a-test"

// Cell is one.
type Cell struct {
	URL        string
	SingleUpTo int64 // bytes; larger files are multipart
	PartSize   int64 // bytes
	Unsealed   int   // so often an upload is read as PENDING after its bytes arrived; -1 for ever

	mu         sync.Mutex
	serial     int
	signatures int // ways signed under an earlier number have run out
	faults     []*fault
	calls      []string
	once       map[string]string // idempotency key → id
	orgs       map[string]object
	migrations map[string]object
	holds      map[string]object
	ends       map[string]object // terminations, by organisation
	uploads    map[string]*upload

	certificates map[string]certified
}

// object is a record as JSON has it.
type object map[string]any

// New starts a cell that ends with the test.
func New(t testing.TB) *Cell {
	c, stop := Start()
	t.Cleanup(stop)
	return c
}

// Start starts a cell, and answers how to end it.
func Start() (c *Cell, stop func()) {
	c = &Cell{SingleUpTo: 100 << 10, PartSize: 64 << 10, once: map[string]string{},
		orgs: map[string]object{}, migrations: map[string]object{}, holds: map[string]object{}, ends: map[string]object{},
		uploads: map[string]*upload{}, certificates: map[string]certified{}}
	server := httptest.NewServer(c.handler())
	c.URL = server.URL
	return c, server.Close
}

func (c *Cell) handler() http.Handler {
	mux := http.NewServeMux()
	for at, h := range c.records() {
		mux.HandleFunc(at, c.api(at, h))
	}
	for at, h := range c.retention() {
		mux.HandleFunc(at, c.api(at, h))
	}
	for at, h := range c.uploading() {
		mux.HandleFunc(at, c.api(at, h))
	}
	for at, h := range c.certifying() {
		mux.HandleFunc(at, c.api(at, h))
	}
	mux.HandleFunc("PUT /s3/{upl}", c.s3)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { refuse(w, 404, "There is nothing at this path.") })
	return mux
}

// api is what every call of the API goes through.
func (c *Cell) api(at string, h http.HandlerFunc) http.HandlerFunc {
	return c.guarded(func(*http.Request) string { return at }, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+Token {
			refuse(w, 401, "The token does not hold.")
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		h(w, r)
	})
}

// Calls lists every call so far by its route, "PUT part 3" and "PUT object" for S3, refused ones included.
func (c *Cell) Calls() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.calls...)
}

// Count tells how often a call was made.
func (c *Cell) Count(call string) (n int) {
	for _, made := range c.Calls() {
		if made == call {
			n++
		}
	}
	return n
}

func (c *Cell) name(prefix string) string {
	c.serial++
	return fmt.Sprintf("%s_%026d", prefix, c.serial)
}

func answer(w http.ResponseWriter, status int, revision any, document any) {
	w.Header().Set("Content-Type", "application/json")
	if revision != nil {
		w.Header().Set("ETag", fmt.Sprintf(`"%v"`, revision))
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(document)
}

func refuse(w http.ResponseWriter, status int, detail string, broken ...object) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(object{"type": "urn:waybill:problem:test", "title": http.StatusText(status),
		"status": status, "detail": detail, "instance": "req_1", "errors": broken})
}

// read decodes a body that may have these members and no others.
func read(w http.ResponseWriter, r *http.Request, into any) bool {
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		refuse(w, 400, "The body is not the JSON that was asked for.")
		return false
	}
	return true
}
