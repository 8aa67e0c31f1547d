// Package purge erases what is due and looks again, through other calls than those that erased, before it says so.
//
// S3 answers "deleted" for what never existed, so success is not evidence: only absence is. Purging a batch is
//
//  1. DeleteObjects of the versions on record, up to 1,000 a call, and AbortMultipartUpload of those that were opened;
//  2. a look at the keys: ListObjectVersions and ListMultipartUploads, from the first due key to the last;
//  3. erasing what the look found beside (other versions, delete markers, unfinished multipart uploads), and a second
//     look, which must find nothing;
//  4. the record of each upload whose key was empty, one transaction with its audit entry.
//
// A crash between any two calls leaves records that are still due, never bytes that nobody remembers; the next sweep
// ends in the same state. An object that cannot be erased stops no other: its record stays due, and its age is the
// figure that alarms.
//
// Calls. Upload ids sort by time, so what falls due together lies together, and a look walks the keys in order, skipping
// from each page straight to the next due key: it needs no more pages than there are due keys, and no more than the
// range from the first to the last holds. The n objects of one organisation's prefix that were sealed one after another
// so cost ⌈n/1000⌉ DeleteObjects, ⌈n/1000⌉ or fewer ListObjectVersions (an empty range is one page) and one
// ListMultipartUploads: within 2·⌈n/1000⌉ + 2, and three calls for one object.
//
// Two more clocks stand behind this one. When DynamoDB's TTL removes a record that purge never met, a Reaper erases what
// the record owned and puts it back as purged. S3's lifecycle is the last resort.
package purge

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/upload"
)

// Purger erases what is due. It is called by a schedule, and can neither decrypt nor sign.
type Purger struct {
	Records Records
	Objects Objects
}

// Records is what a Purger needs of the store: what is due, and to say that it is gone.
type Records = upload.Waiting

// Report is what a sweep did.
type Report struct {
	Due     int           `json:"due"`    // how many records were due
	Purged  int           `json:"purged"` // how many of them are gone and recorded so
	Failed  int           `json:"failed"` // how many are not; the next sweep meets them again
	Overdue time.Duration `json:"-"`      // by how much the oldest of those is past its deadline; zero when none failed
}

const (
	batch   = 20_000 // records a sweep takes on
	groups  = 8      // prefixes at a time
	writers = 16     // records at a time
)

// Sweep purges all that is due at the act's time. The error joins every failure; what could be done was done.
func (p Purger) Sweep(ctx context.Context, act audit.Act) (Report, error) {
	due, err := p.Records.Due(ctx, act.Time, batch)
	ended := leaveOutPending(due)
	s := &sweep{act: act, report: Report{Due: len(ended)}}
	s.fail(err)
	var g errgroup.Group
	g.SetLimit(groups)
	for _, group := range byPrefix(ended) {
		g.Go(func() error {
			p.purge(ctx, s, group)
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

func (p Purger) purge(ctx context.Context, s *sweep, group []upload.Upload) {
	left, err := erase(ctx, p.Objects, group)
	s.fail(err)
	var g errgroup.Group
	g.SetLimit(writers)
	for _, u := range group {
		if left[u.ObjectKey] {
			s.missed(u)
			continue
		}
		g.Go(func() error {
			s.recorded(u, p.Records.ReplaceUpload(ctx, s.act, audit.UploadPurged, u, u.Gone(s.act.Time), u.Rule))
			return nil
		})
	}
	g.Wait()
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

func (s *sweep) missed(u upload.Upload) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.report.Failed++
	s.report.Overdue = max(s.report.Overdue, s.act.Time.Sub(u.Due))
}

// recorded counts a record that was written, or that changed meanwhile: then it is due again, and met again.
func (s *sweep) recorded(u upload.Upload, err error) {
	if errors.Is(err, fault.Stale) {
		return
	}
	if err != nil {
		s.fail(err)
		s.missed(u)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.report.Purged++
}
