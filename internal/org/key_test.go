package org_test

import (
	"errors"
	"strings"
	"testing"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/memory"
	"waybill/internal/org"
)

func TestBind(t *testing.T) {
	t.Parallel()
	c := memory.New(noon)
	o := create(t, c)
	_, binder := frankfurt(c)
	bound, err := binder.Bind(t.Context(), c.Act("sam"), o.ID, audit.Match(audit.Tag(o.Revision)), customerKey)
	if err != nil {
		t.Fatal(err)
	}
	if want := (org.Key{Mode: org.CustomerKey, ARN: customerKey, State: org.Usable}); bound.Key != want || bound.Revision != 2 {
		t.Errorf("bound %+v at revision %d", bound.Key, bound.Revision)
	}
	if told := c.Told(o.ID); len(told) != 2 || told[1] != audit.KeyBound {
		t.Errorf("on record: %v", told)
	}
}

// What KMS says of a key is the reason it is refused for, in the field and on record; the organisation keeps the key it
// has.
func TestKeyIsRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	for state, says := range map[org.KeyState]string{
		org.Absent:          "no such key",
		org.Disabled:        "disabled",
		org.PendingDeletion: "waiting to be deleted",
		org.Asymmetric:      "not a symmetric encryption key",
		org.NotPermitted:    "kms:GenerateDataKey",
		org.Unavailable:     "not available",
	} {
		c := memory.New(noon)
		o := create(t, c)
		c.SetKey(customerKey, state)
		refused(t, c, o, customerKey, state, says)
	}
}

// A refusal that cannot be put on record is not answered as one.
func TestRefusalIsNotRecorded(t *testing.T) {
	t.Parallel()
	c := memory.New(noon)
	o := create(t, c)
	c.SetKey(customerKey, org.Disabled)
	c.Decide(func(call string) memory.Fate {
		if strings.HasPrefix(call, "Note") {
			return memory.Lost
		}
		return memory.Heard
	})
	_, binder := frankfurt(c)
	if _, err := binder.Bind(t.Context(), c.Act("sam"), o.ID, "", customerKey); !errors.Is(err, memory.ErrSilence) || errors.Is(err, fault.KeyRefused) {
		t.Errorf("got %v", err)
	}
}

// A key of another region is refused without asking KMS, which would not find it.
func TestKeyOfAnotherRegion(t *testing.T) {
	t.Parallel()
	c := memory.New(noon)
	o := create(t, c)
	c.Decide(nil)
	refused(t, c, o, strings.Replace(customerKey, "eu-central-1", "us-east-1", 1), org.OtherRegion, "another region")
	for call := range c.Calls() {
		if strings.HasPrefix(call, "Prove") {
			t.Errorf("KMS was asked: %s", call)
		}
	}
}

func refused(t *testing.T, c *memory.Cell, o org.Organisation, keyARN string, rule org.KeyState, says string) {
	t.Helper()
	_, binder := frankfurt(c)
	_, err := binder.Bind(t.Context(), c.Act("sam"), o.ID, "", keyARN)
	var refusal *fault.Refusal
	if !errors.As(err, &refusal) || refusal.Kind != fault.KeyRefused || !strings.Contains(refusal.Detail, says) ||
		len(refusal.Fields) != 1 || refusal.Fields[0].Pointer != "/keyArn" || refusal.Fields[0].Rule != string(rule) {
		t.Errorf("%s: %v", rule, err)
	}
	last := c.Trail()[len(c.Trail())-1]
	if last.Action != audit.KeyRefused || last.Outcome != audit.Refused || last.Detail != string(rule) || last.Actor != "sam" || last.Organisation != o.ID {
		t.Errorf("%s: on record is %+v", rule, last)
	}
	if now, _ := c.Organisation(t.Context(), o.ID); now.Key != o.Key || now.Revision != o.Revision {
		t.Errorf("%s: the organisation is under %+v now", rule, now.Key)
	}
}

