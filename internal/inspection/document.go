package inspection

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"waybill/internal/bundle"
	"waybill/internal/bundle/finding"
	"waybill/internal/bundle/inventory"
	"waybill/internal/upload"
)

// Document is JSON, deflated.
type Document []byte

// most is how many bytes a document may have: two of them, and what else there is, must fit into an item of DynamoDB's
// (400 KB).
const most = 180 << 10

func pack(v any) (Document, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err == nil {
		_, err = w.Write(text)
	}
	if err == nil {
		err = w.Close()
	}
	return b.Bytes(), err
}

// JSON is the text.
func (d Document) JSON() (json.RawMessage, error) {
	text, err := io.ReadAll(flate.NewReader(bytes.NewReader(d)))
	if err != nil {
		return nil, fmt.Errorf("unpacking an inspection: %w", err)
	}
	return text, nil
}

// inspected packs a report. What is too long for a record loses places first: counts and findings say what matters.
func inspected(u upload.Upload, at time.Time, r *bundle.Report) (Inspection, error) {
	findings, err := pack(r)
	for len(r.Sensitive.Where) > 0 && err == nil && len(findings) > most {
		r.Shorten()
		findings, err = pack(r)
	}
	if err != nil {
		return Inspection{}, err
	}
	inv := r.Inventory
	described, err := pack(inv)
	for files := 1000; err == nil && len(described) > most && files > 0; files /= 4 {
		inv.Shorten(files)
		described, err = pack(inv)
	}
	return Inspection{Org: u.Org, Upload: u.ID, At: at, Findings: findings, Inventory: described}, err
}

// keyLost is the report of what the customer's key did not admit to be read.
func keyLost() *bundle.Report {
	f := finding.Finding{Rule: "inspect.key-unusable", Severity: finding.Medium, Title: "The bundle could not be read under its key", Count: 1,
		Evidence: "KMS refused to decrypt it", Advice: "Let the cell's role inspect decrypt under the key, and hand the bundle over again.", Source: "ours"}
	return &bundle.Report{Findings: []finding.Finding{f}, Sensitive: bundle.Sensitive{Counts: map[string]int{}, Where: []bundle.Place{}}, Inventory: inventory.Merge()}
}
