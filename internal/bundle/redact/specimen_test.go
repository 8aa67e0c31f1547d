package redact_test

import (
	"bytes"
	"testing"

	"waybill/internal/bundle/specimen"
)

// Bundles that were made up: none of the values that were put in comes out, though many files are read and written at a
// time; and how many at a time changes no byte.
func TestNothingThatWasPutInComesOut(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		var bundle bytes.Buffer
		planted, err := specimen.Write(&bundle, specimen.Options{Seed: seed, Size: 2 << 20})
		if err != nil {
			t.Fatal(err)
		}
		o := options()
		o.Workers = 8
		out, receipt := redacted(t, bundle.Bytes(), o)
		alone := options()
		alone.Workers = 1
		if again, _ := redacted(t, bundle.Bytes(), alone); !bytes.Equal(again, out) {
			t.Errorf("seed %d: one at a time makes other bytes", seed)
		}
		for name, text := range unpacked(t, out) {
			for kind, values := range planted {
				for _, v := range values {
					if bytes.Contains([]byte(text), []byte(v)) {
						t.Errorf("seed %d: a %s is in %s", seed, kind, name)
					}
				}
			}
		}
		if receipt.Residual.Found != 0 || receipt.Counts["email"].Values != len(planted["email"]) {
			t.Errorf("seed %d: %+v", seed, receipt.Residual)
		}
	}
}
