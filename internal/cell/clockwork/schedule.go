package clockwork

import (
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Schedule is one of EventBridge Scheduler that calls a function.
type Schedule struct {
	Name     string // of the function, as in Run
	Function string // its ARN
	ARN      string // of the schedule
	Input    string // what the function is sent
	Rule     Rule
}

// Rule tells when a schedule falls due.
type Rule interface {
	// Next is the first time after an instant.
	Next(after time.Time) time.Time
}

// event is the schedule's input with Scheduler's context attributes filled in (EventBridge Scheduler User Guide, "Adding
// context attributes").
func (s Schedule) event(at time.Time) []byte {
	fill := strings.NewReplacer(
		"<aws.scheduler.schedule-arn>", s.ARN,
		"<aws.scheduler.scheduled-time>", at.UTC().Format(time.RFC3339),
		"<aws.scheduler.execution-id>", rand.Text(),
		"<aws.scheduler.attempt-number>", "1",
	)
	return []byte(fill.Replace(s.Input))
}

// ParseRule reads a schedule expression: rate(n unit), which counts from the schedule's creation, or cron(six fields),
// in UTC.
func ParseRule(expression string, created time.Time) (Rule, error) {
	kind, rest, ok := strings.Cut(expression, "(")
	text, closed := strings.CutSuffix(rest, ")")
	if !ok || !closed {
		return nil, fmt.Errorf("reading the schedule %q: neither rate(…) nor cron(…)", expression)
	}
	switch kind {
	case "rate":
		return parseRate(text, created)
	case "cron":
		return parseCron(text)
	}
	return nil, fmt.Errorf("reading the schedule %q: only rate and cron can be played", expression)
}

type rate struct {
	anchor time.Time
	every  time.Duration
}

func (r rate) Next(after time.Time) time.Time {
	if after.Before(r.anchor) {
		return r.anchor
	}
	passed := after.Sub(r.anchor) / r.every
	return r.anchor.Add((passed + 1) * r.every)
}

func parseRate(text string, created time.Time) (Rule, error) {
	number, unit, _ := strings.Cut(text, " ")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 {
		return nil, fmt.Errorf("reading rate(%s): it wants a positive number", text)
	}
	every, ok := map[string]time.Duration{
		"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour,
	}[strings.TrimSuffix(unit, "s")]
	if !ok {
		return nil, fmt.Errorf("reading rate(%s): it wants minutes, hours or days", text)
	}
	return rate{anchor: created.UTC(), every: time.Duration(n) * every}, nil
}