// A key is given by its ARN: whatever else is given is refused before anybody is asked.
func TestKeyARN(t *testing.T) {
	t.Parallel()
	for arn, isKey := range map[string]bool{
		customerKey: true,
		"arn:aws-cn:kms:eu-central-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab": true,
		"arn:aws:kms:eu-central-1:444455556666:key/mrk-1234abcd12ab34cd56ef1234567890ab":    true,
		"arn:aws:kms:eu-central-1:444455556666:key/azAZ09-":                                 true,
		"":                                     false,
		"1234abcd-12ab-34cd-56ef-1234567890ab": false,
		"alias/customer":                       false,
		"arn:aws:kms:eu-central-1:444455556666:alias/customer": false,
		"arn:aws:kms:eu-central-1:444455556666:key/":           false,
		"arn:aws:kms:eu-central-1:444455556666:key/a/b":        false,
		"arn:aws:kms:eu-central-1:444455556666:key/a b":        false,
		"arn:aws:kms:eu-central-1:444455556666:key/é":          false,
		"arn:aws:kms:eu-central-1:444455556666:key/a:b":        false,
		"arn:aws:kms:eu-central-1:44445555666:key/a":           false,
		"arn:aws:kms:eu-central-1:44445555666x:key/a":          false,
		"arn:aws:kms:eu-central-1::key/a":                      false,
		"arn:aws:kms::444455556666:key/a":                      false,
		"arn:aws:s3:eu-central-1:444455556666:key/a":           false,
		"arn:gcp:kms:eu-central-1:444455556666:key/a":          false,
		"arn:aws-\n:kms:eu-central-1:444455556666:key/a":       false,
		"arn:awsome:kms:eu-central-1:444455556666:key/a":       false,
		"urn:aws:kms:eu-central-1:444455556666:key/a":          false,
		" " + customerKey:  false,
		customerKey + "\n": false,
		"arn:aws:kms:eu-central-1:444455556666:key/" + strings.Repeat("a", 214): true,
		"arn:aws:kms:eu-central-1:444455556666:key/" + strings.Repeat("a", 215): false,
	} {
		c := memory.New(noon)
		o := create(t, c)
		_, binder := frankfurt(c)
		_, err := binder.Bind(t.Context(), c.Act("sam"), o.ID, "", arn)
		if isKey && err == nil {
			continue
		}
		var refusal *fault.Refusal
		if isKey || !errors.As(err, &refusal) || refusal.Kind != fault.BadInput || refusal.Fields[0].Pointer != "/keyArn" || refusal.Fields[0].Rule != "key-arn" {
			t.Errorf("%q: %v", arn, err)
		}
	}
}

// Nothing is written for an organisation that is not there, at a revision that has passed, or when KMS does not answer.
func TestBindIsRefused(t *testing.T) {
	t.Parallel()
	c := memory.New(noon)
	o := create(t, c)
	_, binder := frankfurt(c)
	if _, err := binder.Bind(t.Context(), c.Act("sam"), "org_nobody", "", customerKey); !errors.Is(err, fault.NotFound) {
		t.Errorf("an organisation that is not there: %v", err)
	}
	if _, err := binder.Bind(t.Context(), c.Act("sam"), o.ID, `"7"`, customerKey); !errors.Is(err, fault.Stale) {
		t.Errorf("a revision that has passed: %v", err)
	}
	c.Decide(func(call string) memory.Fate {
		if strings.HasPrefix(call, "Prove") {
			return memory.Lost
		}
		return memory.Heard
	})
	if _, err := binder.Bind(t.Context(), c.Act("sam"), o.ID, "", customerKey); !errors.Is(err, memory.ErrSilence) {
		t.Errorf("KMS does not answer: %v", err)
	}
	if told := c.Told(o.ID); len(told) != 1 {
		t.Errorf("on record: %v", told)
	}
}

// The same request twice binds once, whether or not it says which revision it saw. A refusal does not use the key up.
func TestBindOnce(t *testing.T) {
	t.Parallel()
	for _, match := range []audit.Match{"", `"1"`, "*"} {
		c := memory.New(noon)
		o := create(t, c)
		_, binder := frankfurt(c)
		c.SetKey(customerKey, org.Disabled)
		if _, err := binder.Bind(t.Context(), once(c.Act("sam"), "k"), o.ID, match, customerKey); !errors.Is(err, fault.KeyRefused) {
			t.Errorf("If-Match %s: %v", match, err)
		}
		c.SetKey(customerKey, org.Usable)
		for range 2 {
			bound, err := binder.Bind(t.Context(), once(c.Act("sam"), "k"), o.ID, match, customerKey)
			if err != nil || bound.Key.ARN != customerKey || bound.Revision != 2 {
				t.Errorf("If-Match %s: %+v, %v", match, bound, err)
			}
		}
	}
}

// Two who bind at once: one of them is told that the record has changed.
func TestBindAgainstAnother(t *testing.T) {
	t.Parallel()
	c := memory.New(noon)
	o := create(t, c)
	_, binder := frankfurt(c)
	interrupted := false
	c.Decide(func(call string) memory.Fate {
		if !interrupted && strings.HasPrefix(call, "BindKey") {
			interrupted = true
			if _, err := binder.Bind(t.Context(), c.Act("eve"), o.ID, "", operatorKey); err != nil {
				t.Error(err)
			}
		}
		return memory.Heard
	})
	if _, err := binder.Bind(t.Context(), c.Act("sam"), o.ID, "", customerKey); !errors.Is(err, fault.Stale) {
		t.Errorf("got %v", err)
	}
	if now, _ := c.Organisation(t.Context(), o.ID); now.Key.ARN != operatorKey {
		t.Errorf("the key is %s", now.Key.ARN)
	}
}
