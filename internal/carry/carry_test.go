package carry_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"waybill/internal/carry"
	"waybill/internal/client"
	"waybill/internal/client/standin"
)

func TestSend(t *testing.T) {
	t.Parallel()
	for name, size := range map[string]int{
		"one byte":             1,
		"just one PUT":         100 << 10,
		"just not one PUT":     100<<10 + 1,
		"a last part of 1":     128<<10 + 1,
		"whole parts":          256 << 10,
		"larger than one read": 5 << 20,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := newJourney(t, size)
			u := j.arrives(t)
			if u.FileName != "support.zip" || u.Size != int64(size) || u.Kind != "support-zip" {
				t.Errorf("the record says %+v", u)
			}
			if left, _ := os.ReadDir(j.Journal.Dir); len(left) > 0 {
				t.Errorf("the journal still has %v", left)
			}
		})
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		size  int
		call  string
		times int
		fault standin.Fault
	}{
		"a part met a 503":                 {large, "PUT part 3", 2, standin.Status(503, "")},
		"a part met a 500":                 {large, "PUT part 1", 1, standin.Status(500, "")},
		"a part was sent too fast":         {large, "PUT part 5", 1, standin.Status(429, "1")},
		"a part was lost on the way":       {large, "PUT part 2", 3, standin.Reset},
		"a part was lost on the return":    {large, "PUT part 2", 1, standin.Unheard},
		"a part was spoilt on the way":     {large, "PUT part 4", 1, standin.Spoil},
		"a small file was lost on the way": {small, "PUT object", 2, standin.Reset},
		"a small file was lost on return":  {small, "PUT object", 1, standin.Unheard},
		"the offer was lost on the return": {large, "POST /v1/migrations/{mig}/uploads", 1, standin.Unheard},
		"the ways were lost on the return": {large, "POST /v1/uploads/{upl}/parts", 2, standin.Unheard},
		"the joining was lost on the way":  {large, "POST /v1/uploads/{upl}/complete", 1, standin.Reset},
		"the joining was lost on return":   {large, "POST /v1/uploads/{upl}/complete", 1, standin.Unheard},
		"the look at the record met a 503": {small, "GET /v1/uploads/{upl}", 2, standin.Status(503, "")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := newJourney(t, test.size)
			j.cell.Fail(test.call, test.times, test.fault)
			j.arrives(t)
			if made := j.cell.Count(test.call); made <= test.times {
				t.Errorf("%s was called %d times", test.call, made)
			}
			if len(j.slept) < test.times {
				t.Errorf("it slept %v for %d failures", j.slept, test.times)
			}
		})
	}
}

func TestExpiredWaysAreSignedAgain(t *testing.T) {
	t.Parallel()
	for name, size := range map[string]int{"PUT part 4": large, "PUT object": small} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := newJourney(t, size)
			// The first try is lost, and while it is slept upon, what was signed runs out.
			j.cell.Fail(name, 1, standin.Reset)
			j.Retry.Sleep = func(context.Context, time.Duration) error {
				j.cell.Expire()
				return nil
			}
			j.arrives(t)
			if made := j.cell.Count(name); made != 3 {
				t.Errorf("%s was called %d times, not lost, refused and taken", name, made)
			}
		})
	}
}

func TestARefusalIsTold(t *testing.T) {
	t.Parallel()
	j := newJourney(t, large)
	j.cell.Fail("PUT part 2", 9, func(w httpWriter, _ *httpRequest, _ httpFunc) {
		w.WriteHeader(403)
		_, _ = w.Write([]byte("<Error><Code>AccessDenied</Code><Message>The key is disabled</Message><CanonicalRequest>secret</CanonicalRequest></Error>"))
	})
	if err := j.breaks(t); !strings.Contains(err.Error(), "sending part 2 of 5: S3 refused it: The key is disabled (AccessDenied, 403)") {
		t.Errorf("error: %v", err)
	}
	if made := j.cell.Count("PUT part 2"); made != 2 {
		t.Errorf("it was sent %d times: once, and once signed anew", made)
	}
}

func TestErrorsOfTheTransportTellNoSecret(t *testing.T) {
	t.Parallel()
	j := newJourney(t, large)
	j.cell.Fail("PUT part 1", 99, standin.Reset)
	if err := j.breaks(t); !strings.Contains(err.Error(), "sending part 1 of 5: calling S3: Put ") {
		t.Errorf("error: %v", err)
	}
}

func TestAStalledPartIsSentAgain(t *testing.T) {
	t.Parallel()
	j := newJourney(t, large)
	j.Stall = 300 * time.Millisecond
	reached := make(chan struct{}, 1)
	j.cell.Fail("PUT part 3", 1, standin.Hold(reached))
	j.arrives(t)
	if made := j.cell.Count("PUT part 3"); made < 2 {
		t.Errorf("it was sent %d times", made)
	}
}

