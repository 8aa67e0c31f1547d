package web

import (
	"crypto/ed25519"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"waybill/internal/access"
	"waybill/internal/certificate"
)

// What is served verifies, offline, with the key that is served.
func TestACertificateVerifies(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	key, err := certificate.ReadKey([]byte(c.want(http.StatusOK, "GET /v1/ledger/key", "").text))
	c.must(err)
	served := c.want(http.StatusOK, "GET /v1/certificates/"+ourCrt, "")
	if media := served.header.Get("Content-Type"); media != "application/vnd.in-toto+json" {
		t.Errorf("it is served as %s", media)
	}
	told, err := certificate.Verify([]byte(served.text), key)
	if err != nil || !told.About(ours) || told.About(theirs) {
		t.Errorf("it says %+v, %v", told, err)
	}
	if _, err := certificate.Verify([]byte(served.text), make(ed25519.PublicKey, ed25519.PublicKeySize)); err == nil {
		t.Error("it verifies with any key")
	}
}

// Before it stands in the ledger it is not handed out, and when to ask again is said.
func TestACertificateWaitsForTheLedger(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	answer := c.want(http.StatusServiceUnavailable, "GET /v1/certificates/"+freshCrt, "")
	if answer.header.Get("Retry-After") == "" || strings.Contains(string(answer.text), "payload") {
		t.Errorf("%v %s", answer.header, answer.text)
	}
	list := c.want(http.StatusOK, "GET /v1/orgs/"+ours+"/certificates?limit=1", "")
	var page struct {
		Items []certificateView
		Next  string
	}
	c.must(json.Unmarshal([]byte(list.text), &page))
	if len(page.Items) != 1 || page.Items[0].ID != freshCrt || page.Items[0].Rule != "debug" || page.Next == "" {
		t.Errorf("the list has %s", list.text)
	}
}

// The ledger is open to whoever asks, and its paths are no way to anything else.
func TestTheLedgerIsPublic(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	c.as = Caller{RequestID: requestID}
	if text := string(c.want(http.StatusOK, "GET /v1/ledger/checkpoint", "").text); !strings.HasPrefix(text, "waybill.example/test\n2\n") {
		t.Errorf("the checkpoint is %q", text)
	}
	if tile := c.want(http.StatusOK, "GET /v1/ledger/tile/"+firstTile, ""); len(tile.text) != 64 || strings.Contains(tile.header.Get("Cache-Control"), "immutable") {
		t.Errorf("%d bytes, %v", len(tile.text), tile.header)
	}
	if bundle := c.want(http.StatusOK, "GET /v1/ledger/tile/entries/000.p/2", ""); !strings.Contains(string(bundle.text), ourCrt) {
		t.Error("the bundle holds no certificate")
	}
	for _, path := range []string{"0/001", "0/000", "0/000.p/3", "0/000.p/256", "-1/000", "8/0/000", "entries", "entries/000.p/2/", "data/000.p/2", "0/%2e%2e/000", "key"} {
		c.want(http.StatusNotFound, "GET /v1/ledger/tile/"+path, "")
	}
}

// The operator sees what the quarantine's certificates say, and no customer's.
func TestTheOperatorsCertificates(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	c.as = person(access.Operator)
	c.want(http.StatusNotFound, "GET /v1/certificates/"+ourCrt, "")
}

// While a restore is replayed nothing is answered but what is public, whoever asks; and nothing is put on record.
func TestClosed(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	c.api.Closed = true
	c.handler = c.api.Handler()
	for _, rt := range c.api.routes() {
		line := targets(rt.at, access.OrgAdmin, true).Replace(rt.at)
		want := http.StatusServiceUnavailable
		if rt.may == public {
			want = http.StatusOK
		}
		got := c.want(want, line, exampleOf(rt.at), `If-Match: *`)
		if want != http.StatusOK && got.header.Get("Retry-After") != "300" {
			t.Errorf("%s: %v", line, got.header)
		}
	}
	if n := len(c.recorded()); n > 0 {
		t.Errorf("%d entries were written", n)
	}
}
