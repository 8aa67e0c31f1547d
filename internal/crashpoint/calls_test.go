package crashpoint

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"golang.org/x/sync/errgroup"

	"waybill/internal/audit"
	"waybill/internal/hold"
	"waybill/internal/ident"
	"waybill/internal/migration"
	"waybill/internal/org"
	"waybill/internal/upload"
)

// TestCallsPerOperation counts AWS calls exactly, since calls are what users pay for. `make bench` prints the table.
func TestCallsPerOperation(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	o := c.organisation()
	m, err := c.planner.Create(t.Context(), c.act(), o.ID, wave)
	c.must(err)
	large := upload.Draft{FileName: "export.zip", Size: 1 << 30, Kind: upload.Export}
	var u upload.Upload
	digests := []upload.PartDigest{{Number: 1, SHA256: digest(aBundle)}, {Number: 2, SHA256: digest(aBundle)}}

	_, err = c.planner.Create(t.Context(), c.act(), o.ID, wave) // the process knows the sealing key from then on
	c.must(err)
	c.counts("read a migration", 1, func() error { _, err := c.planner.Get(t.Context(), o.ID, m.ID); return err })
	c.counts("list migrations", 1, func() error {
		_, _, err := c.planner.List(t.Context(), o.ID, migration.Filter{}, "", 50)
		return err
	})
	c.counts("create a migration", 1, func() error { _, err := c.planner.Create(t.Context(), c.act(), o.ID, wave); return err })
	c.counts("change a migration (its reading and its writing)", 2, func() error {
		_, err := c.planner.Edit(t.Context(), c.act(), o.ID, m.ID, "*", func(d migration.Draft) (migration.Draft, error) { return d, nil })
		return err
	})
	c.counts("start an upload", 3, func() error {
		var err error
		u, err = c.stager.Offer(t.Context(), c.act(), o.ID, m.ID, large)
		return err
	})
	c.counts("sign parts the first time", 3, func() error {
		_, err := c.stager.SignParts(t.Context(), c.act(), o.ID, u.ID, digests)
		return err
	})
	c.counts("sign parts again", 1, func() error {
		_, err := c.stager.SignParts(t.Context(), c.act(), o.ID, u.ID, digests)
		return err
	})
	c.counts("seal", 2, func() error {
		return c.receiver.Arrived(t.Context(), c.works("intake"), upload.Arrival{Bucket: c.bucket, Key: u.ObjectKey, VersionID: "none", Size: u.Size, Time: c.now})
	})
	c.counts("seal again", 1, func() error {
		return c.receiver.Arrived(t.Context(), c.works("intake"), upload.Arrival{Bucket: c.bucket, Key: u.ObjectKey, VersionID: "none", Size: u.Size, Time: c.now})
	})
	c.counts("place a legal hold", 3, func() error {
		_, err := c.keeper.Place(t.Context(), c.act(), o.ID, hold.Draft{Scope: m.ID, Reason: "Matter 7", ReviewBy: c.now.Add(time.Hour).Format(time.RFC3339)})
		return err
	})
	c.counts("delete an upload, refused under a hold", 3, func() error {
		if _, err := c.stager.Delete(t.Context(), c.act(), o.ID, u.ID, ""); err == nil {
			return errors.New("it was deleted")
		}
		return nil
	})
	c.counts("a page of the data map", 3, func() error {
		_, _, err := c.mapper.List(t.Context(), c.act(), o.ID, "", "", 50)
		return err
	})
	c.counts("look for overdue reviews", 1, func() error { _, err := c.reviewer.Overdue(t.Context(), c.now); return err })
	c.counts("start a termination", 2, func() error {
		_, err := c.ends.Request(t.Context(), c.act(), o.ID, "", org.Ask{Reason: "We have moved"})
		return err
	})
	c.counts("sweep when nothing is due", 17, func() error { _, err := c.purger.Sweep(t.Context(), c.works("purge")); return err })
}

// TestPurgeCallsOfS3 holds 2·⌈n/1000⌉ + 2, and three for one object.
func TestPurgeCallsOfS3(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 1000, 1500} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			c := newCell(t)
			c.many(c.organisation(), n)
			c.now = c.now.Add(14 * 24 * time.Hour)
			before := c.ofS3()
			report, err := c.purger.Sweep(t.Context(), c.works("purge"))
			c.must(err)
			if report.Purged != n {
				t.Fatalf("%d of %d were purged", report.Purged, n)
			}
			thousands := (n + 999) / 1000
			got, most := c.ofS3()-before, min(2*thousands+2, 3*n)
			c.line(fmt.Sprintf("purge %d objects of one organisation (S3)", n), got, most)
		})
	}
}

var wave = migration.Draft{Name: "Wave 1", Destination: migration.Destination{URL: "https://cloud.example"},
	Source: migration.Source{Product: "jira", ServerID: "B000", BaseURL: "https://jira.example", Version: "9.12"}}

func (c *cell) counts(name string, want int, do func() error) {
	c.t.Helper()
	before := len(c.faults.Calls())
	c.must(do())
	got := len(c.faults.Calls()) - before
	c.line(name, got, want)
	if got < want {
		c.t.Errorf("%s: %d calls, fewer than the %d that are promised to be counted", name, got, want)
	}
}

// line is one of the table that `make bench` reads.
func (c *cell) line(name string, got, most int) {
	c.t.Helper()
	c.t.Logf("calls\t%s\t%d\t%d", name, got, most)
	if got > most {
		c.t.Errorf("%s: %d calls, want %d", name, got, most)
	}
}

func (c *cell) ofS3() (n int) {
	for _, call := range c.faults.Calls() {
		if call.Service == "S3" {
			n++
		}
	}
	return n
}

// many seals n small uploads, each with its bytes, beside the fault line.
func (c *cell) many(o org.Organisation, n int) {
	c.t.Helper()
	client := s3.NewFromConfig(c.root, pathStyle)
	var g errgroup.Group
	g.SetLimit(16)
	for i := range n {
		g.Go(func() error { return c.one(c.t.Context(), client, o, i) })
	}
	c.must(g.Wait())
}

func (c *cell) one(ctx context.Context, client *s3.Client, o org.Organisation, i int) error {
	id := ident.Derive(ident.Upload, c.now.Add(time.Duration(i)*time.Millisecond), o.ID)
	u := upload.Upload{ID: id, Org: o.ID, Size: 1, Kind: upload.SupportZip, State: upload.Sealed, ObjectKey: "staged/debug/" + o.ID + "/" + id, Bucket: c.bucket,
		Rule: "debug", CreatedAt: c.now, SealedAt: c.now, DeleteBy: c.now.Add(14 * 24 * time.Hour), Due: c.now.Add(14 * 24 * time.Hour), Revision: 1}
	put, err := client.PutObject(ctx, &s3.PutObjectInput{Bucket: &c.bucket, Key: &u.ObjectKey, Body: bytes.NewReader([]byte{'x'})})
	if err != nil {
		return err
	}
	u.VersionID = *put.VersionId
	return c.truth.Admit(ctx, c.act(), audit.UploadDropped, u, "")
}
