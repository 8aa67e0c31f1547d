package migration

import (
	"errors"
	"strings"
	"testing"

	"waybill/internal/fault"
)

// The state machine. Each cell says whether the verb is admitted ("y"), or refused naming the status ("s"), or because
// the migration is archived ("a") or is not ("n").
const grid = `
             edit run settle archive unarchive remove
SAVED        y    y   s      y       n         y
RUNNING      s    s   y      s       s         s
FINISHED     s    s   s      y       n         y
INCOMPLETE   s    s   s      y       n         y
FAILED       s    s   s      y       n         y
SAVED+       a    a   s      a       y         y
RUNNING+     s    s   a      s       s         s
FINISHED+    s    s   s      a       y         y
INCOMPLETE+  s    s   s      a       y         y
FAILED+      s    s   s      a       y         y
` // + archived; one that runs cannot be archived, so that row is never met

var verbs = map[string]verb{"edit": edit, "run": run, "settle": settle, "archive": archive, "unarchive": unarchive, "remove": remove}

func TestStateMachine(t *testing.T) {
	t.Parallel()
	lines := strings.Split(strings.TrimSpace(grid), "\n")
	columns := strings.Fields(lines[0])
	if want := 2 * len(Statuses()); len(lines)-1 != want || len(columns) != len(verbs) {
		t.Fatalf("the grid has %d rows and %d columns, want %d and %d", len(lines)-1, len(columns), want, len(verbs))
	}
	for _, line := range lines[1:] {
		fields := strings.Fields(line)
		status, archived := strings.CutSuffix(fields[0], "+")
		for i, column := range columns {
			m := Migration{Status: Status(status), Archived: archived}
			if got := verdict(m, m.admits(verbs[column])); got != fields[i+1] {
				t.Errorf("%s, %s: %s, want %s", fields[0], column, got, fields[i+1])
			}
		}
	}
}

// verdict is how the grid writes an answer.
func verdict(m Migration, err error) string {
	var refusal *fault.Refusal
	switch {
	case err == nil:
		return "y"
	case !errors.As(err, &refusal) || refusal.Kind != fault.Conflict:
		return err.Error()
	case strings.HasPrefix(refusal.Detail, "The migration is "+string(m.Status)+"; only one that is "):
		return "s"
	case strings.HasPrefix(refusal.Detail, "The migration is archived; "):
		return "a"
	case refusal.Detail == "The migration is not archived.":
		return "n"
	default:
		return refusal.Detail
	}
}

// The sentence tells what would have to be true.
func TestRefusalNamesTheState(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"conflict: The migration is RUNNING; only one that is SAVED can be edited.":                                      Migration{Status: Running}.admits(edit),
		"conflict: The migration is RUNNING; only one that is SAVED or FINISHED or INCOMPLETE or FAILED can be deleted.": Migration{Status: Running}.admits(remove),
		"conflict: The migration is archived; an archived one cannot be run.":                                            Migration{Status: Saved, Archived: true}.admits(run),
	} {
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}
