package upload

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"waybill/internal/fault"
)

var digest = func() string {
	sum := sha256.Sum256([]byte("a support.zip"))
	return base64.StdEncoding.EncodeToString(sum[:])
}()

// brokenRules are the pointers and rules of a refusal.
func brokenRules(err error) string {
	var refusal *fault.Refusal
	if !errors.As(err, &refusal) {
		return fmt.Sprint(err)
	}
	var broken []string
	for _, f := range refusal.Fields {
		broken = append(broken, f.Pointer+" "+f.Rule)
	}
	return strings.Join(broken, ", ")
}

func TestDraftCheck(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		change func(*Draft)
		broken string
	}{
		{func(d *Draft) {}, "<nil>"},

		{func(d *Draft) { d.FileName = "" }, "/fileName required"},
		{func(d *Draft) { d.FileName = "a" }, "<nil>"},
		{func(d *Draft) { d.FileName = strings.Repeat("ü", 255) }, "<nil>"},
		{func(d *Draft) { d.FileName = strings.Repeat("ü", 256) }, "/fileName max-length"},
		{func(d *Draft) { d.FileName = "a\x00.zip" }, "/fileName printable"},
		{func(d *Draft) { d.FileName = "../support.zip" }, "/fileName file-name"},
		{func(d *Draft) { d.FileName = `C:\support.zip` }, "/fileName file-name"},

		{func(d *Draft) { d.Size = 0 }, "/size min"},
		{func(d *Draft) { d.Size = -1 }, "/size min"},
		{func(d *Draft) { d.Size = 1 }, "<nil>"},
		{func(d *Draft) { d.Size = 5 << 40 }, "<nil>"},
		{func(d *Draft) { d.Size = 5<<40 + 1 }, "/size max"},

		{func(d *Draft) { d.Kind = Export }, "<nil>"},
		{func(d *Draft) { d.Kind = Assessment }, "<nil>"},
		{func(d *Draft) { d.Kind = Other }, "<nil>"},
		{func(d *Draft) { d.Kind = "" }, "/kind one-of"},
		{func(d *Draft) { d.Kind = Unmatched }, "/kind one-of"}, // ours to say, not theirs
		{func(d *Draft) { d.Kind = "Export" }, "/kind one-of"},

		{func(d *Draft) { d.SHA256 = "" }, "/sha256 required"},
		{func(d *Draft) { d.SHA256, d.Size = "", 16<<20 }, "/sha256 required"},
		{func(d *Draft) { d.SHA256, d.Size = "", 16<<20+1 }, "<nil>"},
		{func(d *Draft) { d.Size = 16<<20 + 1 }, "<nil>"},
		{func(d *Draft) { d.SHA256, d.Size = "nonsense", 16<<20+1 }, "/sha256 sha256"},
		{func(d *Draft) { d.SHA256 = strings.Repeat("0", 64) }, "/sha256 sha256"}, // hexadecimal
		{func(d *Draft) { d.SHA256 = strings.TrimRight(digest, "=") }, "/sha256 sha256"},
		{func(d *Draft) { d.SHA256 = digest[:10] + "\n" + digest[10:] }, "/sha256 sha256"}, // would end a header
		{func(d *Draft) { d.SHA256 = digest[:42] + "B=" }, "/sha256 sha256"},               // bits beyond the last byte
		{func(d *Draft) { d.SHA256 = strings.Repeat("-", 43) + "=" }, "/sha256 sha256"},    // the other alphabet
		{func(d *Draft) { d.SHA256 = base64.StdEncoding.EncodeToString(make([]byte, 31)) }, "/sha256 sha256"},

		{func(d *Draft) { *d = Draft{} }, "/fileName required, /size min, /kind one-of, /sha256 required"},
	} {
		d := Draft{FileName: "support.zip", Size: 1 << 20, Kind: SupportZip, SHA256: digest}
		row.change(&d)
		if got := brokenRules(d.check()); got != row.broken {
			t.Errorf("%+v\nbreaks %q, want %q", d, got, row.broken)
		}
	}
}

