package standin

import (
	"encoding/json"
	"net/http"
)

// certified is a certificate of an organisation: what a list shows of it, and the file itself.
type certified struct {
	org   string
	shown object
	file  []byte
}

// Certify puts a certificate there, as it would be served.
func (c *Cell) Certify(org string, file []byte) error {
	var envelope struct{ Payload []byte }
	if err := json.Unmarshal(file, &envelope); err != nil {
		return err
	}
	var statement struct{ Predicate object }
	if err := json.Unmarshal(envelope.Payload, &statement); err != nil {
		return err
	}
	shown := object{}
	for _, name := range []string{"id", "rule", "region", "due", "erased", "verifiedAbsent"} {
		shown[name] = statement.Predicate[name]
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	id, _ := shown["id"].(string)
	c.certificates[id] = certified{org, shown, file}
	return nil
}

func (c *Cell) certifying() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"GET /v1/certificates/{crt}":      c.certificate,
		"GET /v1/orgs/{org}/certificates": c.listCertificates,
	}
}

func (c *Cell) certificate(w http.ResponseWriter, r *http.Request) {
	got, found := c.certificates[r.PathValue("crt")]
	if !found {
		refuse(w, 404, "There is no such thing.")
		return
	}
	answer(w, 200, nil, json.RawMessage(got.file))
}

func (c *Cell) listCertificates(w http.ResponseWriter, r *http.Request) {
	list := map[string]object{}
	for id, got := range c.certificates {
		if got.org == r.PathValue("org") {
			list[id] = got.shown
		}
	}
	page(w, r, list)
}
