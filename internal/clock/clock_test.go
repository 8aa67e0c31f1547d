package clock_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"waybill/internal/clock"
)

func TestByFollowsTheFile(t *testing.T) {
	t.Parallel()
	for text, moved := range map[string]time.Duration{
		"": 0, "336h0m0s": 336 * time.Hour, "-1h\n": -time.Hour, "fourteen days": 0,
	} {
		file := filepath.Join(t.TempDir(), "clock")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if ahead := time.Until(clock.By(file)); !about(ahead, moved) {
			t.Errorf("%q moved the clock by %v", text, ahead)
		}
	}
}

func TestNowIsTheWallClockOnAWS(t *testing.T) {
	t.Setenv("WAYBILL_CLOCK", "")
	if now := clock.Now(); now.Location() != time.UTC || !about(time.Until(now), 0) {
		t.Errorf("now is %v", now)
	}
}

func TestNowIsByTheFileNamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "clock")
	t.Setenv("WAYBILL_CLOCK", file)
	if !about(time.Until(clock.Now()), 0) {
		t.Error("an absent file moves the clock")
	}
	if err := clock.Move(file, time.Now().Add(24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if !about(time.Until(clock.Now()), 24*time.Hour) {
		t.Errorf("now is %v", clock.Now())
	}
}

func TestMoveNeverGoesBack(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "clock")
	for _, hours := range []time.Duration{48, 24, 0, -1} {
		if err := clock.Move(file, time.Now().Add(hours*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if ahead := time.Until(clock.By(file)); !about(ahead, 48*time.Hour) {
			t.Errorf("moving to %dh set the clock %v ahead", hours, ahead)
		}
	}
}

// about admits what a slow machine loses between two readings.
func about(d, want time.Duration) bool { return d <= want && d > want-time.Minute }
