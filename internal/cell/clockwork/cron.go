package clockwork

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// cron is what each of the six fields admits: minute, hour, day of month, month, day of week (1 is Sunday), year.
type cron [6]map[int]bool

// bounds of the fields, by EventBridge Scheduler's User Guide ("Schedule types").
var bounds = [6][2]int{{0, 59}, {0, 23}, {1, 31}, {1, 12}, {1, 7}, {1970, 2199}}

// parseCron reads numbers, lists, ranges, steps, * and ?. Names of days and months and the letters L, W and # are not
// played.
func parseCron(text string) (Rule, error) {
	fields := strings.Fields(text)
	if len(fields) != len(bounds) {
		return nil, fmt.Errorf("reading cron(%s): it wants six fields", text)
	}
	var c cron
	for i, b := range bounds {
		c[i] = map[int]bool{}
		for part := range strings.SplitSeq(fields[i], ",") {
			if err := admit(c[i], part, b[0], b[1]); err != nil {
				return nil, fmt.Errorf("reading cron(%s): %w", text, err)
			}
		}
	}
	return c, nil
}

// admit adds what one part of a field stands for: n, n-m, *, ? or one of these with a step, of which n/s goes on to the end.
func admit(field map[int]bool, part string, low, high int) error {
	span, step, stepped := strings.Cut(part, "/")
	first, last, ranged := strings.Cut(span, "-")
	by := "1"
	switch {
	case span == "*" || span == "?":
		first, last = strconv.Itoa(low), strconv.Itoa(high)
	case !ranged && stepped:
		last = strconv.Itoa(high)
	case !ranged:
		last = first
	}
	if stepped {
		by = step
	}
	from, err1 := strconv.Atoi(first)
	to, err2 := strconv.Atoi(last)
	every, err3 := strconv.Atoi(by)
	if err := errors.Join(err1, err2, err3); err != nil || from < low || to > high || from > to || every < 1 {
		return fmt.Errorf("%q is nothing between %d and %d", part, low, high)
	}
	for n := from; n <= to; n += every {
		field[n] = true
	}
	return nil
}

// Next looks day by day, then within the day. A rule whose last time has passed falls due in a year no one moves a
// clock to.
func (c cron) Next(after time.Time) time.Time {
	at := after.UTC().Truncate(time.Minute).Add(time.Minute)
	for at.Year() <= bounds[5][1] {
		switch {
		case !c.admitsDay(at):
			at = at.Truncate(24 * time.Hour).Add(24 * time.Hour)
		case !c[1][at.Hour()]:
			at = at.Truncate(time.Hour).Add(time.Hour)
		case !c[0][at.Minute()]:
			at = at.Add(time.Minute)
		default:
			return at
		}
	}
	return at
}

func (c cron) admitsDay(at time.Time) bool {
	return c[5][at.Year()] && c[3][int(at.Month())] && c[2][at.Day()] && c[4][int(at.Weekday())+1]
}
