package trigger_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"waybill/internal/audit"
	"waybill/internal/memory"
	"waybill/internal/purge"
	"waybill/internal/restore"
	"waybill/internal/trigger"
	"waybill/internal/upload"
)

func replay(c *memory.Cell, log *slog.Logger) trigger.Restore {
	return trigger.Restore{Replayer: restore.Replayer{Archive: c, Bucket: c, Objects: c, Records: c, Endings: c, Signer: c,
		Receiver: upload.Receiver{Region: "eu-central-1", Records: c, Drops: c}, Now: c.Now, Landed: func(t time.Time) time.Time { return t },
		Place: purge.Place{Cell: "waybill", Region: "eu-central-1", Bucket: memory.Bucket, Function: "restore 1"}}, Now: c.Now, Log: log}
}

// The recorded call begins a replay, and each that follows goes on where the last was; no key is logged.
func TestRestore(t *testing.T) {
	t.Parallel()
	c := memory.New(noon)
	for range 3 * memory.Page {
		c.Drop("drop/somebody/a name.zip", 7)
	}
	log, lines := silent()
	r := replay(c, log)
	next, calls := recorded[trigger.Replay](t, "restore"), 0
	for done := false; !done; calls++ {
		told, err := r.Handle(t.Context(), next)
		if err != nil {
			t.Fatal(err)
		}
		next.Cursor, done = told.Cursor, told.Done
	}
	if n := strings.Count(lines.String(), "\n"); n != calls || strings.Contains(lines.String(), "a name.zip") {
		t.Errorf("%d calls logged %s", calls, lines)
	}
	if trail := c.Trail(); len(trail) != 3*memory.Page || trail[0].Actor != audit.Function("restore") {
		t.Errorf("%d entries by %s", len(trail), trail[0].Actor)
	}
}

// While the cell is closed, what records say is not believed: nothing is purged and nothing expires.
func TestClosedSchedules(t *testing.T) {
	t.Parallel()
	c := memory.New(noon)
	u := offered(t, c)
	c.Advance(48 * time.Hour)
	log, _ := silent()
	s := trigger.Sweep{Purger: purger(c), Ends: purge.Terminator{Purger: purger(c), Records: c}, Closed: true, Now: c.Now, Log: log}
	k := trigger.Tick{Expirer: upload.Expirer{Records: c}, Closed: true, Now: c.Now, Log: log}
	if done, err := s.Handle(t.Context()); err != nil || done != (purge.Report{}) {
		t.Errorf("%+v, %v", done, err)
	}
	if err := k.Handle(t.Context()); err != nil {
		t.Error(err)
	}
	if now, err := c.Upload(t.Context(), u.Org, u.ID); err != nil || now != u {
		t.Errorf("it is %+v, %v", now, err)
	}
}
