package main

import (
	"context"
	"fmt"
	"slices"

	"waybill/internal/dynamo"
	"waybill/internal/upload"
)

// What a month is taken to be.
const (
	organisations = 1000
	uploadsEach   = 10
	sweepsAMonth  = 30.4 * 96 // one every 15 minutes
	lifeLeaves    = 3         // audit entries of an upload before its purge: offered, signed, sealed
)

const sampled = 20 // organisations whose purge is counted, and calls of the ledger

// month is what purge and ledger use in one.
type month struct {
	units
	invocations float64
	decryptions float64
}

// costs are of purge and ledger together, in a month of 1,000 organisations with 10 uploads each: calls counted here,
// times public prices. Every act of a person comes alone to the ledger, and to a process that has to unwrap the
// organisation's sealing key first; of purges there are two bounds: the ten of an organisation fall due together, or each
// by itself. Storage, logs and backups are not in it.
func costs(ctx context.Context, g *ground) ([]Figure, error) {
	c := costing{ctx: ctx, g: g}
	idle := c.purge(0)
	together, alone := c.purge(uploadsEach).less(idle).times(1./sampled), c.purge(1).less(idle).times(1./sampled)
	life := month{decryptions: 1}.plus(c.append(1))
	quiet := month{units: idle, invocations: 1}.times(sweepsAMonth)
	base := quiet.plus(life.times(organisations * uploadsEach * lifeLeaves))
	var figures []Figure
	for _, bound := range []struct {
		name string
		is   month
	}{
		{"when nothing happens", quiet},
		{"ten due together", base.plus(month{units: together}.times(organisations)).plus(c.append(uploadsEach + 2).times(organisations))},
		{"each due alone", base.plus(month{units: alone}.times(organisations * uploadsEach)).plus(c.append(1 + 2).times(organisations * uploadsEach))},
	} {
		figures = append(figures, bound.is.bill("a month of purge and ledger, "+bound.name)...)
	}
	return figures, c.err
}

// costing counts until something fails.
type costing struct {
	ctx context.Context
	g   *ground
	err error
}

// purge counts a sweep of some organisations, of each of which so many are due.
func (c *costing) purge(each int) units {
	bucket, err := c.g.bucket(c.ctx)
	c.fail(err)
	key, err := c.g.key(c.ctx)
	c.fail(err)
	cfg, m := metered(c.g.Config())
	p, err := c.g.purger(c.ctx, cfg, bucket, key)
	c.fail(err)
	var all []upload.Upload
	for n := range sampled {
		all = append(all, staged(organisation(n), bucket, each)...)
	}
	if len(all) > 0 && c.err == nil {
		c.fail(c.g.send(c.ctx, all))
		c.fail(c.g.record(c.ctx, p.Records.(dynamo.Records), all))
	}
	if c.err != nil {
		return units{}
	}
	done, err := p.Sweep(c.ctx, works(sealed.Add(kept)))
	if c.fail(err); done.Purged != len(all) {
		c.fail(fmt.Errorf("%d of %d were purged", done.Purged, len(all)))
	}
	return m.units
}

// append counts a call of the function sequence with so many leaves, in a ledger that has two levels of tiles, as it has
// up to 65,536 leaves.
func (c *costing) append(n int) month {
	if c.err != nil {
		return month{}
	}
	cfg, m := metered(c.g.Config())
	b, err := c.g.book(c.ctx, cfg)
	c.fail(err)
	_, err = b.sequencer().Sequence(c.ctx, leaves(0, 1000))
	c.fail(err)
	before := m.units
	for more := range slices.Chunk(leaves(1000, sampled*n), n) {
		_, err := b.sequencer().Sequence(c.ctx, more)
		c.fail(err)
	}
	return month{units: m.units.less(before).times(1. / sampled), invocations: 1}
}

func (c *costing) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

func (m month) plus(o month) month {
	return month{m.units.plus(o.units), m.invocations + o.invocations, m.decryptions + o.decryptions}
}

func (m month) times(n float64) month {
	return month{m.units.times(n), m.invocations * n, m.decryptions * n}
}

// bill is what a month costs, service by service.
func (m month) bill(name string) []Figure {
	lambda := m.invocations*priceCall + m.calls*waits*memory*priceGBs
	rows := []Figure{
		{Name: name + ": DynamoDB", Ours: m.writes*priceWrite + m.reads*priceRead, About: fmt.Sprintf("%.0f write units, %.0f read units", m.writes, m.reads)},
		{Name: name + ": S3", Ours: m.puts*pricePut + m.gets*priceGet, About: fmt.Sprintf("%.0f PUT and LIST, %.0f GET", m.puts, m.gets)},
		{Name: name + ": KMS", Ours: m.signatures*priceSignature + m.decryptions*priceDecryption + 2*priceKey,
			About: fmt.Sprintf("%.0f signatures, %.0f decryptions, two keys", m.signatures, m.decryptions)},
		{Name: name + ": Lambda", Ours: lambda, About: fmt.Sprintf("%.0f invocations, %.0f calls of 20 ms to wait for", m.invocations, m.calls)},
	}
	total := Figure{Name: name, Unit: "$", About: "prices of eu-central-1; see prices.go"}
	for i := range rows {
		rows[i].Unit = "$"
		total.Ours += rows[i].Ours
	}
	return append(rows, total)
}