func TestRefusedBeforeAnyCall(t *testing.T) {
	t.Parallel()
	j := newJourney(t, 0)
	if err := j.breaks(t); !strings.Contains(err.Error(), "is empty") {
		t.Errorf("error: %v", err)
	}
	j.parcel.Path = t.TempDir()
	if err := j.breaks(t); !strings.Contains(err.Error(), "is not a file") {
		t.Errorf("error: %v", err)
	}
	j.parcel.Path += "/absent"
	if err := j.breaks(t); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error: %v", err)
	}
	if calls := j.cell.Calls(); len(calls) > 0 {
		t.Errorf("the cell was called: %v", calls)
	}
}

// A place that is not there is found out by the offer, before the file is read, and nothing of it is remembered.
func TestNoSuchPlace(t *testing.T) {
	t.Parallel()
	j := newJourney(t, large)
	j.parcel.To = client.Place{Migration: "mig_none"}
	if err := j.breaks(t); !client.NotFound(err) {
		t.Errorf("error: %v", err)
	}
	if left, _ := os.ReadDir(j.Journal.Dir); len(left) > 0 {
		t.Errorf("the journal has %v", left)
	}
}

// The pass and the parts overlap: the first part is on its way long before the last one was read.
func TestPartsAreSentWhileTheFileIsRead(t *testing.T) {
	t.Parallel()
	j := newJourney(t, 256*64<<10) // more parts than the pass may be ahead
	j.arrives(t)
	calls := j.cell.Calls()
	if first, last := slices.Index(calls, "PUT part 1"), lastSigned(calls); first < 0 || first > last {
		t.Errorf("part 1 was sent by call %d, the last way was asked for by %d", first, last)
	}
}

func lastSigned(calls []string) (at int) {
	for n, call := range calls {
		if call == "POST /v1/uploads/{upl}/parts" {
			at = n
		}
	}
	return at
}

// The cell may put the line between one PUT and several elsewhere than was thought.
func TestAnotherLineThanTheCells(t *testing.T) {
	t.Parallel()
	j := newJourney(t, large)
	j.OnePut = 1 << 20
	j.arrives(t)
}

func TestTheSealIsAwaited(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		unsealed int
		wait     time.Duration
		state    string
	}{
		"it comes at once":  {0, time.Minute, client.Sealed},
		"it comes later":    {4, time.Minute, client.Sealed},
		"it comes too late": {-1, time.Minute, client.Pending},
		"nobody waits":      {-1, 0, client.Pending},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := newJourney(t, large)
			j.cell.Unsealed, j.Wait = test.unsealed, test.wait
			u, err := j.Send(t.Context(), j.parcel)
			if err != nil || u.Value.State != test.state {
				t.Errorf("it is %s: %v", u.Value.State, err)
			}
			var slept time.Duration
			for _, d := range j.slept {
				slept += d
			}
			if left, _ := os.ReadDir(j.Journal.Dir); len(left) > 0 != (test.state == client.Pending && test.wait > 0) {
				t.Errorf("the journal has %v", left)
			}
			if slept > test.wait || test.state == client.Pending && slept != test.wait {
				t.Errorf("it slept %v of %v", slept, test.wait)
			}
		})
	}
}

func TestTheMeterEndsWhereItShould(t *testing.T) {
	t.Parallel()
	j := newJourney(t, large)
	m := &meter{}
	j.Meter = m
	j.cell.Fail("PUT part 2", 2, standin.Reset)
	j.cell.Fail("PUT part 4", 1, standin.Spoil)
	j.arrives(t)
	if got := m.total.Load(); got != large {
		t.Errorf("it counted %d bytes, not %d", got, large)
	}
}

type meter struct{ total atomic.Int64 }

func (m *meter) Begin(string, int64) {}
func (m *meter) Add(n int64)         { m.total.Add(n) }
func (m *meter) End()                {}

func TestChangedWhileItIsSent(t *testing.T) {
	t.Parallel()
	for call, size := range map[string]int{"PUT part 5": large, "POST /v1/migrations/{mig}/uploads": small} {
		t.Run(call, func(t *testing.T) {
			t.Parallel()
			j := newJourney(t, size)
			j.cell.Fail(call, 1, func(w httpWriter, r *httpRequest, do httpFunc) {
				j.write(t, content(size + 1)[1:])
				do(w, r)
			})
			if err := j.breaks(t); !errors.Is(err, carry.ErrChanged) {
				t.Errorf("error: %v", err)
			}
		})
	}
}
