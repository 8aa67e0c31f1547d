package sensitive_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"waybill/internal/bundle/sensitive"
)

// Nothing that prints prints a value.
func TestValuesDoNotPrint(t *testing.T) {
	t.Parallel()
	var found sensitive.Found
	detector(t).Search([]byte("to jane%40corp.example and bob@corp.example"), 1, &found)
	for _, p := range found.Places {
		v := found.Value(p)
		held := struct {
			V sensitive.Value
			P sensitive.Place
			F *sensitive.Found
		}{v, p, &found}
		var out bytes.Buffer
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&out, verb+"\n", v)
			fmt.Fprintf(&out, verb+"\n", held)
			fmt.Fprintf(&out, verb+"\n", &found)
			fmt.Fprintf(&out, verb+"\n", found.Places)
		}
		if err := json.NewEncoder(&out).Encode(held); err != nil {
			t.Fatal(err)
		}
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "v", v, "p", p, "held", held, "found", &found)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", v, "p", p, "held", held, "found", &found)
		secret := string(v.Reveal())
		for _, leak := range []string{secret, fmt.Sprintf("%x", secret), fmt.Sprint(v.Reveal()), "corp", "636f7270", "99 111 114"} {
			if strings.Contains(strings.ToLower(out.String()), leak) {
				t.Errorf("%q is in %s", leak, out.String())
			}
		}
	}
	if got := found.Value(found.Places[0]).String(); got != "[email, 17 bytes]" {
		t.Errorf("got %s", got)
	}
}
