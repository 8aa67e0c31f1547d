// Package purge erases what is due, looks again through other calls than those that erased, and certifies what is gone.
//
// S3 answers "deleted" for what never existed, so success is not evidence: only absence is. What is due is taken up by
// organisation. What is under a legal hold is left alone, and so is what another sweep has begun. The rest is purged in
// batches of up to 1,000 things that lie together and go by one rule:
//
//  1. the intent: what is to be erased (keys, versions, sizes, digests, KMS keys, rule, when it was due), under a lease.
//     It is written on condition that nobody has placed a hold since the holds were read;
//  2. DeleteObjects of the versions on record, up to 1,000 a call, and AbortMultipartUpload of those that were opened;
//  3. a look at the keys: ListObjectVersions and ListMultipartUploads, from the first due key to the last;
//  4. erasing what the look found beside (other versions, delete markers, unfinished multipart uploads), and a second
//     look, which must find nothing;
//  5. for as many as one certificate can name: the certificate is signed, and written in one transaction with their
//     records and the audit entry of each. So a certificate exists exactly when the records say that they are gone;
//  6. the intent is closed.
//
// A crash between any two calls leaves records that are still due, never bytes that nobody remembers; once the lease has
// run out, the next sweep does it all again and ends in the same state. An object that cannot be erased stops no other:
// it is in no certificate, its record stays due, and its age is the figure that alarms.
//
// An offer that was never completed, and of which nothing was ever sent, has nothing that could be certified; it is only
// recorded. What is due and held is shelved: it leaves the due index, is out of TTL's reach, and is met again by the
// first sweep after the last hold on it was released.
//
// Calls. Upload ids sort by time, so what falls due together lies together, and a look walks the keys in order, skipping
// from each page straight to the next due key: it needs no more pages than there are due keys, and no more than the
// range from the first to the last holds. The n objects of one organisation's prefix that were sealed one after another
// so cost ⌈n/1000⌉ DeleteObjects, ⌈n/1000⌉ or fewer ListObjectVersions (an empty range is one page) and one
// ListMultipartUploads a batch: within 3·⌈n/1000⌉, and three calls for one object.
//
// Two more clocks stand behind this one. When DynamoDB's TTL removes a record that purge never met, a Reaper puts it
// back and purges it. S3's lifecycle is the last resort.
package purge

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"waybill/internal/audit"
	"waybill/internal/certificate"
	"waybill/internal/fault"
	"waybill/internal/hold"
	"waybill/internal/ledger"
	"waybill/internal/upload"
)

// Purger erases what is due. It is called by a schedule, and cannot decrypt.
type Purger struct {
	Records Records
	Objects Objects
	Signer  ledger.Signer
	Place   Place
	Now     func() time.Time // the cell's; asked when something was erased, and when it was seen to be gone
}

// Place is where and by whom: what every certificate states alike.
type Place struct {
	Cell     string
	Region   string
	Bucket   string
	Function string // which function, and its version
}

// Records is what a Purger needs of the store.
type Records interface {
	upload.Waiting
	// Shelved lists what was due and held when a sweep met it, at most limit of them.
	Shelved(ctx context.Context, limit int) ([]upload.Upload, error)
	// Guard reads an organisation's holds and open intents, at one moment.
	Guard(ctx context.Context, organisation string) (hold.Guard, error)
	// Intend writes an intent with its audit entry and moves the guard; fault.Stale when it is not as it was read.
	Intend(ctx context.Context, act audit.Act, g hold.Guard, i Intent) error
	// Certify writes records that are gone, the audit entry of each, and their certificate where there is one; all of it
	// or, with fault.Stale when a record is no longer as it was read, nothing.
	Certify(ctx context.Context, act audit.Act, gone []Gone, c *certificate.Certificate) error
	// Close takes an intent away. One that is not there is no error.
	Close(ctx context.Context, i Intent) error
}

// Gone is the record of something that is gone, before and after that was seen.
type Gone struct{ Before, After upload.Upload }

// Report is what a sweep did.
type Report struct {
	Due     int           `json:"due"`            // how many records were due and under no hold
	Purged  int           `json:"purged"`         // how many of them are gone and recorded so
	Failed  int           `json:"failed"`         // how many are not; the next sweep meets them again
	Held    int           `json:"held,omitempty"` // how many are due and under a hold
	Overdue time.Duration `json:"-"`              // by how much the oldest that failed is past its deadline
	Lag     time.Duration `json:"-"`              // how long after its deadline the latest was seen to be gone
}

// With is what two sweeps did together.
func (r Report) With(other Report) Report {
	return Report{r.Due + other.Due, r.Purged + other.Purged, r.Failed + other.Failed, r.Held + other.Held,
		max(r.Overdue, other.Overdue), max(r.Lag, other.Lag)}
}

const (
	batch   = 20_000 // records a sweep takes on
	groups  = 8      // organisations at a time
	writers = 12     // certificates at a time
	tries   = 4      // how often a guard that moved under our hands is read again
)

// Sweep purges all that is due at the act's time. The error joins every failure; what could be done was done.
func (p Purger) Sweep(ctx context.Context, act audit.Act) (Report, error) {
	due, err := p.Records.Due(ctx, act.Time, batch)
	shelved, shelfErr := p.Records.Shelved(ctx, batch)
	s := &sweep{act: act}
	s.fail(errors.Join(err, shelfErr))
	var g errgroup.Group
	g.SetLimit(groups)
	for organisation, met := range byOrganisation(append(leaveOutPending(due), shelved...)) {
		g.Go(func() error {
			p.meet(ctx, s, organisation, met)
			return nil
		})
	}
	g.Wait()
	return s.report, errors.Join(s.failures...)
}

// leaveOutPending leaves to tick what is still open.
func leaveOutPending(due []upload.Upload) []upload.Upload {
	var ended []upload.Upload
	for _, u := range due {
		if u.State != upload.Pending {
			ended = append(ended, u)
		}
	}
	return ended
}

func byOrganisation(uploads []upload.Upload) map[string][]upload.Upload {
	all := map[string][]upload.Upload{}
	for _, u := range uploads {
		all[u.Org] = append(all[u.Org], u)
	}
	return all
}

// sweep is one run: what it has done so far.
type sweep struct {
	act audit.Act

	mu       sync.Mutex
	report   Report
	failures []error
}

func (s *sweep) fail(err error) {
	if err == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures = append(s.failures, err)
}

// missed counts what was taken up and is not proven gone.
func (s *sweep) missed(uploads ...upload.Upload) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.report.Failed += len(uploads)
	for _, u := range uploads {
		s.report.Overdue = max(s.report.Overdue, s.act.Time.Sub(u.Due))
	}
}

func (s *sweep) met(due, held int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.report.Due += due
	s.report.Held += held
}

// recorded counts records that were written, or of which one changed meanwhile: then it is due again, and met again.
func (s *sweep) recorded(gone []Gone, err error) {
	if errors.Is(err, fault.Stale) {
		return
	}
	if err != nil {
		s.fail(err)
		for _, g := range gone {
			s.missed(g.Before)
		}
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.report.Purged += len(gone)
	for _, g := range gone {
		s.report.Lag = max(s.report.Lag, g.After.PurgedAt.Sub(g.Before.Due))
	}
}
