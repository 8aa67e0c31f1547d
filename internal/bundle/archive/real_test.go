package archive_test

import (
	"os"
	"path/filepath"
	"testing"
)

// Archives that products wrote are read without complaint. WAYBILL_DATA names a folder of them.
func TestRealArchives(t *testing.T) {
	t.Parallel()
	data := os.Getenv("WAYBILL_DATA")
	if data == "" {
		t.Skip("WAYBILL_DATA is not set")
	}
	found, _ := filepath.Glob(filepath.Join(data, "*.zip"))
	for _, path := range found {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		got := read(t, b)
		if got.opened != nil || len(got.report.Files) == 0 {
			t.Fatalf("%s: %v", path, got.opened)
		}
		for _, p := range got.report.Problems {
			if p.Rule != "line-too-long" {
				t.Errorf("%s: %v", path, p)
			}
		}
		sameAsGo(t, b)
	}
}
