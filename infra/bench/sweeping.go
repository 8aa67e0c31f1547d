package main

import (
	"context"
	"fmt"
	"time"

	"waybill/internal/clock"
	"waybill/internal/dynamo"
	"waybill/internal/policy"
	"waybill/internal/purge"
	"waybill/internal/upload"
)

const (
	few, many = 1_000, 100_000
	dueAtOnce = 20
	sweepRuns = 5
)

// sweeps are of 20 due uploads among few records and among many. Purged records are what a cell has most of, and stand in
// no index. Of records that wait for their day only calls and units are compared: DynamoDB reads what a query matches,
// where the local AWS goes through the whole partition.
func sweeps(ctx context.Context, g *ground) ([]Figure, error) {
	var figures []Figure
	for _, among := range []struct {
		name  string
		state upload.State
	}{{"purged", upload.Purged}, {"waiting", upload.Sealed}} {
		small, err := g.field(ctx, few, among.state)
		if err != nil {
			return nil, err
		}
		large, err := g.field(ctx, many, among.state)
		if err != nil {
			return nil, err
		}
		for day := range sweepRuns {
			for _, f := range []*field{small, large} {
				if err := f.sweep(ctx, day); err != nil {
					return nil, err
				}
			}
		}
		name, about := fmt.Sprintf("sweep of %d due among %d %s", dueAtOnce, many, among.name), fmt.Sprintf("among %d", few)
		timed := against(name, "s", seconds(large.took), seconds(small.took), 1.2, about)
		if among.state != upload.Purged {
			timed.Bound, timed.About = 0, about+"; the local AWS sorts what waits for each query, DynamoDB does not"
		}
		figures = append(figures, timed,
			against(name, "calls", large.meter.units.calls/sweepRuns, small.meter.units.calls/sweepRuns, 1.2, about),
			against(name, "read units", large.meter.units.reads/sweepRuns, small.meter.units.reads/sweepRuns, 1.2, about))
	}
	return figures, nil
}

// field is a cell with so many records, of which 20 fall due each day.
type field struct {
	purger purge.Purger
	meter  *meter
	took   []time.Duration
}

func (g *ground) field(ctx context.Context, stored int, state upload.State) (*field, error) {
	bucket, err := g.bucket(ctx)
	if err != nil {
		return nil, err
	}
	key, err := g.key(ctx)
	if err != nil {
		return nil, err
	}
	cfg, m := metered(g.Config())
	p, err := g.purger(ctx, cfg, bucket, key)
	if err != nil {
		return nil, err
	}
	due := staged(organisation(0), bucket, dueAtOnce*sweepRuns)
	for i := range due {
		due[i].Due = sealed.Add(kept + time.Duration(i/dueAtOnce)*policy.Day)
	}
	if err := g.send(ctx, due); err != nil {
		return nil, err
	}
	all := append(due, g.others(bucket, stored-len(due), state)...)
	return &field{purger: p, meter: m}, g.record(ctx, p.Records.(dynamo.Records), all)
}

// others are of a hundred other organisations, and fall due in a year if ever.
func (g *ground) others(bucket string, n int, state upload.State) (all []upload.Upload) {
	const organisations = 100
	for o := range organisations {
		all = append(all, staged(organisation(1+o), bucket, n/organisations)...)
	}
	for i := range all {
		all[i].State, all[i].Due = state, sealed.Add(365*policy.Day)
	}
	return all
}

func (f *field) sweep(ctx context.Context, day int) error {
	begun := clock.Now()
	done, err := f.purger.Sweep(ctx, works(sealed.Add(kept+time.Duration(day)*policy.Day)))
	f.took = append(f.took, clock.Now().Sub(begun))
	if err == nil && done.Purged != dueAtOnce {
		err = fmt.Errorf("%d of %d were purged", done.Purged, dueAtOnce)
	}
	return err
}
