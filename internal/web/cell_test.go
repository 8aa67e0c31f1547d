package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"waybill/internal/access"
	"waybill/internal/audit"
	"waybill/internal/certificate"
	"waybill/internal/fault"
	"waybill/internal/hold"
	"waybill/internal/holdings"
	"waybill/internal/ledger"
	"waybill/internal/ledger/ledgertest"
	"waybill/internal/memory"
	"waybill/internal/migration"
	"waybill/internal/org"
	"waybill/internal/page"
	"waybill/internal/purge"
	"waybill/internal/upload"
)

// The organisations and things of a test's cell. The other organisation's exist as well as ours.
const (
	ours, theirs = "org_01k3v6q8m2r4t6w8y0z2b4d6f8", "org_01k3v6q8m2r4t6w8y0z2b4d6f9"
	ourMig       = "mig_01k3v6qb3c5e7g9j1k3m5n7p9r"
	theirMig     = "mig_01k3v6qb3c5e7g9j1k3m5n7p9s"
	runningMig   = "mig_01k3v6qb3c5e7g9j1k3m5n7p9t"
	archivedMig  = "mig_01k3v6qb3c5e7g9j1k3m5n7p9v"
	ourUpl       = "upl_01k3v6qd4f6h8k0m2n4p6q8s0t"
	theirUpl     = "upl_01k3v6qd4f6h8k0m2n4p6q8s0v"
	largeUpl     = "upl_01k3v6qd4f6h8k0m2n4p6q8s0w"
	strayUpl     = "upl_01k3v6qd4f6h8k0m2n4p6q8s0x"
	ourHld       = "hld_01k3v6qe5f7h9k1m3n5p7q9s1t"
	theirHld     = "hld_01k3v6qe5f7h9k1m3n5p7q9s1v"
	ourCrt       = "crt_01k3v6qg6h8k0n2p4r6t8v0x2z"
	theirCrt     = "crt_01k3v6qg6h8k0n2p4r6t8v0x3z"
	freshCrt     = "crt_01k3v6qg6h8k0n2p4r6t8v0x4z" // not in the ledger yet
	firstTile    = "0/000.p/2"
	operatorKey  = "arn:aws:kms:eu-central-1:111122223333:key/0000aaaa-12ab-34cd-56ef-1234567890ab"
	customerKey  = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	digestOfSome = "ZqnBHCMHkmjdkMUuXpCvxUGs6SIvFvx8Zff41TwGGas="
	requestID    = "JKJaXmPLvHcESHA="
	signature    = "X-Amz-Signature=5ecre7"
)

var start = time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)

// person is somebody of our organisation; the operator has none.
func person(role access.Role) Caller {
	p := access.Principal{Subject: "ada", Org: ours, Roles: []access.Role{role}}
	if role == access.Operator {
		p.Org = ""
	}
	return Caller{Principal: p, RequestID: requestID}
}

// admin may do all that one person of our organisation may do.
func admin() Caller { return person(access.OrgAdmin) }

// cell is an API over records in memory, of which every answer is held against the OpenAPI document.
type cell struct {
	t       testing.TB
	api     API
	store   *store
	objects *objects
	ledger  *ledgertest.Ledger
	seeded  int // entries on record before the test began
	now     time.Time
	log     bytes.Buffer
	handler http.Handler
	as      Caller
}

func newCell(t testing.TB) *cell {
	c := &cell{t: t, store: &store{Cell: memory.New(start)}, objects: &objects{}, now: start, as: admin()}
	planner := migration.Planner{Records: c.store}
	stager := upload.Stager{Region: "eu-central-1", Bucket: "staging", Records: c.store, Objects: c.objects, Keys: c.store}
	planner.Staged = stager
	c.api = API{
		Registrar:  org.Registrar{Cell: org.Cell{Region: "eu-central-1", KeyARN: operatorKey}, Records: c.store},
		Keys:       org.KeyBinder{Region: "eu-central-1", Keys: c.store, Records: c.store},
		Terminator: org.Terminator{Records: c.store},
		Holds:      hold.Keeper{Records: c.store},
		Holdings: holdings.Mapper{Records: c.store,
			Cell: holdings.Cell{Region: "eu-central-1", KeyARN: operatorKey, Records: "records", Audit: "audit", Ledger: "ledger"}},
		Planner:     planner,
		Stager:      stager,
		Inspections: c.store,
		Quarantine:  c.store,
		Trail:       c.store,
		Cursors:     page.Cursors{Key: func(context.Context) ([]byte, error) { return []byte("the cell's secret"), nil }},
		Now:         func() time.Time { return c.now },
		Log:         slog.New(slog.NewJSONHandler(&c.log, nil)),
	}
	c.ledger = ledgertest.New()
	c.api.Certificates, c.api.Ledger = c.store, c.ledger.Prover()
	c.handler = c.api.Handler()
	c.fill()
	return c
}

