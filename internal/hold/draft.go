package hold

import (
	"time"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/ident"
	"waybill/internal/text"
)

// Limits of what is said of a hold. Reviews are yearly at least: a hold that nobody looks at is storage without end.
const (
	MaxReason = 1000 // characters
	MaxReview = 366 * 24 * time.Hour
)

// Draft is what a security officer says of a new hold.
type Draft struct {
	Scope    string `json:"scope"` // org_…, mig_… or upl_…
	Reason   string `json:"reason"`
	ReviewBy string `json:"reviewBy"` // RFC 3339
}

// check answers when the hold is to be reviewed, or every rule that the draft breaks.
func (d Draft) check(now time.Time) (reviewBy time.Time, err error) {
	var broken fault.Fields
	known := ident.Valid(ident.Org, d.Scope) || ident.Valid(ident.Migration, d.Scope) || ident.Valid(ident.Upload, d.Scope)
	broken.Check(known, "/scope", "scope", "It must be the id of an organisation, a migration or an upload.")
	checkReason(&broken, d.Reason)
	reviewBy = checkReview(&broken, d.ReviewBy, now)
	return reviewBy, broken.Err()
}

func checkReason(broken *fault.Fields, reason string) {
	text.Line(broken, "/reason", reason, 1, MaxReason)
}

func checkReview(broken *fault.Fields, reviewBy string, now time.Time) time.Time {
	if !broken.Check(reviewBy != "", "/reviewBy", "required", "It must be said when the hold is to be looked at again.") {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, reviewBy)
	if broken.Check(err == nil, "/reviewBy", "time", "It must be a time as in RFC 3339, such as 2026-01-31T12:00:00Z.") {
		at = audit.At(at)
		broken.Check(at.After(now), "/reviewBy", "future", "It must be in the future.")
		broken.Check(!at.After(now.Add(MaxReview)), "/reviewBy", "max", "It may be at most 366 days ahead.")
	}
	return at
}

// Release is why a hold is released.
type Release struct {
	Reason string `json:"reason"`
}

func (r Release) check() error {
	var broken fault.Fields
	checkReason(&broken, r.Reason)
	return broken.Err()
}
