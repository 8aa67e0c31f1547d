package org_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/memory"
	"waybill/internal/org"
	"waybill/internal/policy"
)

// leaving is an organisation on that plan, and the terminator of its cell.
func leaving(t *testing.T, plan org.Plan) (*memory.Cell, org.Terminator, org.Organisation) {
	t.Helper()
	c := memory.New(noon)
	registrar, _ := frankfurt(c)
	o, err := registrar.Create(t.Context(), c.Act("olive"), org.Draft{Name: "Nordwind", Location: "eu", Plan: plan})
	if err != nil {
		t.Fatal(err)
	}
	return c, org.Terminator{Records: c}, o
}

// The clock runs 15 days on the plan evaluation and 60 on the plan paid, from the request on.
func TestTermination(t *testing.T) {
	t.Parallel()
	for plan, days := range map[org.Plan]int{org.Evaluation: 15, org.Paid: 60} {
		c, terminator, o := leaving(t, plan)
		if _, err := terminator.Get(t.Context(), o.ID); !errors.Is(err, fault.NotFound) {
			t.Errorf("%s: before it is requested: %v", plan, err)
		}
		c.Advance(time.Hour)
		got, err := terminator.Request(t.Context(), c.Act("ada"), o.ID, "", org.Ask{Reason: "We have moved"})
		end := got.Termination
		if err != nil || end.DeleteBy != c.Now().Add(time.Duration(days)*policy.Day) || end.RequestedAt != c.Now() || end.RequestedBy != "ada" ||
			end.Reason != "We have moved" || got.Revision != 2 {
			t.Errorf("%s: requested %+v, %v", plan, got, err)
		}
		if shown, err := terminator.Get(t.Context(), o.ID); err != nil || shown.Termination != end {
			t.Errorf("%s: shown %+v, %v", plan, shown, err)
		}
		c.Advance(time.Duration(days)*policy.Day - time.Millisecond)
		if err := terminator.Withdraw(t.Context(), c.Act("ada"), o.ID, ""); err != nil {
			t.Errorf("%s: withdrawn at the last moment: %v", plan, err)
		}
		if told := c.Told(o.ID); !slices.Equal(told, []audit.Action{audit.OrgCreated, audit.TerminationAsked, audit.TerminationOff}) {
			t.Errorf("on record: %v", told)
		}
	}
}

func TestTerminationIsRefused(t *testing.T) {
	t.Parallel()
	c, terminator, o := leaving(t, org.Evaluation)
	request := func(match audit.Match, reason string) error {
		_, err := terminator.Request(t.Context(), c.Act("ada"), o.ID, match, org.Ask{Reason: reason})
		return err
	}
	withdraw := func(match audit.Match) error {
		return terminator.Withdraw(t.Context(), c.Act("ada"), o.ID, match)
	}
	for _, step := range []struct {
		name string
		err  error
		want error
	}{
		{"without a reason", request("", ""), fault.BadInput},
		{"with a reason without end", request("", strings.Repeat("x", 1001)), fault.BadInput},
		{"at another revision", request(`"7"`, "Moved"), fault.Stale},
		{"withdrawn before it is requested", withdraw(""), fault.NotFound},
		{"requested", request(`"1"`, "Moved"), nil},
		{"requested again", request("", "Moved"), fault.Conflict},
		{"withdrawn at another revision", withdraw(`"1"`), fault.Stale},
		{"withdrawn", withdraw(`"2"`), nil},
		{"withdrawn again", withdraw(""), fault.NotFound},
		{"requested anew", request("", "Moved after all"), nil},
	} {
		if !errors.Is(step.err, step.want) {
			t.Errorf("%s: %v, want %v", step.name, step.err, step.want)
		}
	}
	c.Advance(15 * policy.Day)
	if err := withdraw(""); !errors.Is(err, fault.Conflict) {
		t.Errorf("withdrawn when its time is up: %v", err)
	}
	if _, err := terminator.Request(t.Context(), c.Act("ada"), "org_nobody", "", org.Ask{Reason: "x"}); !errors.Is(err, fault.NotFound) {
		t.Errorf("of nobody: %v", err)
	}
}

// The same request twice starts one clock, and the second moves nothing.
func TestTerminationOnce(t *testing.T) {
	t.Parallel()
	c, terminator, o := leaving(t, org.Paid)
	first, err := terminator.Request(t.Context(), once(c.Act("ada"), "k"), o.ID, `"1"`, org.Ask{Reason: "Moved"})
	if err != nil {
		t.Fatal(err)
	}
	c.Advance(time.Hour)
	again, err := terminator.Request(t.Context(), once(c.Act("ada"), "k"), o.ID, `"1"`, org.Ask{Reason: "Moved"})
	if err != nil || again.Termination != first.Termination {
		t.Errorf("requested again: %+v, %v", again, err)
	}
	for range 2 {
		if err := terminator.Withdraw(t.Context(), once(c.Act("ada"), "l"), o.ID, `"2"`); err != nil {
			t.Errorf("withdrawn: %v", err)
		}
	}
	if _, err := terminator.Request(t.Context(), once(c.Act("ada"), "k"), o.ID, `"1"`, org.Ask{Reason: "Moved"}); !errors.Is(err, fault.Conflict) {
		t.Errorf("the first request again, after the withdrawal: %v", err)
	}
}

// A plan that changes afterwards moves no deadline, and neither does a new key.
func TestADeadlineStaysWhereItIs(t *testing.T) {
	t.Parallel()
	c, terminator, o := leaving(t, org.Evaluation)
	_, binder := frankfurt(c)
	before, err := terminator.Request(t.Context(), c.Act("ada"), o.ID, "", org.Ask{Reason: "Moved"})
	if err != nil {
		t.Fatal(err)
	}
	after, err := binder.Bind(t.Context(), c.Act("ada"), o.ID, "", customerKey)
	if err != nil || after.Termination != before.Termination {
		t.Errorf("under a new key: %+v, %v", after.Termination, err)
	}
	paid := after
	paid.Plan = org.Paid
	if err := c.BindKey(t.Context(), c.Act("olive"), after, paid); err != nil {
		t.Fatal(err)
	}
	now, err := terminator.Get(t.Context(), o.ID)
	if end := now.Termination; err != nil || end != before.Termination || policy.Deadline(end.Leaving, end.RequestedAt) != end.DeleteBy {
		t.Errorf("on another plan: %+v, %v", end, err)
	}
}
