package redact_test

import (
	"encoding/json"
	"os"
	"testing"
	"time"
)

func TestTry(t *testing.T) {
	path := os.Getenv("TRY")
	if path == "" {
		t.Skip()
	}
	b, _ := os.ReadFile(path)
	start := time.Now()
	out, r := redacted(t, b, options())
	t.Log(time.Since(start))
	os.WriteFile("/tmp/rd/out.zip", out, 0o600)
	start = time.Now()
	again, _ := redacted(t, out, options())
	t.Log(time.Since(start))
	os.WriteFile("/tmp/rd/again.zip", again, 0o600)
	text, _ := json.MarshalIndent(r, "", " ")
	os.WriteFile("/tmp/rd/receipt.json", text, 0o600)
}
