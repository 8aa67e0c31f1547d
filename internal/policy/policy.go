// Package policy holds the retention rules as data: what each covers, when its clock starts, how long it keeps, and
// where that is written.
//
// It is pure: facts in, deadline and rule out. A deadline is computed here and nowhere else, from the kind of the thing
// and the instant its clock started; nothing a customer edits reaches it. When several rules cover one thing, the
// earliest deadline wins.
//
// Sources are the incumbent's public documents, which the product implements: S0 is their migration trust FAQ, S2
// their Portfolio insights security page, S4 their BYOK data types.
package policy

import "time"

// Day is twenty-four hours: the documents promise durations, not calendar days.
const Day = 24 * time.Hour

// Rule is one line of the retention table.
type Rule struct {
	Name   string
	Covers string
	Clock  string // what starts it
	Keeps  time.Duration
	Source string
}

// Subject is what a rule may cover.
type Subject string

// The subjects known so far.
const (
	RawBundle        Subject = "support-zip"
	MigrationExport  Subject = "export"
	AssessmentFile   Subject = "assessment"
	OtherTransit     Subject = "other"
	UnmatchedArrival Subject = "unmatched"
	OpenOffer        Subject = "offer"
	ReplayProtection Subject = "idempotency"
)

// The rules. A name, once given, stays: records and S3 keys carry it.
var (
	TransitMigration = Rule{"transit.migration", "staged migration data", "sealed", 14 * Day,
		`S0: "temporarily stored 'in-transit' … for a period of up to 14 days"`}
	TransitOther = Rule{"transit.other", "cached content, automation rules, product logs, account data in transit", "written", 30 * Day,
		`S0: "data in transit time can be up to 30 days"; S4: "Data in transit (up to 30 days)"`}
	Debug = Rule{"debug", "data held for debugging a migration, raw support bundles", "sealed", 14 * Day,
		`S0: "limited data for debugging purposes … purged after 14 days"`}
	Assessment = Rule{"assessment", "readiness assessments", "collection", 730 * Day,
		`S2: "stored for up to 2 years, after which it's automatically deleted"`}
	Offer = Rule{"offer", "an upload that was offered and never completed", "offered", Day,
		"ours: an unfinished transfer is nobody's data after a day"}
	Idempotency = Rule{"idempotency", "replay protection", "write", Day,
		"ours: Idempotency-Key is honoured for 24 hours"}
)

// Rules lists the whole table.
func Rules() []Rule {
	return []Rule{TransitMigration, TransitOther, Debug, Assessment, Offer, Idempotency}
}

// covering says which rules cover a subject. An unmatched arrival may be anyone's migration data or a bundle, so both
// of their rules bind it.
func covering(s Subject) []Rule {
	switch s {
	case RawBundle:
		return []Rule{Debug}
	case MigrationExport:
		return []Rule{TransitMigration}
	case AssessmentFile:
		return []Rule{Assessment}
	case UnmatchedArrival:
		return []Rule{TransitMigration, Debug}
	case OpenOffer:
		return []Rule{Offer}
	case ReplayProtection:
		return []Rule{Idempotency}
	default:
		return []Rule{TransitOther}
	}
}

// Governing is the rule that ends first for a subject.
func Governing(s Subject) Rule { return earliest(covering(s)) }

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

// Deadline is when a subject must be gone whose clock started at that instant.
func Deadline(s Subject, started time.Time) time.Time {
	return started.Add(Governing(s).Keeps)
}

// Grace is how long after a deadline the backstops wait (DynamoDB's TTL, then S3's lifecycle), so that they act only
// when the scheduled purge had its chance and failed.
const Grace = Day
