package web

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"waybill/internal/access"
	"waybill/internal/audit"
	"waybill/internal/bundle"
	"waybill/internal/bundle/archive"
	"waybill/internal/bundle/specimen"
	"waybill/internal/fault"
	"waybill/internal/inspection"
	"waybill/internal/upload"
)

var scanner = sync.OnceValues(bundle.NewScanner)

// shelf is where an upload's bytes are: a support bundle that was sealed, whatever its record says of it.
type shelf struct {
	*store
	bytes []byte
}

func (s shelf) Upload(ctx context.Context, organisation, id string) (upload.Upload, error) {
	u, err := s.store.Upload(ctx, organisation, id)
	u.Size, u.State, u.VersionID = int64(len(s.bytes)), upload.Sealed, "v1"
	return u, err
}

func (s shelf) Open(context.Context, upload.Upload) io.ReaderAt { return bytes.NewReader(s.bytes) }

// inspect has an upload of ours read.
func (c *cell) inspect(id string) {
	c.t.Helper()
	var text bytes.Buffer
	_, err := specimen.Write(&text, specimen.Options{Seed: 1, Size: 100_000})
	c.must(err)
	s, err := scanner()
	c.must(err)
	on := shelf{c.store, text.Bytes()}
	inspector := inspection.Inspector{Records: on, Objects: on, Scanner: s, Options: bundle.Options{Workers: 2, Limits: archive.DefaultLimits()}}
	c.must(inspector.Inspect(c.t.Context(), audit.Act{Actor: audit.Function("inspect"), Time: c.now, RequestID: "r"}, ours, id))
}

// What was read in an upload is shown to those who may see it, and it is what was written.
func TestFindings(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	for _, document := range []string{"/findings", "/inventory"} {
		c.refused(fault.NotFound, "GET /v1/uploads/"+largeUpl+document, "")
		c.refused(fault.NotFound, "GET /v1/uploads/"+theirUpl+document, "")
	}
	c.inspect(largeUpl)
	c.as = person(access.Viewer)
	var report bundle.Report
	c.must(json.Unmarshal(c.want(http.StatusOK, "GET /v1/uploads/"+largeUpl+"/findings", "").text, &report))
	if report.Product.Name != "jira" || report.Sensitive.Counts["password"] != 1 || len(report.Findings) == 0 {
		t.Errorf("%+v", report)
	}
	if inventory := c.want(http.StatusOK, "GET /v1/uploads/"+largeUpl+"/inventory", "").text; !strings.Contains(string(inventory), `"counts.issues"`) {
		t.Error(string(inventory))
	}
	if shown := c.want(http.StatusOK, "GET /v1/uploads/"+largeUpl, "").text; !strings.Contains(string(shown), `"inspectedAt":"`) {
		t.Error(string(shown))
	}
	c.as = person(access.Operator)
	c.refused(fault.Forbidden, "GET /v1/uploads/"+largeUpl+"/findings", "")
}