// fill is what was there before: two organisations, and things of each.
func (c *cell) fill() {
	act := audit.Act{Actor: "olive", Time: start.Add(-time.Hour), RequestID: "before"}
	home := org.Organisation{Name: "Example Ltd", Location: "Germany", Plan: org.Paid, Regions: []string{"eu-central-1"},
		Key: org.Key{Mode: org.OperatorKey, ARN: operatorKey, State: org.Usable}, CreatedAt: start, Revision: 1}
	for _, home.ID = range []string{ours, theirs} {
		c.must(c.store.CreateOrganisation(c.t.Context(), act, home))
	}
	for id, organisation := range map[string]string{ourMig: ours, runningMig: ours, archivedMig: ours, theirMig: theirs} {
		c.must(c.store.CreateMigration(c.t.Context(), act, audit.MigrationCreated, saved(id, organisation)))
	}
	for id, organisation := range map[string]string{ourUpl: ours, theirUpl: theirs, largeUpl: ours} {
		home.ID = organisation
		c.must(c.store.Offer(c.t.Context(), act, pending(id, organisation), home, home))
	}
	c.must(c.store.Admit(c.t.Context(), act, audit.UploadQuarantined, pending(strayUpl, ""), ""))
	for id, scope := range map[string]string{ourHld: archivedMig, theirHld: theirMig} {
		c.must(c.store.PlaceHold(c.t.Context(), act, hold.Guard{}, held(id, scope)))
	}
	for id, organisation := range map[string]string{ourCrt: ours, theirCrt: theirs, freshCrt: ours} {
		c.certify(act, id, organisation)
	}
	c.seeded = len(c.store.Trail())
}

// certify puts a certificate on record, and all but the fresh one into the ledger.
func (c *cell) certify(act audit.Act, id, organisation string) {
	c.t.Helper()
	at := start.Add(-time.Hour)
	signed, err := certificate.Issue(c.t.Context(), c.ledger, certificate.KeyID(c.ledger.Key()), certificate.Facts{ID: id, Org: organisation, Cell: "waybill",
		Region: "eu-central-1", Bucket: "staging", Rule: "debug", Basis: certificate.Schedule, Intent: "int_" + id[4:], Intended: at, Erased: at, VerifiedAbsent: at,
		Function: "purge 1", Lines: []certificate.Line{{Upload: "upl_" + id[4:], Key: "staged/debug/x", VersionID: "v", KeyARN: operatorKey, Sealed: at, Due: at}}})
	c.must(err)
	gone := pending("upl_"+id[4:], organisation)
	c.must(c.store.Admit(c.t.Context(), act, audit.UploadDropped, gone, ""))
	after := gone.Gone(at, id)
	c.must(c.store.Certify(c.t.Context(), act, []purge.Gone{{Before: gone, After: after}}, &signed))
	if id != freshCrt {
		_, err = c.ledger.Sequencer().Sequence(c.t.Context(), []ledger.Leaf{{ID: id, Data: signed.Payload}})
		c.must(err)
	}
}

func (c *cell) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// recorded is what was put on record since.
func (c *cell) recorded() (all []audit.Entry) {
	for _, l := range c.store.Trail()[c.seeded:] {
		all = append(all, l.Entry)
	}
	return all
}

// change rewrites the record of an upload of ours.
func (c *cell) change(id string, how func(*upload.Upload)) {
	c.t.Helper()
	before, err := c.store.Upload(c.t.Context(), ours, id)
	c.must(err)
	after := before
	how(&after)
	c.must(c.store.ReplaceUpload(c.t.Context(), c.store.Act("olive"), audit.UploadSealed, before, after, ""))
}

func held(id, scope string) hold.Hold {
	h := hold.Hold{ID: id, Org: ours, Scope: scope, Reason: "Matter 1", PlacedBy: "sam", PlacedAt: start, ReviewBy: start.Add(24 * time.Hour), Revision: 1}
	if id == theirHld {
		h.Org = theirs
	}
	return h
}

