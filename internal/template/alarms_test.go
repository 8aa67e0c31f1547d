package template_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"waybill/internal/template"
)

func TestEveryAlarmIsInTheRunbook(t *testing.T) {
	t.Parallel()
	entries := entries(t)
	alarms := read(t).OfType("AWS::CloudWatch::Alarm")
	for name, alarm := range alarms {
		if !slices.Contains(entries, name) {
			t.Errorf("%s has no entry in the runbook", name)
		}
		if called := template.Nested[string](alarm, "AlarmName"); called != "${AWS::StackName}-"+name {
			t.Errorf("%s is called %s", name, called)
		}
	}
	for _, entry := range entries {
		if _, found := alarms[entry]; !found {
			t.Errorf("%s is in the runbook and not in the template", entry)
		}
	}
}

// entries lists the headings of the runbook's alarms. One may be several alarms, with commas between.
func entries(t *testing.T) (all []string) {
	text, err := os.ReadFile(root + "infra/RUNBOOK.md")
	if err != nil {
		t.Fatal(err)
	}
	_, alarms, found := strings.Cut(string(text), "\n## Alarms\n")
	if !found {
		t.Fatal("the runbook has no alarms")
	}
	alarms, _, _ = strings.Cut(alarms, "\n## ")
	for line := range strings.Lines(alarms) {
		if heading, is := strings.CutPrefix(line, "### "); is {
			all = append(all, strings.Split(strings.TrimSpace(heading), ", ")...)
		}
	}
	return all
}

// watched gives what alarms look at: metric, a space, and the thing it is of.
func watched(t *testing.T) []string {
	var all []string
	for _, alarm := range read(t).OfType("AWS::CloudWatch::Alarm") {
		for _, d := range template.Nested[[]any](alarm, "Dimensions") {
			dimension, _ := d.(map[string]any)
			of, _ := dimension["Value"].(string)
			all = append(all, template.Nested[string](alarm, "MetricName")+" "+of)
		}
	}
	return all
}

func TestEveryFailureIsWatched(t *testing.T) {
	t.Parallel()
	it, watched := read(t), watched(t)
	want := []string{"OverdueSeconds AWS::StackName", "PurgeFailed AWS::StackName", "OverdueHoldReviews AWS::StackName", "Invocations TickFunction", "5xx Api"}
	for id := range it.OfType("AWS::Serverless::Function") {
		want = append(want, "Errors "+id, "Throttles "+id)
	}
	for id := range it.OfType("AWS::SQS::Queue") {
		if strings.HasSuffix(id, "DeadLetters") {
			want = append(want, "ApproximateNumberOfMessagesVisible "+id+".QueueName")
		}
	}
	for _, w := range want {
		if !slices.Contains(watched, w) {
			t.Errorf("no alarm looks at %s", w)
		}
	}
}
