package upload

import (
	"testing"
	"time"
)

// The clock of a rule starts when the bytes landed: a late report lengthens nothing, and no report's time is trusted
// beyond what can be.
func TestSince(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 3, 12, 0, 0, 0, time.UTC)
	offered := now.Add(-48 * time.Hour)
	for name, row := range map[string]struct{ landed, want time.Time }{
		"reported at once":           {now, now},
		"reported two hours later":   {now.Add(-2 * time.Hour), now.Add(-2 * time.Hour)},
		"in microseconds":            {now.Add(-time.Hour + 7*time.Microsecond), now.Add(-time.Hour)},
		"not known":                  {time.Time{}, now},
		"in the future":              {now.Add(time.Second), now},
		"before it was ever offered": {offered.Add(-time.Second), offered},
	} {
		if got := (Arrival{Landed: row.landed}).since(offered, now); !got.Equal(row.want) {
			t.Errorf("%s: since %s, want %s", name, got, row.want)
		}
	}
}
