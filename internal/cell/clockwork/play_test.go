package clockwork

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"waybill/internal/clock"
)

func TestWhatRuns(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		world   *world
		minutes int
		ran     string
	}{
		"nothing, when no time passes":             {newWorld(), 0, ""},
		"a run at the end, before the first one":   {newWorld(), 14, "tick 14, purge 14"},
		"one at the end only, when nothing is due": {newWorld(), 14 * 24 * 60, "tick 20160, purge 20160"},
		"one at the end, for what fell due after the last": {
			newWorld().holding("upl#1", 50, -1), 52, "tick 52, purge 52",
		},
		"the first run after a deadline": {
			newWorld().holding("upl#1", 31, -1), 120, "tick 45, purge 45, tick 120, purge 120",
		},
		"the run at the deadline itself": {
			newWorld().holding("upl#1", 30, -1), 120, "tick 30, purge 30, tick 120, purge 120",
		},
		"the first run, for what was due before": {
			newWorld().holding("upl#1", 0, -1), 120, "tick 15, purge 15, tick 120, purge 120",
		},
		"the next ones too, after a change": {
			newWorld().does("purge", erase).holding("upl#1", 31, -1), 120,
			"tick 45, purge 45, tick 60, purge 60, tick 120, purge 120",
		},
		"purge in the instant of the tick": {
			newWorld().does("tick", end).does("purge", erase).holding("upl#1", 31, -1), 60,
			"tick 45, purge 45, tick 60, purge 60",
		},
		"reap, when purge had its chance": {
			newWorld().holding("upl#1", 5, 31), 60,
			"tick 15, purge 15, tick 45, purge 45, reap 45, tick 60, purge 60",
		},
		"no reap, for what its filter leaves out": {
			newWorld().holding("once#1", -1, 31), 45, "tick 45, purge 45",
		},
		"reap at the end, between two runs": {
			newWorld().holding("upl#1", -1, 16), 20, "tick 20, purge 20, reap 20",
		},
		"no second run, for what stays due for ever": {
			newWorld().holding("upl#poison", 31, -1), 24 * 60, "tick 45, purge 45, tick 1440, purge 1440",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if ran := c.world.advance(t, c.minutes); ran != c.ran {
				t.Errorf("ran  %s\nwant %s", ran, c.ran)
			}
		})
	}
}

func erase(items map[string]Item) { delete(items, "upl#1") }

func end(items map[string]Item) {
	if item, ok := items["upl#1"]; ok {
		item["state"] = &types.AttributeValueMemberS{Value: "EXPIRED"}
	}
}

// A run within the last second stands for the one at the end, unless something fell due after it: then that one, and what
// its change gives the others to do.
func TestWhatFallsDueInTheLastSecond(t *testing.T) {
	t.Parallel()
	w := newWorld().holding("upl#1", 15, -1).does("tick", end)
	w.items["upl#1"]["dueAt"] = &types.AttributeValueMemberS{Value: w.minute(15).Add(300 * time.Millisecond).Format("2006-01-02T15:04:05.000Z")}
	p := &Player{File: filepath.Join(t.TempDir(), "clock"), Functions: w, Records: w, Arrivals: w}
	for _, name := range []string{"tick", "purge"} {
		p.Schedules = append(p.Schedules, Schedule{Name: name, Function: name, Rule: rate{w.began, 15 * time.Minute}})
	}
	w.holding("upl#2", 14, -1) // for which both run in the fifteenth minute
	if err := clock.Move(p.File, w.began); err != nil {
		t.Fatal(err)
	}
	ran, err := p.Advance(t.Context(), 15*time.Minute+600*time.Millisecond)
	if err != nil || len(ran) != 4 {
		t.Errorf("ran %v, %v", ran, err)
	}
}

func TestTimeGoesOnWhenAFunctionFails(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.failure = "!"
	if ran := w.advance(t, 15); ran != "tick 15!, purge 15!" {
		t.Errorf("ran %s", ran)
	}
}

func TestTimeStopsWhenAFunctionCannotBeRun(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.broken = errors.New("no such function")
	if ran := w.advance(t, 60); ran != "" {
		t.Errorf("ran %s", ran)
	}
}

func TestAHundredRemovalsMakeOneEvent(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for i := range 250 {
		w.holding(fmt.Sprintf("upl#%d", i), -1, 1)
	}
	w.advance(t, 2)
	var sizes []int
	for _, event := range w.events {
		var e struct{ Records []json.RawMessage }
		if json.Unmarshal([]byte(event), &e) != nil { // a schedule's
			continue
		}
		sizes = append(sizes, len(e.Records))
	}
	if !slices.Equal(sizes, []int{100, 100, 50}) {
		t.Errorf("events of %v records", sizes)
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	record := pattern(`{"eventName":"REMOVE","dynamodb":{"Keys":{"sk":{"S":"upl#1"}}}}`)
	for text, admitted := range map[string]bool{
		`{}`:                                                     true,
		`{"eventName":["REMOVE"]}`:                               true,
		`{"eventName":["INSERT","REMOVE"]}`:                      true,
		`{"eventName":["INSERT"]}`:                               false,
		`{"userIdentity":{"type":["Service"]}}`:                  false,
		`{"eventName":["REMOVE"],"eventSource":["aws:s3"]}`:      false,
		`{"dynamodb":{"Keys":{"sk":{"S":[{"prefix":"upl#"}]}}}}`: true,
		`{"dynamodb":{"Keys":{"sk":{"S":[{"prefix":"mig#"}]}}}}`: false,
		`{"eventName":[{"anything-but":"INSERT"}]}`:              false,
		`{"eventName":[{"prefix":1}]}`:                           false,
	} {
		if got := matches(pattern(text), record); got != admitted {
			t.Errorf("%s: %v", text, got)
		}
	}
}
