package carry_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waybill/internal/client"
	"waybill/internal/client/standin"
)

type (
	httpWriter  = http.ResponseWriter
	httpRequest = http.Request
	httpFunc    = http.HandlerFunc
)

// cut sends until the named call, and ends there as a kill would: nothing that was to come is done.
func (j *journey) cut(t *testing.T, call string) {
	t.Helper()
	ctx, kill := context.WithCancel(t.Context())
	reached := make(chan struct{}, 9)
	j.cell.Fail(call, 9, standin.Hold(reached))
	go func() {
		<-reached
		kill()
	}()
	if _, err := j.Send(ctx, j.parcel); err == nil {
		t.Fatal("it arrived")
	}
	j.cell.Mend()
}

func TestResume(t *testing.T) {
	t.Parallel()
	for call, test := range map[string]struct {
		size, puts int // how often a part is put at most, in both runs together
	}{
		"POST /v1/migrations/{mig}/uploads": {large, parts},
		"POST /v1/uploads/{upl}/parts":      {large, parts},
		"PUT part 1":                        {large, parts + 3}, // what was on its way may be sent again
		"PUT part 5":                        {large, parts + 3},
		"POST /v1/uploads/{upl}/complete":   {large, parts},
		"PUT object":                        {small, 0},
	} {
		t.Run(call, func(t *testing.T) {
			t.Parallel()
			j := newJourney(t, test.size)
			j.cut(t, call)
			j.arrives(t)
			if puts := j.puts(); puts > test.puts {
				t.Errorf("parts were put %d times", puts)
			}
			if offers := len(j.cell.Uploads()); offers != 1 {
				t.Errorf("%d uploads were opened", offers)
			}
			j.heard(t, "Going on with upl_")
		})
	}
}

// An offer that was carried out without our hearing of it is found again by its once.
func TestResumeOfAnUnheardOffer(t *testing.T) {
	t.Parallel()
	j := newJourney(t, large)
	j.cell.Fail("POST /v1/migrations/{mig}/uploads", 9, standin.Unheard)
	j.breaks(t)
	j.cell.Mend()
	j.arrives(t)
	if offers := len(j.cell.Uploads()); offers != 1 {
		t.Errorf("%d uploads were opened", offers)
	}
}

// resumes cuts a journey after its parts arrived, lets something happen, and sends again.
func resumes(t *testing.T, happens func(j *journey, id string)) (j *journey, first string) {
	t.Helper()
	j = newJourney(t, large)
	j.cut(t, "POST /v1/uploads/{upl}/complete")
	first = j.cell.Uploads()[0]
	happens(j, first)
	return j, first
}

func TestAPartIsSkippedOnlyWhenItIsTheFiles(t *testing.T) {
	t.Parallel()
	j, first := resumes(t, func(j *journey, id string) { j.cell.Tamper(id, 2, content(100)) })
	if u := j.arrives(t); u.ID != first {
		t.Errorf("%s was not gone on with", first)
	}
	if made := j.cell.Count("PUT part 2"); made != 2 {
		t.Errorf("part 2 was sent %d times", made)
	}
	j.heard(t, "Part 2 in S3 differs from the file")
	j.heard(t, "S3 has 5 of 5 parts already")
}

// edits changes a byte in one part of the file, without its time telling.
func (j *journey) edits(t *testing.T, part int) {
	t.Helper()
	info, _ := os.Stat(j.parcel.Path)
	j.bytes[(part-1)*int(j.cell.PartSize)]++
	j.write(t, j.bytes)
	_ = os.Chtimes(j.parcel.Path, info.ModTime(), info.ModTime())
}

func TestAChangedFileIsSentWhereItDiffers(t *testing.T) {
	t.Parallel()
	j, first := resumes(t, func(j *journey, _ string) { j.edits(t, 3) })
	if u := j.arrives(t); u.ID != first {
		t.Errorf("%s was not gone on with", first)
	}
	if third, all := j.cell.Count("PUT part 3"), j.puts(); third != 2 || all != parts+1 {
		t.Errorf("part 3 was sent %d times, all together %d", third, all)
	}
	j.heard(t, "Part 3 in S3 differs from the file")
}

func TestAFileOfAnotherSizeIsANewUpload(t *testing.T) {
	t.Parallel()
	j, first := resumes(t, func(j *journey, _ string) {
		j.bytes = content(large + 1)
		j.write(t, j.bytes)
	})
	if u := j.arrives(t); u.ID == first {
		t.Error("it was gone on with")
	}
	j.heard(t, "is no longer what was offered as "+first)
}

