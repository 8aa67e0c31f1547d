// Package inspection is what was read in a support bundle that was handed over: the findings, the inventory, and how many
// sensitive values there are where. It is kept for as long as the bundle's own bytes, and goes with them.
//
// It keeps no value: see package bundle for what a report leaves out. A bundle that cannot be read is a finding, not a
// failure; a failure is what may pass, and whoever called tries again. What Waybill's limits admit (64 GiB inflated) is
// read in some minutes, so nothing is read in portions; a bundle that takes longer has a report of what was read, and
// a finding that says so.
package inspection

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"waybill/internal/audit"
	"waybill/internal/bundle"
	"waybill/internal/fault"
	"waybill/internal/upload"
)

// Inspection is of one upload.
type Inspection struct {
	Org, Upload string
	At          time.Time
	Findings    Document // the report of the scan
	Inventory   Document // what the product says of itself
}

// Inspector reads what was sealed. It is the one use case that sees staged bytes.
type Inspector struct {
	Records Records
	Objects Objects
	Scanner *bundle.Scanner
	Options bundle.Options
	Spare   time.Duration // how long before the context's deadline reading ends, so that what was read can be written
}

// Records is what an Inspector needs of the store.
type Records interface {
	// Upload answers fault.NotFound when the organisation has none of that id.
	Upload(ctx context.Context, organisation, id string) (upload.Upload, error)
	// Inspected writes an inspection and the changed upload with its audit entry, as one; fault.Stale when the upload is no
	// longer at before's revision.
	Inspected(ctx context.Context, act audit.Act, before, after upload.Upload, i Inspection) error
}

// Objects is S3 as far as it can be read.
type Objects interface {
	// Open answers an upload's bytes. A read fails with fault.KeyUnusable when the key does not admit it.
	Open(ctx context.Context, u upload.Upload) io.ReaderAt
}

// tries is how often a record that changes meanwhile is read again.
const tries = 4

// Inspect reads an upload that was sealed, unless it is no support bundle, was read before, or is about to go. Repeated,
// it does nothing more.
func (i Inspector) Inspect(ctx context.Context, act audit.Act, organisation, id string) error {
	u, err := i.Records.Upload(ctx, organisation, id)
	if errors.Is(err, fault.NotFound) || err == nil && !u.Inspectable(act.Time) {
		return nil
	}
	if err != nil {
		return err
	}
	report, err := i.read(ctx, u)
	if err != nil {
		return fmt.Errorf("reading %s: %w", id, err)
	}
	found, err := inspected(u, act.Time, report)
	if err != nil {
		return err
	}
	return i.keep(ctx, act, u, found)
}

// keep writes what was found. A record that changed meanwhile is read again, as long as it is still to be inspected.
func (i Inspector) keep(ctx context.Context, act audit.Act, u upload.Upload, found Inspection) (err error) {
	for range tries {
		err = i.Records.Inspected(ctx, act, u, u.Inspected(act.Time), found)
		if !errors.Is(err, fault.Stale) {
			return err
		}
		again, readErr := i.Records.Upload(ctx, u.Org, u.ID)
		if errors.Is(readErr, fault.NotFound) || readErr == nil && !again.Inspectable(act.Time) {
			return nil
		}
		if readErr != nil {
			return readErr
		}
		u = again
	}
	return err
}

// read scans the bytes. What failed of S3 may pass, and is an error; what the customer's key does not admit is a finding.
func (i Inspector) read(ctx context.Context, u upload.Upload) (*bundle.Report, error) {
	reading, cancel := ctx, func() {}
	if deadline, bounded := ctx.Deadline(); bounded {
		reading, cancel = context.WithDeadline(ctx, deadline.Add(-i.Spare))
	}
	defer cancel()
	report, err := i.Scanner.Scan(reading, i.Objects.Open(reading, u), u.Size, i.Options)
	if err == nil {
		err = report.Failure
	}
	switch {
	case err == nil:
		return report, nil
	case errors.Is(err, fault.KeyUnusable):
		return keyLost(), nil
	case reading.Err() != nil && ctx.Err() == nil && report != nil:
		return report, nil // out of time: the report says so
	case bundle.Hopeless(err) || reading.Err() != nil && ctx.Err() == nil:
		return bundle.Unread(err), nil
	}
	return nil, err
}