// leave has the termination of ours run.
func (c *cell) leave() {
	c.t.Helper()
	_, err := c.api.Terminator.Request(c.t.Context(), c.store.Act("ada"), ours, "", org.Ask{Reason: "We have moved"})
	c.must(err)
	c.seeded = len(c.store.Trail())
}

func saved(id, organisation string) migration.Migration {
	m := migration.Migration{ID: id, Org: organisation, Status: migration.Saved, CreatedAt: start, UpdatedAt: start, Revision: 1}
	m.Draft = migration.Draft{Name: "First wave", Destination: migration.Destination{URL: "https://example.cloud.test"},
		Source: migration.Source{Product: "jira", ServerID: "B8XH-2KPM-9QRT-51ZC", BaseURL: "https://jira.example.com", Version: "9.12.4"},
		Scope:  migration.Scope{Projects: []migration.Named{{Key: "ENG", Name: "Engineering"}}, UsersAndGroups: "none"}}
	switch id {
	case runningMig:
		m.Status, m.StartedAt = migration.Running, start
	case archivedMig:
		m.Archived = true
	}
	return m
}

func pending(id, organisation string) upload.Upload {
	u := upload.Upload{ID: id, Org: organisation, Migration: ourMig, FileName: "support.zip", Size: 1 << 20, Kind: upload.SupportZip, State: upload.Pending,
		Method: upload.Single, SHA256: digestOfSome, Region: "eu-central-1", KMSKeyARN: operatorKey, Rule: "offer", CreatedAt: start,
		DeleteBy: start.Add(24 * time.Hour), Due: start.Add(24 * time.Hour), Revision: 1}
	switch id {
	case largeUpl:
		u.Method, u.Size, u.PartSize, u.Parts = upload.Multipart, 20<<20, 16<<20, 2
	case strayUpl:
		u.State, u.Kind, u.Migration, u.FileName, u.KMSKeyARN, u.SHA256, u.Rule = upload.Quarantined, upload.Unmatched, "", "", "", "", "debug"
	case theirUpl:
		u.Migration = theirMig
	}
	return u
}

// reply is an answer, read.
type reply struct {
	status int
	header http.Header
	text   []byte
	json   map[string]any
}

// ask sends a request: headers as "Name: value", a body as JSON unless a Content-Type is among them.
func (c *cell) ask(line, body string, headers ...string) reply {
	c.t.Helper()
	method, target, _ := strings.Cut(line, " ")
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", jsonType)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	return c.send(r, body)
}

func (c *cell) send(r *http.Request, body string) reply {
	c.t.Helper()
	w := httptest.NewRecorder()
	r = r.WithContext(WithCaller(r.Context(), c.as)) // the mux writes the pattern into this one
	c.handler.ServeHTTP(w, r)
	described(c.t, r, body, w.Result())
	answer := reply{status: w.Code, header: w.Header(), text: w.Body.Bytes()}
	if strings.HasSuffix(w.Header().Get("Content-Type"), "json") {
		if err := json.Unmarshal(answer.text, &answer.json); err != nil {
			c.t.Fatalf("%s %s: the answer is not JSON: %v", r.Method, r.URL, err)
		}
	}
	return answer
}

// want asks, and expects that status.
func (c *cell) want(status int, line, body string, headers ...string) reply {
	c.t.Helper()
	got := c.ask(line, body, headers...)
	if got.status != status {
		c.t.Errorf("%s: got %d, want %d: %s", line, got.status, status, got.text)
	}
	return got
}

// refused expects a problem of that kind, with its status.
func (c *cell) refused(kind fault.Kind, line, body string, headers ...string) reply {
	c.t.Helper()
	got := c.want(kinds[kind].status, line, body, headers...)
	if want := "urn:waybill:problem:" + string(kind); got.json["type"] != want || got.header.Get("Content-Type") != "application/problem+json" {
		c.t.Errorf("%s: got %s %v, want a problem %s", line, got.header.Get("Content-Type"), got.json["type"], want)
	}
	return got
}

// rules lists what a problem says is broken, as "pointer rule".
func (r reply) rules() (all []string) {
	errors, _ := r.json["errors"].([]any)
	for _, e := range errors {
		field := e.(map[string]any)
		all = append(all, field["pointer"].(string)+" "+field["rule"].(string))
	}
	return all
}

// text answers a member of the record as text.
func (r reply) get(name string) string { s, _ := r.json[name].(string); return s }

var errOfOurs = errors.New("dynamodb.eu-central-1: something that nobody outside may read")

// torn is a body that breaks off.
type torn struct{}

func (torn) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
