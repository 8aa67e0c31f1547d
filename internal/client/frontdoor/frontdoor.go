// Package frontdoor serves the real API (package web) over a cell in memory (package memory), on a loopback address: for
// tests of whatever calls the API, so that they cannot agree among themselves on what the API does not say.
//
// There is no gateway and no token: everybody is the caller that the test names. Lists that the cell in memory does not
// keep, the audit log and the quarantine, are empty.
package frontdoor

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"waybill/internal/access"
	"waybill/internal/audit"
	"waybill/internal/hold"
	"waybill/internal/holdings"
	"waybill/internal/memory"
	"waybill/internal/migration"
	"waybill/internal/org"
	"waybill/internal/page"
	"waybill/internal/upload"
	"waybill/internal/web"
)

// Region is the cell's.
const Region = "eu-central-1"

// Door is a cell and its address.
type Door struct {
	URL  string
	Cell *memory.Cell
	By   access.Principal // who calls; an operator of no organisation to begin with
}

// Objects is S3: the bucket that uploads lie in, and what signs the ways to it.
type Objects struct {
	upload.Objects
	Bucket string
	KeyARN string // the operator's key
}

// Open serves a cell until the test ends. With a nil Objects, uploads lie in memory, and nothing can be sent there.
func Open(t testing.TB, o *Objects) *Door {
	t.Helper()
	d := &Door{Cell: memory.New(time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)), By: access.Principal{Subject: "olga", Roles: []access.Role{access.Operator}}}
	if o == nil {
		o = &Objects{d.Cell, memory.Bucket, "arn:aws:kms:" + Region + ":000000000000:key/11111111-2222-3333-4444-555555555555"}
	}
	handler := d.api(*o).Handler()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		caller := web.Caller{Principal: d.By, RequestID: "req_1"}
		handler.ServeHTTP(w, r.WithContext(web.WithCaller(r.Context(), caller)))
	}))
	t.Cleanup(server.Close)
	d.URL = server.URL
	return d
}

// Enter has an admin of the organisation call from now on.
func (d *Door) Enter(organisation string) {
	d.By = access.Principal{Subject: "ada", Org: organisation, Roles: []access.Role{access.OrgAdmin}}
}

func (d *Door) api(o Objects) web.API {
	stager := upload.Stager{Region: Region, Bucket: o.Bucket, Records: d.Cell, Objects: o.Objects, Keys: d.Cell}
	return web.API{
		Registrar:  org.Registrar{Cell: org.Cell{Region: Region, KeyARN: o.KeyARN}, Records: d.Cell},
		Keys:       org.KeyBinder{Region: Region, Keys: d.Cell, Records: d.Cell},
		Terminator: org.Terminator{Records: d.Cell},
		Holds:      hold.Keeper{Records: d.Cell},
		Holdings: holdings.Mapper{Records: d.Cell,
			Cell: holdings.Cell{Region: Region, KeyARN: o.KeyARN, Records: "records", Audit: "audit", Ledger: "ledger"}},
		Planner:     migration.Planner{Records: d.Cell, Staged: stager},
		Stager:      stager,
		Inspections: d.Cell,
		Quarantine:  nothing{},
		Trail:       nothing{},
		Cursors:     page.Cursors{Key: func(context.Context) ([]byte, error) { return []byte("the cell's secret"), nil }},
		Now:         d.Cell.Now,
		Log:         slog.New(slog.DiscardHandler),
	}
}

// nothing is lists that are empty.
type nothing struct{}

func (nothing) Quarantined(context.Context, string, int) ([]upload.Upload, bool, error) {
	return nil, false, nil
}

func (nothing) Events(context.Context, string, audit.Filter, string, int) ([]audit.Entry, bool, error) {
	return nil, false, nil
}

func (nothing) Note(context.Context, string, audit.Entry) error { return nil }
