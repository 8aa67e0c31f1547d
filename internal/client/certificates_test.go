package client_test

import (
	"net/http"
	"os"
	"testing"

	"waybill/internal/client"
	"waybill/internal/client/standin"
)

// A certificate comes to the byte as it was served: it would not verify otherwise.
func TestCertificates(t *testing.T) {
	t.Parallel()
	cell := standin.New(t)
	c, _ := caller(t, cell.URL)
	org, _ := cell.Migration()
	file, err := os.ReadFile("../certificate/testdata/deletion.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := cell.Certify(org, file); err != nil {
		t.Fatal(err)
	}
	page, err := c.Certificates(t.Context(), org, client.Range{Limit: 10})
	if err != nil || len(page.Items) != 1 || page.Items[0].Value.Rule != "debug" {
		t.Fatalf("%+v, %v", page, err)
	}
	got, err := c.Certificate(t.Context(), page.Items[0].Value.ID)
	if err != nil || string(got.Raw) != string(file) || len(got.Value.Inclusion) == 0 {
		t.Errorf("%s, %v", got.Raw, err)
	}
	if _, err := c.Certificate(t.Context(), "crt_nonsense"); status(err) != http.StatusNotFound {
		t.Errorf("one that there is not: %v", err)
	}
}
