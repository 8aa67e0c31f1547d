// Package restore keeps a restore from backup from bringing back what was certified to be gone.
//
// The ledger is what it goes by: its entry bundles hold every certificate ever written, and neither they nor the ledger's
// table are ever restored. (The audit table may have been, to a time before a certificate was written; so nothing is asked
// of it.) A [Replayer] reads all of them, then all records and the whole bucket, and whatever belongs to something
// certified is erased again:
//
//  1. a note of what was found, under its certificate;
//  2. DeleteObjects and AbortMultipartUpload of all that a look at the certificate's keys found;
//  3. another look, which must find nothing;
//  4. the addendum, signed, in one transaction with the records that say PURGED again and the end of the note.
//
// A crash between any two calls leaves the note, so that there is no erasure without its addendum, and none is counted
// twice; the next replay ends in the same state. What cannot be erased stops nothing else. A call does as much as fits
// into one invocation and answers where the next one goes on.
//
// An organisation that had ended ends once more, and all that lies under a key of its goes with it. Versions that no
// record speaks of and no certificate covers, such as those that were sealed after the time to which the records were
// restored, are handed to package upload as if S3 reported them now: they are sealed, taken in or quarantined, their clock
// starting when they were put, and are purged in their time. None is passed over.
//
// # What is certified
//
// A key of our choosing ends with the id of its upload, and certificates name uploads by id: all that lies under such a
// key is known again, under whatever version. The keys of hand drops are chosen by others. There a certificate states the
// digest of bucket, key and version, so the same version is known again; the same bytes under a new version are not. Nobody
// stated their content, a digest of the key alone would let anybody try out names of files, and a new file of the same
// name may be another one. They become a new upload, with a clock of its own.
//
// What is certified is gone, under a hold or not: it was when the certificate was written, and a hold that came back with
// the records was released before.
//
// It restores nothing itself, and does not keep the API closed: infra/RUNBOOK.md has the procedure.
package restore

import (
	"context"
	"time"

	"waybill/internal/audit"
	"waybill/internal/certificate"
	"waybill/internal/ledger"
	"waybill/internal/purge"
	"waybill/internal/upload"
)

// Replayer deletes again what was certified.
type Replayer struct {
	Archive  Archive
	Bucket   Bucket
	Objects  Objects
	Records  Records
	Endings  Endings
	Receiver Receiver
	Signer   ledger.Signer
	Place    purge.Place
	Now      func() time.Time
	Landed   func(time.Time) time.Time // an instant of S3's clock by the cell's
	Most     int                       // about how many certificates one call deals with; zero is as many as an invocation has time for
}

// Archive is every leaf of the ledger.
type Archive interface {
	// Each hands on every leaf in order, and ends with the first error; also when they are not what the checkpoint signs.
	Each(ctx context.Context, do func(index int64, data []byte) error) error
	At(ctx context.Context, index int64) ([]byte, error)
}

// Bucket is all that lies in the staging bucket, in the order of keys.
type Bucket interface {
	// Versions lists a page of versions and delete markers that stand behind a mark; the zero mark is before the first.
	Versions(ctx context.Context, after Mark) (page []Version, next Mark, more bool, err error)
	// Unfinished lists a page of multipart uploads that were neither completed nor aborted.
	Unfinished(ctx context.Context, after Mark) (page []purge.Unfinished, next Mark, more bool, err error)
}

// Objects is S3 as a replay may use it: see package purge, which has the same.
type Objects interface {
	Erase(ctx context.Context, versions []purge.Version) (refused map[purge.Version]error, err error)
	Abort(ctx context.Context, uploads []purge.Unfinished) error
	Look(ctx context.Context, prefix string, keys []string) (purge.Remains, error)
}

// Mark is a place in a listing: where a page ended.
type Mark struct {
	Key string `json:"key"`
	ID  string `json:"id"`
}

// Version is one version of an object, or a delete marker.
type Version struct {
	purge.Version
	Marker bool
	Size   int64
	Put    time.Time // by S3's clock
}

// Receiver takes in what no record and no certificate knows.
type Receiver interface {
	Arrived(ctx context.Context, act audit.Act, a upload.Arrival) error
}

