// Package holdings is the data map: for each thing of an organisation what it is, where it lies, under whose key, which
// rules cover it, until when it may be kept, what suspends that, and by when it will be gone.
//
// What is staged is told upload by upload. What lies in tables is told as a whole, since it goes as a whole, at the end of
// the organisation: records, idempotency keys, the audit trail, and the backups of all of them. What remains after that
// end is told too: certificates and the ledger, which hold no content and no person.
//
// It computes nothing about retention: deadlines are package policy's, holds package hold's. It looks at records and not
// into the bucket; that what lies there is what the records say is package purge's to prove.
package holdings

import (
	"time"

	"waybill/internal/hold"
	"waybill/internal/org"
	"waybill/internal/policy"
	"waybill/internal/upload"
)

// Kind is what sort of thing is held.
type Kind string

// The kinds, in the order in which they are listed.
const (
	Records      Kind = "records" // an organisation's, or one migration's
	Idempotency  Kind = "idempotency-keys"
	AuditTrail   Kind = "audit-trail"
	Certificates Kind = "certificates"
	Ledger       Kind = "ledger" // the public halves of both, which anybody may read: no content, no person, no key
	Backups      Kind = "backups"
	Staged       Kind = "staged" // the bytes of one upload
)

// Holding is one thing that is held.
type Holding struct {
	ID        string // of the organisation, the migration or the upload that it is of
	Kind      Kind
	Migration string
	State     string // of an upload
	Size      int64  // bytes, of an upload as it was stated
	Where     Place
	Rule      string    // the one that ends first; empty when none ends it
	Rules     []string  // all that cover it
	DeleteBy  time.Time // zero as long as no clock runs
	Basis     policy.Basis
	Holds     []string  // the ids of those in force over it
	PurgeBy   time.Time // by when it is gone if all goes well; zero while it is held, or no clock runs
	Remains   bool      // it outlives the organisation
}

// Place is where things lie.
type Place struct {
	Bucket string // of S3
	Table  string // of DynamoDB; one of both is named
	Region string
	KeyARN string // the KMS key that it lies under
}

// Cell is where a cell keeps what is not staged.
type Cell struct {
	Region  string
	KeyARN  string
	Records string // the table
	Audit   string // the table
	Ledger  string // the bucket
}

func (c Cell) table(name string) Place { return Place{Table: name, Region: c.Region, KeyARN: c.KeyARN} }

// subject is one organisation as the map sees it, at one moment.
type subject struct {
	org.Organisation
	holds []hold.Hold
	now   time.Time
}

// staged is the holding of an upload's bytes. An open offer is first ended by tick, which comes by as often as a sweep.
func (s subject) staged(u upload.Upload) Holding {
	u = u.At(s.now)
	facts := u.Facts(s.Termination)
	h := s.judged(facts, s.over(u.Migration, u.ID))
	h.ID, h.Kind, h.Migration, h.State, h.Size = u.ID, Staged, u.Migration, string(u.State), u.Size
	h.Where = Place{Bucket: u.Bucket, Region: u.Region, KeyARN: u.KMSKeyARN}
	if u.SealedAt.IsZero() && !h.PurgeBy.IsZero() {
		h.PurgeBy = h.PurgeBy.Add(policy.Sweep)
	}
	return h
}

// judged is what retention says of a thing whose clock runs.
func (s subject) judged(f policy.Facts, holds []string) Holding {
	v := policy.Judge(f)
	h := Holding{Rule: v.Rule.Name, DeleteBy: v.DeleteBy, Basis: v.Basis, Holds: holds}
	for _, r := range policy.Covering(f.Subject) {
		h.Rules = append(h.Rules, r.Name)
	}
	if s.Termination.Runs() {
		h.Rules = append(h.Rules, policy.Governing(s.Termination.Leaving).Name)
	}
	if len(holds) == 0 {
		h.PurgeBy = policy.Gone(v.DeleteBy, s.now)
	}
	return h
}

func (s subject) over(migration, upload string) []string {
	ids := []string{}
	for _, h := range hold.All(s.holds, s.ID, migration, upload) {
		ids = append(ids, h.ID)
	}
	return ids
}
