package sensitive_test

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What is found in a bundle made of real logs, with values planted in them: all that was planted, and nothing that is not
// sensitive. The real logs hold some values of their own, which expected names.
func TestPlantedBundles(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("WAYBILL_DATA")
	if dir == "" {
		t.Skip("WAYBILL_DATA is not set")
	}
	for seed := 1; seed <= 5; seed++ {
		for _, size := range []string{"4M", "16M"} {
			t.Run(fmt.Sprintf("seed %d, %s", seed, size), func(t *testing.T) {
				t.Parallel()
				bundle, planted := plant(t, dir, seed, size)
				found := bundleValues(t, bundle)
				for kind, values := range planted {
					for _, v := range values {
						if kind == "session" && found[kind][v[:7]] {
							continue // the column of a log holds its first seven digits
						}
						if !found[kind][v] {
							t.Errorf("missed %s %s", kind, v)
						}
					}
				}
				for _, kind := range slices.Sorted(maps.Keys(found)) {
					for v := range found[kind] {
						if !slices.Contains(planted[kind], v) && !ofTheLogs(kind, v) {
							t.Errorf("took for %s: %s", kind, v)
						}
					}
				}
			})
		}
	}
}

// ofTheLogs tells whether a value that nobody planted is one nevertheless.
func ofTheLogs(kind, value string) bool {
	switch kind {
	case "session": // the column of atlassian-jira.log, and a jsessionid in an access log
		return len(value) >= 5 && len(value) <= 7 || len(value) == 32
	case "cookie": // values of atl_token, some with the server's id in front
		return len(value) == 40 || strings.HasSuffix(value, "_lin")
	case "hostname": // a placeholder of the publisher's, and hosts that were planted without being noted
		return strings.HasSuffix(value, ".example.com") || strings.HasPrefix(value, "ws-")
	}
	return false
}

func plant(t *testing.T, dir string, seed int, size string) (bundle string, planted map[string][]string) {
	t.Helper()
	bundle, list := filepath.Join(t.TempDir(), "support.zip"), filepath.Join(t.TempDir(), "planted.json")
	made := exec.CommandContext(t.Context(), "python3", filepath.Join(dir, "make_support_zip.py"), "--out", bundle, "--planted", list, "--seed", fmt.Sprint(seed), "--size", size)
	if out, err := made.CombinedOutput(); err != nil {
		t.Fatalf("making a bundle: %v\n%s", err, out)
	}
	text, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &planted); err != nil {
		t.Fatal(err)
	}
	return bundle, planted
}

func bundleValues(t *testing.T, bundle string) map[string]map[string]bool {
	t.Helper()
	z, err := zip.OpenReader(bundle)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	found := map[string]map[string]bool{}
	for _, entry := range z.File {
		r, err := entry.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range places(t, text, 256<<10) {
			if found[p.kind] == nil {
				found[p.kind] = map[string]bool{}
			}
			found[p.kind][p.value] = true
		}
	}
	return found
}
