package clockwork

import (
	"testing"
	"time"
)

func TestRules(t *testing.T) {
	t.Parallel()
	created := at("2026-01-01T00:07:30Z")
	for _, c := range []struct{ expression, after, next string }{
		{"rate(15 minutes)", "2026-01-01T00:00:00Z", "2026-01-01T00:07:30Z"},
		{"rate(15 minutes)", "2026-01-01T00:07:30Z", "2026-01-01T00:22:30Z"},
		{"rate(15 minutes)", "2026-01-14T23:59:00Z", "2026-01-15T00:07:30Z"},
		{"rate(1 hour)", "2026-01-01T01:00:00Z", "2026-01-01T01:07:30Z"},
		{"rate(2 days)", "2026-01-02T00:00:00Z", "2026-01-03T00:07:30Z"},
		{"cron(0 6 * * ? *)", "2026-01-01T06:00:00Z", "2026-01-02T06:00:00Z"},
		{"cron(*/20 6-7 * * ? *)", "2026-01-01T06:41:00Z", "2026-01-01T07:00:00Z"},
		{"cron(10/25 * * * ? *)", "2026-01-01T06:10:00Z", "2026-01-01T06:35:00Z"},
		{"cron(0 6 1 1,4,7,10 ? *)", "2026-01-01T06:00:00Z", "2026-04-01T06:00:00Z"},
		{"cron(0 6 ? * 2 *)", "2026-01-01T00:00:00Z", "2026-01-05T06:00:00Z"},
		{"cron(0 0 29 2 ? *)", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"},
		{"cron(0 0 1 1 ? 2025)", "2026-01-01T00:00:00Z", "2200-01-01T00:00:00Z"},
	} {
		rule, err := ParseRule(c.expression, created)
		if err != nil {
			t.Errorf("%s: %v", c.expression, err)
			continue
		}
		if next := rule.Next(at(c.after)); !next.Equal(at(c.next)) {
			t.Errorf("%s after %s falls due at %v, want %s", c.expression, c.after, next, c.next)
		}
	}
}

func TestRulesThatCannotBePlayed(t *testing.T) {
	t.Parallel()
	for _, expression := range []string{
		"", "daily", "rate(0 minutes)", "rate(-1 hours)", "rate(5 fortnights)", "rate(5 minutes", "rate(5)",
		"at(2026-01-01T00:00:00)", "cron(0 6 * * ?)", "cron(60 6 * * ? *)", "cron(0 6 L * ? *)", "cron(0 6 ? * MON *)",
		"cron(*/0 6 * * ? *)", "cron(0 8-6x * * ? *)", "cron(0 8-6 * * ? *)",
	} {
		if rule, err := ParseRule(expression, time.Time{}); err == nil {
			t.Errorf("%q is %v", expression, rule)
		}
	}
}

func TestContextAttributesOfAnInput(t *testing.T) {
	t.Parallel()
	s := Schedule{
		ARN:   "arn:aws:scheduler:::schedule/default/purge",
		Input: `{"at":"<aws.scheduler.scheduled-time>","by":"<aws.scheduler.schedule-arn>"}`,
	}
	const want = `{"at":"2026-01-01T00:15:00Z","by":"arn:aws:scheduler:::schedule/default/purge"}`
	if got := string(s.event(at("2026-01-01T00:15:00Z"))); got != want {
		t.Errorf("sent %s, want %s", got, want)
	}
}

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}
