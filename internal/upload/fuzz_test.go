package upload_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"waybill/internal/memory"
	"waybill/internal/text"
	"waybill/internal/upload"
)

// Whatever the key of something that arrives, it is recorded, once, with a deadline; it becomes an organisation's only
// where that organisation's prefix says so; and the name shown of it is one harmless line.
func FuzzArrival(f *testing.F) {
	for _, key := range []string{"drop/ORG/a.zip", "drop/ORG/\u202e.zip", "drop/ORG//", "drop/ORG", "staged/debug/ORG/upl_01kb2rq1c0h3m8z5v7x9y2w4t6", "../drop/ORG/a", "\xff", ""} {
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		k := start(t)
		key = strings.ReplaceAll(key, "ORG", k.org)
		before := len(k.cell.Trail())
		a := upload.Arrival{Bucket: memory.Bucket, Key: key, VersionID: k.cell.Drop(key, 1), Size: 1, Time: noon.Add(time.Second)}
		for range 2 {
			k.must(k.Arrived(t.Context(), k.cell.Act("function:intake"), a))
		}
		trail := k.cell.Trail()[before:]
		if len(trail) != 1 {
			t.Fatalf("%q: %v", key, trail)
		}
		u, err := k.cell.Upload(t.Context(), trail[0].Organisation, trail[0].Resource)
		if err != nil || u.Due.IsZero() || u.ObjectKey != key {
			t.Errorf("%q became %+v, %v", key, u, err)
		}
		if theirs := u.Org == k.org; theirs != strings.HasPrefix(key, "drop/"+k.org+"/") && key != "drop/"+k.org+"/" {
			t.Errorf("%q became %+v", key, u)
		}
		if strings.ContainsFunc(u.FileName, text.Hidden) || utf8.RuneCountInString(u.FileName) > 255 || (u.FileName == "") != (u.Org == "") {
			t.Errorf("%q is named %q", key, u.FileName)
		}
	})
}
