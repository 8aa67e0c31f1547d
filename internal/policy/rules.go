package policy

import "time"

// Rule is one line of the retention table.
type Rule struct {
	Name   string
	Covers string
	Clock  string // what starts it
	Keeps  time.Duration
	// Floor and Ceiling are what the source allows, where it says so: "after 15 days" is not before, "up to 14 days" is
	// not longer. Zero where it says nothing.
	Floor, Ceiling time.Duration
	Newest         int // how many of a thing's are kept at most; zero for all
	Source         string
}

// The rules. A name, once given, stays: records, S3 keys and certificates carry it.
//
// Sources are the incumbent's public documents, which the product implements: S0 is their migration trust FAQ, S2 their
// Portfolio insights security page, S3 their page on managing migrations, S4 their BYOK data types. Where those are
// silent, D is their documentation for vendors and admins. The others are ours.
var (
	TransitMigration = Rule{Name: "transit.migration", Covers: "staged migration data", Clock: "sealed", Keeps: 14 * Day, Ceiling: 14 * Day,
		Source: `S0: "data is temporarily stored 'in-transit' … for a period of up to 14 days"`}
	TransitOther = Rule{Name: "transit.other", Covers: "cached content, automation rules, product logs, account data in transit", Clock: "written", Keeps: 30 * Day, Ceiling: 30 * Day,
		Source: `S0: "data in transit time can be up to 30 days"; S4: "Data in transit (up to 30 days)"`}
	Debug = Rule{Name: "debug", Covers: "data held for debugging a migration, raw support bundles", Clock: "sealed", Keeps: 14 * Day, Ceiling: 14 * Day,
		Source: `S0: "limited data for debugging purposes, this data is purged after 14 days"`}
	Evaluation = Rule{Name: "org.evaluation", Covers: "everything of an organisation on the plan evaluation", Clock: "termination or request", Keeps: 15 * Day, Floor: 15 * Day,
		Source: `S0: "Upon termination or at your request … deletes your data … after a specified period (15 days for evaluation sites or 60 days for paid sites)"`}
	Paid = Rule{Name: "org.paid", Covers: "everything of an organisation on the plan paid", Clock: "termination or request", Keeps: 60 * Day, Floor: 60 * Day,
		Source: Evaluation.Source}
	Backup = Rule{Name: "backup", Covers: "encrypted backups", Clock: "deletion of the original", Keeps: 90 * Day, Ceiling: 90 * Day,
		Source: `S0: "might remain in our encrypted backups for up to 90 days … If a restore is needed within this period, any deleted data is promptly re-deleted"`}
	LinkKey = Rule{Name: "link-key", Covers: "security keys of instances", Clock: "issue", Keeps: 30 * Day, Ceiling: 30 * Day,
		Source: `S2: "The key is valid for 30 days, after which you'll need to regenerate it"`}
	AppLog = Rule{Name: "app.log", Covers: "events of an app's transfer", Clock: "event", Keeps: 30 * Day, Ceiling: 30 * Day, Newest: 4000,
		Source: `S3: "Log files have a 30-day event history limit"; "Each log file is limited to the latest 4000 events"`}
	AppRerun = Rule{Name: "app.rerun", Covers: "the window in which an app can be run again", Clock: "first start", Keeps: 12 * Day, Ceiling: 12 * Day,
		Source: `S3: "Re-run the app migration within 12 days of when you first started running the original migration"`}
	AppTimeout = Rule{Name: "app.timeout", Covers: "a transfer that its app has not settled", Clock: "first notification", Keeps: 14 * Day,
		Source: "D: a transfer lives for 14 days, then it has timed out"}
	Assessment = Rule{Name: "assessment", Covers: "readiness assessments", Clock: "collection", Keeps: 730 * Day, Ceiling: 730 * Day,
		Source: `S2: "Assessment data used for cloud readiness is stored for up to 2 years, after which it's automatically deleted"`}
	Metrics = Rule{Name: "metrics", Covers: "health metrics", Clock: "collection", Keeps: 730 * Day, Ceiling: 730 * Day,
		Source: `S2: "Data is securely stored … for 2 years, then automatically deleted"`}
	Offer = Rule{Name: "offer", Covers: "an upload that was offered and never completed", Clock: "offered", Keeps: Day,
		Source: "ours: an unfinished transfer is nobody's data after a day"}
	Idempotency = Rule{Name: "idempotency", Covers: "replay protection", Clock: "write", Keeps: Day,
		Source: "ours: Idempotency-Key is honoured for 24 hours"}
	CheckCache = Rule{Name: "check-cache", Covers: "passed checks", Clock: "write", Keeps: 12 * time.Hour,
		Source: "D: a check that passed is not made again for 12 hours"}
)

// Rules lists the whole table.
func Rules() []Rule {
	return []Rule{TransitMigration, TransitOther, Debug, Evaluation, Paid, Backup, LinkKey, AppLog, AppRerun, AppTimeout,
		Assessment, Metrics, Offer, Idempotency, CheckCache}
}

// Named is the rule of that name.
func Named(name string) (Rule, bool) {
	for _, r := range Rules() {
		if r.Name == name {
			return r, true
		}
	}
	return Rule{}, false
}