// What travels by one PUT is signed for its digest: when that has changed, nothing of it can be used.
func TestAChangedSmallFileIsANewUpload(t *testing.T) {
	t.Parallel()
	j := newJourney(t, small)
	j.cut(t, "PUT object")
	first := j.cell.Uploads()[0]
	j.edits(t, 1)
	if u := j.arrives(t); u.ID == first {
		t.Error("it was gone on with")
	}
	j.heard(t, "is no longer what was offered as "+first)
}

func TestATouchedFileIsGoneOnWith(t *testing.T) {
	t.Parallel()
	j, first := resumes(t, func(j *journey, _ string) { j.write(t, j.bytes) })
	if u := j.arrives(t); u.ID != first {
		t.Errorf("%s was not gone on with", first)
	}
}

// After S3 was told to join the parts, none of them can be replaced: it is this very file, or another upload.
func TestJoinedMeanwhile(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		state   string
		changed bool
		said    string
	}{
		"sealed":               {client.Sealed, false, " is sealed already."},
		"not sealed yet":       {client.Pending, false, " is in S3 already."},
		"sealed, and changed":  {client.Sealed, true, ": this is a new upload."},
		"pending, and changed": {client.Pending, true, ": this is a new upload."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := newJourney(t, large)
			j.cell.Unsealed = -1
			_, _ = j.Send(t.Context(), j.parcel)
			first := j.cell.Uploads()[0]
			j.cell.Unsealed, j.Wait = 40, time.Hour // the first run has read it less often than that
			j.cell.State(first, test.state)
			if test.changed {
				j.edits(t, 2)
			}
			u, err := j.Send(t.Context(), j.parcel)
			if err != nil || u.Value.State != client.Sealed || u.Value.ID == first == test.changed {
				t.Errorf("%s is %s, %v", u.Value.ID, u.Value.State, err)
			}
			if puts := j.puts(); test.changed != (puts > parts) {
				t.Errorf("parts were put %d times", puts)
			}
			j.heard(t, first+test.said)
		})
	}
}

// A record without a digest cannot be told to be of this file.
func TestSealedWithoutADigest(t *testing.T) {
	t.Parallel()
	j, first := resumes(t, func(j *journey, id string) { j.cell.State(id, client.Sealed) })
	if u := j.arrives(t); u.ID == first {
		t.Error("it was gone on with")
	}
}

func TestTheLookAtThePartsIsRepeated(t *testing.T) {
	t.Parallel()
	j, first := resumes(t, func(j *journey, _ string) {
		j.cell.Fail("GET /v1/uploads/{upl}/parts", 1, standin.Status(429, "2"))
	})
	if u := j.arrives(t); u.ID != first || j.cell.Count("GET /v1/uploads/{upl}/parts") != 2 {
		t.Errorf("%s is not %s, or it looked once", u.ID, first)
	}
}

func TestEndedMeanwhile(t *testing.T) {
	t.Parallel()
	for _, state := range []string{"EXPIRED", "PURGED"} {
		j, first := resumes(t, func(j *journey, id string) { j.cell.State(id, state) })
		if u := j.arrives(t); u.ID == first {
			t.Error("it was gone on with")
		}
		j.heard(t, first+" is "+state)
	}
}

func TestGoneMeanwhile(t *testing.T) {
	t.Parallel()
	j, first := resumes(t, func(j *journey, id string) { j.cell.Forget(id) })
	if u := j.arrives(t); u.ID == first {
		t.Error("it was gone on with")
	}
	j.heard(t, first+" is not there any more")
}

func TestTheJournalHoldsNoSecret(t *testing.T) {
	t.Parallel()
	j, first := resumes(t, func(*journey, string) {})
	files, _ := filepath.Glob(j.Journal.Dir + "/*")
	if len(files) != 1 {
		t.Fatalf("the journal has %v", files)
	}
	text, err := os.ReadFile(files[0])
	if err != nil || !strings.Contains(string(text), first) {
		t.Errorf("the journal says %s, %v", text, err)
	}
	for _, secret := range []string{standin.Token, "http", "secret"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("the journal tells %q", secret)
		}
	}
	if info, _ := os.Stat(files[0]); info.Mode().Perm() != 0o600 {
		t.Errorf("the journal's mode is %v", info.Mode())
	}
}

func TestAJournalThatWasCutShort(t *testing.T) {
	t.Parallel()
	j, first := resumes(t, func(j *journey, _ string) {
		files, _ := filepath.Glob(j.Journal.Dir + "/*")
		_ = os.WriteFile(files[0], []byte(`{"draft":{"fileN`), 0o600)
	})
	if u := j.arrives(t); u.ID == first {
		t.Error("it was gone on with")
	}
}