// How files of some sizes travel.
func TestMethod(t *testing.T) {
	t.Parallel()
	const mib, gib = 1 << 20, 1 << 30
	for _, row := range []struct {
		size     int64
		method   Method
		partSize int64
		parts    int
	}{
		{1, Single, 0, 0},
		{16 * mib, Single, 0, 0},
		{16*mib + 1, Multipart, 16 * mib, 2},
		{32 * mib, Multipart, 16 * mib, 2},
		{gib, Multipart, 16 * mib, 64},
		{128_000 * mib, Multipart, 16 * mib, 8000},
		{128_000*mib + 1, Multipart, 17 * mib, 7530},
		{5 << 40, Multipart, 656 * mib, 7993},
	} {
		m, partSize, parts := method(row.size)
		if m != row.method || partSize != row.partSize || parts != row.parts {
			t.Errorf("%d bytes travel by %s in %d parts of %d; want %s in %d of %d", row.size, m, parts, partSize, row.method, row.parts, row.partSize)
		}
	}
}

// Whatever the size, S3 takes the parts and one body of a completion names them: at most 8,000, of at least 5 MiB but the last, of at most 5 GiB, and together
// they are the file.
func TestPartsOfAnySize(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(16, 5))
	for range 3000 {
		size := SingleUpTo + 1 + random.Int64N(1<<(24+random.IntN(19)))
		if size > MaxSize {
			size = MaxSize - random.Int64N(1<<30)
		}
		u := Upload{Size: size}
		u.Method, u.PartSize, u.Parts = method(size)
		if u.Method != Multipart || u.Parts < 2 || u.Parts > 8_000 || u.PartSize < 5<<20 || u.PartSize > 5<<30 {
			t.Fatalf("%d bytes: %d parts of %d", size, u.Parts, u.PartSize)
		}
		if last := u.PartLength(u.Parts); last < 1 || last > u.PartSize {
			t.Fatalf("%d bytes: the last part has %d", size, last)
		}
		var sum int64
		for n := 1; n <= u.Parts; n++ {
			sum += u.PartLength(n)
		}
		if sum != size || u.PartLength(0) != 0 || u.PartLength(-1) != 0 || u.PartLength(u.Parts+1) != 0 {
			t.Fatalf("%d bytes: the parts together have %d", size, sum)
		}
	}
}

// The key tells S3's lifecycle the rule, and the sweep whose it is; nothing that a customer said is in it.
func TestObjectKeys(t *testing.T) {
	t.Parallel()
	const o, id = "org_01kb2rq1c0h3m8z5v7x9y2w4t6", "upl_01kb2rq1c0h3m8z5v7x9y2w4t7"
	for kind, rule := range map[Kind]string{SupportZip: "debug", Export: "transit.migration", Assessment: "assessment", Other: "transit.other"} {
		key := objectKey(kind, o, id)
		if want := "staged/" + rule + "/" + o + "/" + id; key != want {
			t.Errorf("%s lies at %s, want %s", kind, key, want)
		}
		if organisation, name, offered := offeredAs(key); !offered || organisation != o || name != id {
			t.Errorf("%s is taken apart as %s, %s, %t", key, organisation, name, offered)
		}
	}
}

// A completion names every part, and a body of 1 MiB must hold it.
func TestACompletionFitsItsBody(t *testing.T) {
	t.Parallel()
	parts := make([]Part, maxParts)
	for i := range parts {
		parts[i] = Part{Number: maxParts, ETag: `"` + strings.Repeat("f", 32) + `"`, SHA256: strings.Repeat("/", 44)}
	}
	body, err := json.Marshal(map[string]any{"parts": parts})
	if err != nil || len(body) > 1<<20 {
		t.Errorf("a completion of %d parts takes %d bytes (%v)", maxParts, len(body), err)
	}
}
