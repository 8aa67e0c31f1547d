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
	"iter"
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
	upload.Replacer
	// Overdue yields all uploads that wait for a deadline that is not after the time given, part by part, so that what
	// cannot be purged keeps nothing else from its turn. Records that cannot be read are reported with the part; the
	// others are in it all the same.
	Overdue(ctx context.Context, now time.Time) iter.Seq2[[]upload.Upload, error]
	// Shelved yields what was due and held when a sweep met it, in the same way.
	Shelved(ctx context.Context) iter.Seq2[[]upload.Upload, error]
	// Guard reads an organisation's holds and open intents, at one moment.
	Guard(ctx context.Context, organisation string) (hold.Guard, error)
	// Intend writes an intent with its audit entry and moves the guard; fault.Stale when it is not as it was read.
	Intend(ctx context.Context, act audit.Act, g hold.Guard, i Intent) error
	// Certify writes records that are gone, the audit entry of each, and their certificate where there is one; all of it
	// or, with fault.Stale when a record is no longer as it was read, nothing.
	Certify(ctx context.Context, act audit.Act, gone []Gone, c *certificate.Certificate) error
	// Close takes an intent away. One that is not there is no error.
	Close(ctx context.Context, i Intent) error
	// GiveUp writes an intent anew, with an audit entry: what is left of it, and that its lease is over.
	GiveUp(ctx context.Context, act audit.Act, i Intent) error
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
	groups  = 8  // organisations at a time
	abreast = 3  // batches of one of them at a time, and records that are shelved
	looks   = 8  // things of a batch at a time that do not lie together
	writers = 16 // certificates at a time, of the whole sweep
	tries   = 4  // how often a guard that moved under our hands is read again
)

// Sweep purges all that is due at the act's time. The error joins every failure; what could be done was done.
func (p Purger) Sweep(ctx context.Context, act audit.Act) (Report, error) {
	s := begin(act)
	for held, err := range p.Records.Shelved(ctx) {
		s.fail(err)
		p.meetAll(ctx, s, held)
	}
	for due, err := range p.Records.Overdue(ctx, act.Time) {
		s.fail(err)
		p.meetAll(ctx, s, leaveOutPending(due))
	}
	return s.report, errors.Join(s.failures...)
}

func (p Purger) meetAll(ctx context.Context, s *sweep, due []upload.Upload) {
	var g errgroup.Group
	g.SetLimit(groups)
	for organisation, met := range byOrganisation(due) {
		g.Go(func() error {
			p.meet(ctx, s, organisation, met)
			return nil
		})
	}
	g.Wait()
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
	act     audit.Act
	writing slots

	mu       sync.Mutex
	report   Report
	failures []error
}

func begin(act audit.Act) *sweep { return &sweep{act: act, writing: make(slots, writers)} }

// slots bound how much is done at a time.
type slots chan struct{}

func (s slots) take(g *errgroup.Group, do func()) {
	s <- struct{}{}
	g.Go(func() error {
		defer func() { <-s }()
		do()
		return nil
	})
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
		if g.Before.Shelved {
			continue // which a hold made late, and nobody else
		}
		s.report.Lag = max(s.report.Lag, g.After.PurgedAt.Sub(g.Before.Due))
	}
}
