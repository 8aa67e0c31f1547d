// Package policy holds the retention rules as data: what each covers, when its clock starts, how long it keeps, and
// where that is written.
//
// It is pure: facts in, deadline and rule out. A deadline is computed here and nowhere else, from the kind of the thing
// and the instants of what happened to it; nothing a customer edits reaches it. When several rules cover one thing, the
// earliest deadline wins. A legal hold moves no deadline: it suspends what the deadline leads to (package hold).
package policy

import "time"

// Day is twenty-four hours: the documents promise durations, not calendar days.
const Day = 24 * time.Hour

// Grace is how long after a deadline the backstops wait (DynamoDB's TTL, then S3's lifecycle), so that they act only
// when the scheduled purge had its chance and failed.
const Grace = Day

// Sweep is how often the scheduled purge comes by: what falls due is met that much later at the latest.
const Sweep = 15 * time.Minute

// Facts are all that decides until when a thing may be kept: what it is, and instants that are recorded once, by what
// happened. A zero instant did not happen.
type Facts struct {
	Subject   Subject
	Started   time.Time // when the clock of its own rule started
	Requested time.Time // when somebody asked for it to be purged at once
	Leaving   Subject   // OrgEvaluation or OrgPaid: what its organisation was when its termination was requested
	Left      time.Time // when that was
}

// Basis is why a thing is due when it is.
type Basis string

// The bases. Certificates carry them.
const (
	Schedule    Basis = "schedule"    // the deadline of its own rule
	Request     Basis = "request"     // somebody asked for its deletion
	Termination Basis = "termination" // the deadline of its organisation
)

// Verdict is until when a thing may be kept, by which rule, and why.
type Verdict struct {
	Rule     Rule
	DeleteBy time.Time
	Basis    Basis
}

// Judge finds the earliest deadline of a thing. Of two that fall together, its own rule's comes before a request, and
// that before its organisation's.
func Judge(f Facts) Verdict {
	own := Governing(f.Subject)
	v := Verdict{own, f.Started.Add(own.Keeps), Schedule}
	if !f.Requested.IsZero() && f.Requested.Before(v.DeleteBy) {
		v.DeleteBy, v.Basis = f.Requested, Request
	}
	if f.Left.IsZero() {
		return v
	}
	if ends := Deadline(f.Leaving, f.Left); ends.Before(v.DeleteBy) {
		v = Verdict{Governing(f.Leaving), ends, Termination}
	}
	return v
}

// Deadline is when a subject must be gone whose clock started at that instant.
func Deadline(s Subject, started time.Time) time.Time {
	return Judge(Facts{Subject: s, Started: started}).DeleteBy
}

// Gone is by when the scheduled purge has met what falls due at that deadline, as seen now.
func Gone(deadline, now time.Time) time.Time {
	if deadline.Before(now) {
		deadline = now
	}
	return deadline.Add(Sweep)
}

// Governing is the rule that ends first for a subject.
func Governing(s Subject) Rule { return earliest(Covering(s)) }

// earliest is the rule that ends first; among equals, the first listed.
func earliest(rules []Rule) Rule {
	first := rules[0]
	for _, r := range rules[1:] {
		if r.Keeps < first.Keeps {
			first = r
		}
	}
	return first
}
