// Package web is the HTTP face of a cell: which routes there are, who may take each, what they accept and answer.
//
// routes.go is the whole list, and every route is served by the one function in serve.go, whose order of checks is a
// promise: who calls (401), whether they may (403, or 404 for what is another organisation's), whether the path can name
// anything (404), query and headers (400), body (413, 415, 400, 422). Only then does a use case of the core act. Answers
// are written in answer.go and refusals in problem.go, which holds the one table from the core's kinds to statuses.
//
// Bodies are read strictly: text.go takes a JSON text apart and refuses what two readers could read differently, fit.go
// holds it against the type that was asked for and names every field that does not fit.
//
// It decides nothing about things: rules are the nouns', permissions package access's. It knows neither AWS nor the
// events of API Gateway (package gateway), and it never sees what a token says but through a [Caller].
package web

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/hold"
	"waybill/internal/holdings"
	"waybill/internal/ledger"
	"waybill/internal/migration"
	"waybill/internal/org"
	"waybill/internal/page"
	"waybill/internal/upload"
)

// API is the HTTP API of a cell: its fields are everything that the api function can do.
type API struct {
	Registrar    org.Registrar
	Keys         org.KeyBinder
	Terminator   org.Terminator
	Holds        hold.Keeper
	Holdings     holdings.Mapper
	Planner      migration.Planner
	Stager       upload.Stager
	Inspections  Inspections
	Quarantine   Quarantine
	Trail        Trail
	Certificates Certificates
	Ledger       ledger.Prover
	Cursors      page.Cursors
	Closed       bool             // while what a restore brought back is erased again: only what is public is answered
	Now          func() time.Time // the cell's; asked once per request for all that is written, and once for the log
	Log          *slog.Logger     // gets one line per request; see watch
}

// Quarantine shows the operator what arrived and matched nothing.
type Quarantine interface {
	// Quarantined lists newest first, after the id given; more tells whether there are further ones.
	Quarantined(ctx context.Context, after string, limit int) (list []upload.Upload, more bool, err error)
}

// Trail is the record of who did what.
type Trail interface {
	// Events lists newest first, after the id given; more tells whether there are further ones.
	Events(ctx context.Context, organisation string, f audit.Filter, after string, limit int) (list []audit.Entry, more bool, err error)
	// Note records an act that changed nothing else.
	Note(ctx context.Context, organisation string, entry audit.Entry) error
}

// Handler serves all routes. Paths and methods that are none of theirs are answered by problem documents too.
//
// The mux gets one pattern a path, not one a route: it compares each new one with those that it has, at every cold start.
func (a API) Handler() http.Handler {
	mux := http.NewServeMux()
	paths := map[string]methods{}
	for _, rt := range a.routes() {
		method, path, _ := strings.Cut(rt.at, " ")
		if paths[path] == nil {
			paths[path] = methods{}
			mux.Handle(strings.Replace(path, "{path}", "{path...}", 1), paths[path]) // a tile's path has slashes
		}
		paths[path][method] = a.serve(rt)
	}
	mux.HandleFunc("/", nowhere)
	return a.watch(literally(mux))
}

// methods is what one path can be asked for. What answers GET answers HEAD.
type methods map[string]http.HandlerFunc

func (m methods) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	serve, there := m[r.Method]
	if r.Method == http.MethodHead {
		serve, there = m[http.MethodGet]
	}
	if !there {
		serve = m.other
	}
	serve(w, r)
}

// other answers for a method that the path does not have.
func (m methods) other(w http.ResponseWriter, r *http.Request) {
	allowed := slices.Sorted(maps.Keys(m))
	if _, gets := m[http.MethodGet]; gets {
		allowed = append(allowed, http.MethodHead)
	}
	list := strings.Join(allowed, ", ")
	w.Header().Set("Allow", list)
	refuse(w, r, otherMethod.Because("This path takes %s.", list))
}

// nowhere answers for paths that are none of ours.
func nowhere(w http.ResponseWriter, r *http.Request) {
	refuse(w, r, fault.NotFound.Because("There is nothing at this path."))
}

// literally keeps the mux from redirecting to a tidier path: a path is one of ours as it stands, or it is none.
func literally(mux http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p := r.URL.EscapedPath(); p == "" || p != path.Clean(p) {
			nowhere(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}
