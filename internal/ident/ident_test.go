package ident_test

import (
	"crypto/rand"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"waybill/internal/ident"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

func TestNewNamesAreValidAndSortByTime(t *testing.T) {
	t.Parallel()
	var names []string
	for i := range 200 {
		name, err := ident.New(ident.Upload, noon.Add(time.Duration(i)*time.Millisecond), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if !ident.Valid(ident.Upload, name) || ident.Valid(ident.Migration, name) {
			t.Errorf("%s is not the name of an upload and nothing else", name)
		}
		names = append(names, name)
	}
	if !slices.IsSorted(names) {
		t.Error("the names do not sort by time")
	}
	if len(slices.Compact(names)) != 200 {
		t.Error("two names are equal")
	}
}

func TestNewFailsWithoutEntropy(t *testing.T) {
	t.Parallel()
	broken := errors.New("no entropy")
	if name, err := ident.New(ident.Org, noon, iotest.ErrReader(broken)); !errors.Is(err, broken) || name != "" {
		t.Errorf("got %q, %v", name, err)
	}
}

// The same thing has the same name, and sorts by its time; another thing has another name. A time that no ULID can hold
// makes a name all the same: such times come from outside.
func TestDerive(t *testing.T) {
	t.Parallel()
	first := ident.Derive(ident.Upload, noon, "bucket/key/version")
	if again := ident.Derive(ident.Upload, noon, "bucket/key/version"); again != first {
		t.Errorf("the same thing is %s and %s", first, again)
	}
	if other := ident.Derive(ident.Upload, noon, "bucket/key/another"); other == first {
		t.Errorf("two things are both %s", first)
	}
	if later := ident.Derive(ident.Upload, noon.Add(time.Millisecond), "bucket/key/a"); later <= first {
		t.Errorf("%s is later than %s, and sorts before it", later, first)
	}
	for _, at := range []time.Time{{}, time.Unix(-1, 0), time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC)} {
		if name := ident.Derive(ident.Upload, at, "x"); !ident.Valid(ident.Upload, name) {
			t.Errorf("at %s the name is %s", at, name)
		}
	}
}

// A floor stands between the names of before and those of that time and later.
func TestFloor(t *testing.T) {
	t.Parallel()
	floor := ident.Floor(ident.Event, noon)
	for seed := range 200 {
		s := strconv.Itoa(seed)
		if before := ident.Derive(ident.Event, noon.Add(-time.Millisecond), s); before >= floor {
			t.Errorf("%s is not before %s", before, floor)
		}
		if then := ident.Derive(ident.Event, noon.Add(999*time.Microsecond), s); then <= floor {
			t.Errorf("%s is not after %s", then, floor)
		}
	}
	if first := ident.Floor(ident.Event, time.Time{}); first >= floor || !ident.Valid(ident.Event, first) {
		t.Errorf("the floor of no time is %s", first)
	}
}

func TestValid(t *testing.T) {
	t.Parallel()
	const ulid = "01kb2rq1c0h3m8z5v7x9y2w4t6"
	for _, row := range []struct {
		name  string
		valid bool
	}{
		{"mig_" + ulid, true},
		{"mig_7zzzzzzzzzzzzzzzzzzzzzzzzz", true}, // the last ULID there is
		{"mig_8zzzzzzzzzzzzzzzzzzzzzzzzz", false},
		{"", false},
		{"mig_", false},
		{ulid, false},
		{"org_" + ulid, false},
		{"mig-" + ulid, false},
		{"MIG_" + ulid, false},
		{"mig_" + strings.ToUpper(ulid), false},
		{"mig_" + ulid[1:], false},
		{"mig_" + ulid + "0", false},
		{"mig_" + ulid + "\n", false},
		{"mig_" + ulid[:25] + "u", false}, // not a letter of the alphabet
		{"mig_" + ulid[:25] + "l", false},
		{"mig_" + ulid[:25] + "/", false},
		{"mig_mig_" + ulid, false},
	} {
		if got := ident.Valid(ident.Migration, row.name); got != row.valid {
			t.Errorf("Valid(%q) = %t", row.name, got)
		}
	}
}

// Whatever is valid can stand in a key of the table, in a key of S3 and in a URL, and has one spelling.
func FuzzValid(f *testing.F) {
	f.Add("mig_01kb2rq1c0h3m8z5v7x9y2w4t6")
	f.Add("mig_01KB2RQ1C0H3M8Z5V7X9Y2W4T6")
	f.Add("mig_../../../../../../../../ab")
	f.Fuzz(func(t *testing.T, name string) {
		if !ident.Valid(ident.Migration, name) {
			return
		}
		rest := strings.TrimPrefix(name, "mig_")
		if len(name) != 30 || strings.Trim(rest, "0123456789abcdefghjkmnpqrstvwxyz") != "" {
			t.Errorf("%q is valid", name)
		}
	})
}
