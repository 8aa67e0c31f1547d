package dynamo_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"waybill/internal/audit"
	"waybill/internal/certificate"
	"waybill/internal/dynamo"
	"waybill/internal/fault"
	"waybill/internal/ident"
	"waybill/internal/org"
	"waybill/internal/purge"
	"waybill/internal/upload"
)

// certified is an organisation's certificate of one upload that is gone.
func certified(t *testing.T, r dynamo.Records, o org.Organisation, at time.Time) certificate.Certificate {
	t.Helper()
	c := certificate.Certificate{ID: named(ident.Certificate, at), Org: o.ID, Payload: fmt.Appendf(nil, "statement of %v", at), Envelope: []byte(`{"payload":""}`)}
	ok(t, r.Certify(t.Context(), function(at), []purge.Gone{gone(t, r, o, c.ID, at)}, &c))
	return c
}

func function(at time.Time) audit.Act {
	return audit.Act{Actor: audit.Function("purge"), Time: at, RequestID: "req-1"}
}

func gone(t *testing.T, r dynamo.Records, o org.Organisation, crt string, at time.Time) purge.Gone {
	t.Helper()
	before := offer(o, "", at)
	ok(t, r.Admit(t.Context(), function(at), audit.UploadDropped, before, ""))
	return purge.Gone{Before: before, After: before.Gone(at, crt)}
}

func TestCertificatesAreReadAsWritten(t *testing.T) {
	t.Parallel()
	r, o := settled(t)
	other := organisation()
	ok(t, r.CreateOrganisation(t.Context(), at(noon), other))
	var all []certificate.Certificate
	for i := range 3 {
		all = append([]certificate.Certificate{certified(t, r, o, noon.Add(time.Duration(i)*time.Second))}, all...)
	}
	lost := certified(t, r, org.Organisation{}, noon)
	got, err := r.Certificate(t.Context(), o.ID, all[1].ID)
	same(t, got, all[1], err)
	got, err = r.Certificate(t.Context(), "", lost.ID)
	same(t, got, lost, err)

	list, more, err := r.Certificates(t.Context(), o.ID, "", 2)
	same(t, list, all[:2], err)
	rest, none, err := r.Certificates(t.Context(), o.ID, all[1].ID, 2)
	same(t, rest, all[2:], err)
	if !more || none {
		t.Errorf("more after two of three: %t, after the third: %t", more, none)
	}
	for _, organisation := range []string{other.ID, ""} {
		_, err = r.Certificate(t.Context(), organisation, all[0].ID)
		is(t, err, fault.NotFound)
	}
	list, _, err = r.Certificates(t.Context(), other.ID, "", 2)
	same(t, list, nil, err)
}

// Nothing else of the record is a certificate, whatever is asked for.
func TestAnEntryIsNoCertificate(t *testing.T) {
	t.Parallel()
	r, o := settled(t)
	c := certified(t, r, o, noon)
	list, _, err := r.Certificates(t.Context(), o.ID, "", 10)
	same(t, list, []certificate.Certificate{c}, err)
	for _, e := range events(t, r, o.ID, audit.Filter{}) {
		if e.ID == c.ID || e.Action == "" {
			t.Errorf("among the events stands %+v", e)
		}
	}
}

// Record and certificate are one transaction: a certificate exists exactly when the record says so.
func TestACertificateStandsWithItsRecord(t *testing.T) {
	t.Parallel()
	r, o := settled(t)
	c := certificate.Certificate{ID: named(ident.Certificate, noon), Org: o.ID, Payload: []byte("statement"), Envelope: []byte("{}")}
	first, second := gone(t, r, o, c.ID, noon), gone(t, r, o, c.ID, noon.Add(time.Second))
	moved := second.Before
	moved.Revision = 2
	ok(t, r.ReplaceUpload(t.Context(), function(noon), audit.UploadSealed, second.Before, moved, ""))
	if err := r.Certify(t.Context(), function(noon), []purge.Gone{first, second}, &c); err == nil {
		t.Error("a record that changed meanwhile is certified")
	}
	_, err := r.Certificate(t.Context(), o.ID, c.ID)
	is(t, err, fault.NotFound)
	u, err := r.Upload(t.Context(), o.ID, first.Before.ID)
	ok(t, err)
	if u.State == upload.Purged || u.Certificate != "" {
		t.Errorf("the record says %s, %q", u.State, u.Certificate)
	}
	ok(t, r.Certify(t.Context(), function(noon), []purge.Gone{first}, &c))
	u, err = r.Upload(t.Context(), o.ID, first.Before.ID)
	ok(t, err)
	if u.State != upload.Purged || u.Certificate != c.ID {
		t.Errorf("the record says %s, %q", u.State, u.Certificate)
	}
}

// All that is on record carries a leaf: what the stream brings to the ledger is the statement, byte for byte.
func TestEverythingOnRecordHasALeaf(t *testing.T) {
	t.Parallel()
	r, o := settled(t)
	c := certified(t, r, o, noon)
	found, err := r.Client.Scan(t.Context(), &dynamodb.ScanInput{TableName: &r.Audit})
	ok(t, err)
	for _, it := range found.Items {
		id, leaf := text(it["sk"]), binary(it["leaf"])
		if len(leaf) == 0 || id == c.ID && string(leaf) != string(c.Payload) {
			t.Errorf("%s has the leaf %q", id, leaf)
		}
	}
	if len(found.Items) < 3 {
		t.Errorf("%d items are on record", len(found.Items))
	}
}
