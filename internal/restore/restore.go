// Package restore keeps a restore from backup from bringing back what was certified to be gone.
//
// The ledger is what it goes by: its entry bundles hold every certificate ever written, and neither they nor the ledger's
// table are ever restored. (The audit table may have been, to a time before a certificate was written; so nothing is asked
// of it.) A [Replayer] reads all of them, walks the whole bucket and all records, and whatever belongs to something
// certified is erased again and looked for again; its record says PURGED again, and each certificate that was concerned
// gets a dated addendum. An organisation that had ended ends once more. Bytes that belong to no record and no certificate,
// as those that were sealed after the time to which the records were restored, are handed to package upload, which
// quarantines them: they are purged in their time, and never forgotten.
//
// Before anything is erased, what was found is noted under its certificate, so that a crash leaves no erasure without its
// addendum. Each step can be repeated; a replay that was cut off is simply run again, and finds less.
//
// A hand drop that comes back under another version id is not known again: nobody stated its content, and a new file of
// the same name may be another one. It becomes a new upload of its organisation, with a clock of its own.
//
// It restores nothing itself, and does not keep the API closed: infra/RUNBOOK.md has the procedure.
package restore

import (
	"context"
	"errors"
	"time"

	"waybill/internal/audit"
	"waybill/internal/certificate"
	"waybill/internal/org"
	"waybill/internal/purge"
	"waybill/internal/upload"
)

// Replayer deletes again what was certified.
type Replayer struct {
	Archive  Archive
	Bucket   Bucket
	Records  Records
	Objects  purge.Objects
	Receiver Receiver
	Signer   Signer
	Place    purge.Place
	Now      func() time.Time
}

// Archive is every leaf of the ledger.
type Archive interface {
	Each(ctx context.Context, do func(index int64, data []byte) error) error
	At(ctx context.Context, index int64) ([]byte, error)
}

// Bucket is all that lies in the staging bucket.
type Bucket interface {
	// All hands on every version, delete marker and unfinished multipart upload, page by page.
	All(ctx context.Context, do func(purge.Remains) error) error
}

// Signer signs addenda.
type Signer interface {
	certificate.Signer
	KeyID(ctx context.Context) (string, error)
}

// Receiver takes in what no record and no certificate knows.
type Receiver interface {
	Arrived(ctx context.Context, act audit.Act, a upload.Arrival) error
}

// Records is what a Replayer needs of the store.
type Records interface {
	// EachUpload hands on every upload's record, and EachOrganisation every organisation's.
	EachUpload(ctx context.Context, do func(upload.Upload) error) error
	EachOrganisation(ctx context.Context, do func(org.Organisation) error) error
	// Found notes what came back of a certificate, with its audit entry, over an earlier note.
	Found(ctx context.Context, act audit.Act, f Finding) error
	// OpenFindings are the notes whose addendum was not written yet.
	OpenFindings(ctx context.Context) ([]Finding, error)
	// Amend writes the records that are gone again, the audit entry of each, the addendum, and takes the note away; all of
	// it, or fault.Stale and nothing.
	Amend(ctx context.Context, act audit.Act, f Finding, gone []purge.Gone, addendum certificate.Certificate) error
	// EraseRecords and Left are as package purge has them.
	EraseRecords(ctx context.Context, organisation string) (map[string]int, error)
	Left(ctx context.Context, organisation string) (n int, sealingKey []byte, err error)
	// EndAgain puts the mark of an ended organisation back, destroys its sealing key, and writes the addendum.
	EndAgain(ctx context.Context, act audit.Act, f Finding, o org.Organisation, addendum certificate.Certificate) error
}

// Finding is what came back of one certificate.
type Finding struct {
	Certificate string
	Leaf        int64  // where it stands in the ledger
	Org         string // empty for what matched no organisation
	Restored    certificate.Restored
}

// Report is what a replay did.
type Report struct {
	Certificates  int `json:"certificates"`  // in the ledger
	Versions      int `json:"versions"`      // looked at, with unfinished multipart uploads
	Records       int `json:"records"`       // looked at
	Found         int `json:"found"`         // certificates of which something had come back
	Addenda       int `json:"addenda"`       // written
	Organisations int `json:"organisations"` // ended again
	Orphans       int `json:"orphans"`       // versions that nothing knew, handed on
	Left          int `json:"left"`          // certificates of which something is still there
}

// Replay does it all. The error joins every failure; what could be done was done. Nothing is left when it reports neither
// an error nor anything left.
func (r Replayer) Replay(ctx context.Context, act audit.Act) (Report, error) {
	p := &replay{Replayer: r, act: act, certified: map[string]certified{}, byUpload: map[string]string{}, identities: map[string]string{},
		ended: map[string]string{}, back: map[string]*comeback{}, known: map[string]bool{}}
	for _, step := range []func(context.Context) error{p.read, p.open, p.records, p.bucket} {
		if err := step(ctx); err != nil {
			return p.report, err
		}
	}
	p.erase(ctx)
	p.endAgain(ctx)
	return p.report, errors.Join(p.failures...)
}
