// Package upload is about staged bytes: what was offered, what arrived, under whose key it lies and until when.
//
// An upload is PENDING from the moment it is offered, SEALED when its bytes are in S3, and PURGED when they are proven
// gone. One that was never completed is EXPIRED after a day. What arrives without having been offered is either a hand
// drop under drop/{organisation}/ and becomes an upload, or it matches nothing and is QUARANTINED, under no
// organisation. The bytes themselves go from the client to S3 under URLs signed here for exactly one key, size, digest
// and KMS key; they never pass through a function.
//
// Three use cases, for three functions: a Stager offers, signs and completes (api), a Receiver seals what S3 reports
// (intake), an Expirer ends what was never completed (tick). None of them can delete a byte: that is package purge's.
package upload

import (
	"cmp"
	"time"

	"waybill/internal/org"
	"waybill/internal/policy"
)

// State is where an upload stands.
type State string

// The states.
const (
	Pending     State = "PENDING"
	Sealed      State = "SEALED"
	Expired     State = "EXPIRED"     // never completed
	Quarantined State = "QUARANTINED" // matched nothing; of no organisation
	Purged      State = "PURGED"
)

// Kind is what the customer says the file is; it decides the retention rule.
type Kind string

// The kinds. Unmatched is never said by anyone: it is what a quarantined object is.
const (
	SupportZip Kind = "support-zip"
	Export     Kind = "export"
	Assessment Kind = "assessment"
	Other      Kind = "other"
	Unmatched  Kind = "unmatched"
)

func (k Kind) subject() policy.Subject { return policy.Subject(k) }

// Method is how the bytes travel.
type Method string

// The methods.
const (
	Single    Method = "single"    // one PUT
	Multipart Method = "multipart" // parts of PartSize bytes, the last one shorter
)

// Upload is the record of one.
type Upload struct {
	ID        string
	Org       string // empty when quarantined
	Migration string // empty when it belongs to the organisation as a whole
	FileName  string
	Size      int64
	Kind      Kind
	State     State
	Method    Method
	Receipt   string // SHA-256 of the receipt of its redaction, in base64; empty when none was stated
	SHA256    string // of the whole file, as the client states it; S3 enforces it for Single, per part for Multipart
	PartSize  int64  // bytes; Multipart only
	Parts     int    // Multipart only

	Region    string
	Bucket    string
	ObjectKey string
	VersionID string // known once sealed
	UploadID  string // S3's id of the multipart upload, once opened
	KMSKeyARN string
	Rule      string // the retention rule that governs it

	CreatedAt         time.Time
	SealedAt          time.Time
	ExpiredAt         time.Time
	PurgedAt          time.Time
	DeleteBy          time.Time // the deadline by the rule; computed by package policy, never edited
	DeleteRequestedAt time.Time // when somebody asked for it to be purged at once
	Due               time.Time // when the next sweep must look at it; zero when nothing is left to do
	Shelved           bool      // due, and under a legal hold when a sweep met it
	InspectedAt       time.Time // when it was read, and what was found written down
	Certificate       string    // of its latest deletion; of what came back since, an earlier one
	Revision          int       // counts changes; an ETag shows it, a write is conditional on it
}

// At shows an upload as it is at that time: an offer past its deadline is expired, whether or not the schedule came by.
func (u Upload) At(now time.Time) Upload {
	if u.State == Pending && !now.Before(u.DeleteBy) {
		u.State, u.ExpiredAt = Expired, u.DeleteBy
	}
	return u
}

// Holdable tells whether there is, or may be, anything of it to be held: until it has ended.
func (u Upload) Holdable() bool { return u.State == Pending || u.State == Sealed }

// Facts are what decides until when the upload may be kept, in an organisation of that termination. What was never
// sealed is kept as an offer.
func (u Upload) Facts(t org.Termination) policy.Facts {
	f := policy.Facts{Subject: u.Kind.subject(), Started: u.SealedAt, Requested: u.DeleteRequestedAt, Leaving: t.Leaving, Left: t.RequestedAt}
	if u.SealedAt.IsZero() {
		f.Subject, f.Started = policy.OpenOffer, u.CreatedAt
	}
	return f
}

// PartLength is how many bytes part number n (from 1) has; zero when there is no such part.
func (u Upload) PartLength(n int) int64 {
	switch {
	case n < 1 || n > u.Parts:
		return 0
	case n == u.Parts:
		return u.Size - int64(n-1)*u.PartSize
	default:
		return u.PartSize
	}
}

// sealed is u once its bytes are in S3 as that version: the clock of its rule starts.
func (u Upload) sealed(version string, at time.Time) Upload {
	u.State, u.VersionID, u.SealedAt = Sealed, version, at
	u.Rule = policy.Governing(u.Kind.subject()).Name
	u.DeleteBy = policy.Deadline(u.Kind.subject(), at)
	u.Due = u.DeleteBy
	u.Revision++
	return u
}

// expired is u when it will not be completed any more; what it may have left in S3 is due at once, if it was not before.
func (u Upload) expired(at time.Time) Upload {
	u.State, u.ExpiredAt = Expired, at
	if u.Due.IsZero() || u.Due.After(at) {
		u.Due = at
	}
	u.Revision++
	return u
}

// due is u when whatever lies under its key must go with the next sweep.
func (u Upload) due(at time.Time) Upload {
	u.Due = at
	u.Revision++
	return u
}

// returned is u when bytes came under its key although it is due or had ended: they are not gone, and must be. Of what was
// never sealed, that version is the first that is known.
func (u Upload) returned(version string, at time.Time) Upload {
	if u.State == Purged {
		u.State = Sealed
	}
	u.VersionID = cmp.Or(u.VersionID, version)
	u.PurgedAt, u.Shelved = time.Time{}, false // what is held is met, and shelved, anew
	if u.Due.IsZero() || u.Due.After(at) {
		u.Due = at
	}
	u.Revision++
	return u
}

// Inspectable tells whether an upload is to be read: a support bundle that was not read yet, and is not about to go.
func (u Upload) Inspectable(now time.Time) bool {
	return u.State == Sealed && u.Kind == SupportZip && u.InspectedAt.IsZero() && u.VersionID != "" && !u.Shelved && u.Due.After(now)
}

// Inspected is u when it was read.
func (u Upload) Inspected(at time.Time) Upload {
	u.InspectedAt = at
	u.Revision++
	return u
}

// Gone is u when its bytes were erased and a second look found nothing, as that certificate says; none says it where
// there never was anything. An expired one stays EXPIRED: it never held what it was offered for.
func (u Upload) Gone(at time.Time, certificate string) Upload {
	if u.State != Expired {
		u.State = Purged
	}
	u.PurgedAt, u.Due, u.Shelved, u.Certificate = at, time.Time{}, false, certificate
	u.Revision++
	return u
}

// By is u as it is purged at the end of its organisation: by that rule, due then unless it was before.
func (u Upload) By(rule string, due time.Time) Upload {
	if u.Due.After(due) {
		u.Rule, u.Due = rule, due
	}
	return u
}

// Shelve is u when it is due and under a legal hold: it waits for the release, and TTL leaves it alone.
func (u Upload) Shelve() Upload {
	u.Shelved = true
	u.Revision++
	return u
}

// Back is u when its record had been removed, and is written again.
func (u Upload) Back() Upload {
	u.Revision++
	return u
}
