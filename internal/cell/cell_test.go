package cell_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waybill/internal/cell"
	"waybill/internal/cell/celltest"
	"waybill/internal/localaws"
)

func TestStartServesAndStopLeavesNothing(t *testing.T) {
	t.Parallel()
	o := celltest.Options(t)
	c := start(t, o)
	var health struct{ Status string }
	if status, text := call(t, "GET", c.URL+"/healthz", "", &health); status != 200 || health.Status != "ok" {
		t.Errorf("healthz: %d %s", status, text)
	}
	c.Stop()
	for _, address := range []string{o.Address, o.AWSAddress} {
		if err := localaws.Free(address); err != nil {
			t.Errorf("after the stop: %v", err)
		}
	}
	if left, err := os.ReadDir(o.Scratch); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestTakenAndForeignAddressesAreNamedBeforeAnythingStarts(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	busy := taken.Addr().String()
	for _, c := range []struct{ address, aws, variable string }{
		{busy, celltest.Address(t), "WAYBILL_ADDR"},
		{celltest.Address(t), busy, "WAYBILL_AWS_ADDR"},
		{"0.0.0.0:8080", celltest.Address(t), "WAYBILL_ADDR"},
		{celltest.Address(t), "192.0.2.1:4566", "WAYBILL_AWS_ADDR"},
	} {
		o := celltest.Options(t)
		o.Address, o.AWSAddress = c.address, c.aws
		_, err := cell.Start(t.Context(), o)
		if err == nil || !strings.Contains(err.Error(), c.variable) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s, %s: %v, want one line naming %s", c.address, c.aws, err, c.variable)
		}
		if left, err := os.ReadDir(o.Scratch); err != nil || len(left) > 0 {
			t.Errorf("something was made: %v, %v", left, err)
		}
	}
}

func TestKeptStateIsUpdatedByTheNextStart(t *testing.T) {
	t.Parallel()
	o := celltest.Options(t)
	o.State = t.TempDir()
	first := start(t, o)
	call(t, "POST", first.URL+"/dev/clock", `{"advance":"14d"}`, nil)
	before := clockOf(t, first)
	_, keys := call(t, "GET", first.URL+"/dev/oidc/jwks", "", nil)
	first.Stop()

	o.Template = greeting(t, o.Template)
	second := start(t, o)
	if after := clockOf(t, second); after.Before(before) {
		t.Errorf("the clock went back from %v to %v", before, after)
	}
	if _, again := call(t, "GET", second.URL+"/dev/oidc/jwks", "", nil); again != keys {
		t.Error("the issuer has another key")
	}
	if status, text := call(t, "GET", second.URL+"/", "", nil); status != 200 || !strings.Contains(text, "GREETING=hello") {
		t.Errorf("the changed function: %d %s", status, text)
	}
}

// greeting is the template with a function changed.
func greeting(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const code = "CodeUri: functions/api/"
	changed := strings.Replace(string(text), code, code+", Environment: {Variables: {GREETING: hello}}", 1)
	file = filepath.Join(t.TempDir(), "template.yaml")
	if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestTheRealTemplateDeploysAndUpdates(t *testing.T) {
	t.Parallel()
	o := celltest.Options(t)
	o.Template, o.State = filepath.Join("..", "..", "template.yaml"), t.TempDir()
	start(t, o).Stop()
	c := start(t, o)
	var account struct {
		Bucket            string
		Tables, Functions map[string]string
	}
	call(t, "GET", c.URL+"/dev/aws", "", &account)
	for _, name := range []string{"api", "authorize", "inspect", "intake", "purge", "reap", "restore", "sequence", "tick"} {
		if account.Functions[name] == "" {
			t.Errorf("no output names %s", name)
		}
	}
	if account.Bucket == "" || account.Tables["records"] == "" || account.Tables["audit"] == "" {
		t.Errorf("outputs are missing: %+v", account)
	}
	var m moved
	if status, text := call(t, "POST", c.URL+"/dev/clock", `{"advance":"15m"}`, &m); status != 200 || len(m.Ran) != 2 {
		t.Errorf("the clock: %d %s", status, text)
	}
}