// Records is what a Replayer needs of the store.
type Records interface {
	// EachUpload hands on every upload's record, and ends with the first error.
	EachUpload(ctx context.Context, do func(upload.Upload) error) error
	// Found notes what came back of a certificate, over an earlier note, with an audit entry.
	Found(ctx context.Context, act audit.Act, f Finding) error
	// OpenFindings are the notes whose addendum was not written yet.
	OpenFindings(ctx context.Context) ([]Finding, error)
	// Amend writes the records that are gone again, the audit entry of each, the addendum, and takes the note away; all of
	// it, or fault.Stale and nothing.
	Amend(ctx context.Context, act audit.Act, f Finding, gone []purge.Gone, addendum certificate.Certificate) error
}

// Endings is what a Replayer needs of the store to end organisations again.
type Endings interface {
	// EachOrganisation hands on every organisation of which more is on record than that it has ended, and how many records.
	EachOrganisation(ctx context.Context, do func(id string, records int) error) error
	// EraseRecords and Left are as package purge has them.
	EraseRecords(ctx context.Context, organisation string) (map[string]int, error)
	Left(ctx context.Context, organisation string) (n int, sealingKey []byte, err error)
	// EndAgain puts the mark of an ended organisation back, destroys its sealing key, writes the addendum, and takes the note
	// away.
	EndAgain(ctx context.Context, act audit.Act, f Finding, addendum certificate.Certificate) error
}

// Finding is what came back of one certificate, since its last addendum.
type Finding struct {
	Certificate string
	Leaf        int64           // where it stands in the ledger
	Org         string          // empty for what matched no organisation
	Keys        map[string]Came // of objects
	Uploads     []string        // whose records said something else than PURGED, sorted
	Records     int             // of an organisation that had ended
}

// Came is how much lay under one key.
type Came struct{ Versions, Unfinished int }

// Report is what a replay did.
type Report struct {
	Certificates  int      `json:"certificates"`  // in the ledger
	Records       int      `json:"records"`       // looked at
	Versions      int      `json:"versions"`      // looked at, with unfinished multipart uploads
	Found         int      `json:"found"`         // how often something of a certificate had come back
	Addenda       int      `json:"addenda"`       // written
	Organisations int      `json:"organisations"` // ended again
	Orphans       int      `json:"orphans"`       // versions that no record spoke of, handed on
	Left          int      `json:"left"`          // of what was found or handed on: what is still there, or may be
	Why           []string `json:"why,omitempty"` // of the first that are left
}

// With is what two calls did together. What is certified and on record is the same for both.
func (r Report) With(next Report) Report {
	next.Versions += r.Versions
	next.Found += r.Found
	next.Addenda += r.Addenda
	next.Organisations += r.Organisations
	next.Orphans += r.Orphans
	next.Left += r.Left
	next.Why = append(r.Why, next.Why...)
	next.Why = next.Why[:min(len(next.Why), reasons)]
	return next
}

// reasons is how many of them a report holds.
const reasons = 10

// Cursor is how far a replay is. The zero Cursor is its beginning.
type Cursor struct {
	Walked bool `json:"walked,omitempty"` // all versions; the mark is among the unfinished multipart uploads
	Mark
}

// Progress is what one call did, and where the next goes on.
type Progress struct {
	Report
	Cursor Cursor `json:"cursor"`
	Done   bool   `json:"done"` // there is nothing to go on with
}

// most is how many certificates one call deals with, and pages how many of the bucket's listing it walks: within a quarter
// of an hour, each by a multiple.
const (
	most  = 5000
	pages = 1000
)

// Replay goes on from the cursor, and from the zero Cursor does it all unless it is too much for one call. An error ends
// the call, and it can be repeated with the same cursor; what failed for one certificate alone is told in the report.
func (r Replayer) Replay(ctx context.Context, act audit.Act, from Cursor) (Progress, error) {
	if r.Most == 0 {
		r.Most = most
	}
	p := &replay{Replayer: r, act: act, known: known{}, noted: map[string]Finding{}, back: map[string]*comeback{}, failed: map[string]bool{}}
	at, done, err := p.run(ctx, from)
	return Progress{p.report, at, done}, err
}
