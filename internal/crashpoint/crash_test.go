package crashpoint

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/audit"
	"waybill/internal/certificate"
	"waybill/internal/fault"
	"waybill/internal/faultline"
	"waybill/internal/hold"
	"waybill/internal/migration"
	"waybill/internal/org"
	"waybill/internal/policy"
	"waybill/internal/staging"
	"waybill/internal/upload"
)

var aBundle = []byte("a support bundle, as far as S3 can tell")

// flows are all the ways in which bytes and records change. Each does what a client and AWS would do, and goes on past a
// failed call as they would: not at all, or by trying once more.
var flows = map[string]func(*cell, org.Organisation){
	"a single upload": func(c *cell, o org.Organisation) {
		u, err := twice(func() (upload.Upload, error) { return c.stager.Offer(c.t.Context(), c.act(), o.ID, "", small()) })
		if err == nil {
			signed, err := c.stager.SignPut(c.t.Context(), c.act(), u)
			c.must(err)
			c.send(signed, aBundle)
			c.report()
		}
	},
	"a multipart upload": func(c *cell, o org.Organisation) {
		if u, parts := c.multipart(o); parts != nil {
			twice(func() (upload.Upload, error) {
				return c.stager.Complete(c.t.Context(), c.act(), o.ID, u.ID, upload.Completion{Parts: parts, SHA256: digest(large)})
			})
		}
	},
	"a multipart upload whose completion S3 reports first": func(c *cell, o org.Organisation) {
		if u, parts := c.multipart(o); parts != nil {
			c.joined(u, parts)
			c.report()
			twice(func() (upload.Upload, error) {
				return c.stager.Complete(c.t.Context(), c.act(), o.ID, u.ID, upload.Completion{Parts: parts, SHA256: digest(large)})
			})
		}
	},
	"an upload that is never completed": func(c *cell, o org.Organisation) {
		c.multipart(o)
		c.now = c.now.Add(24 * time.Hour)
		c.expirer.Expire(c.t.Context(), c.works("tick"))
		c.purger.Sweep(c.t.Context(), c.works("purge"))
	},
	"a purge": func(c *cell, o org.Organisation) {
		c.faults.Pause(func() { c.sealedFor(o); c.sealedFor(o) })
		c.now = c.now.Add(14 * 24 * time.Hour)
		c.purger.Sweep(c.t.Context(), c.works("purge"))
	},
	"an inspection, and what becomes of it": func(c *cell, o org.Organisation) {
		var u upload.Upload
		c.faults.Pause(func() { u = c.sealedFor(o) })
		twice(func() (upload.Upload, error) {
			return u, c.inspector.Inspect(c.t.Context(), c.works("inspect"), o.ID, u.ID)
		})
		c.now = c.now.Add(14 * 24 * time.Hour)
		c.purger.Sweep(c.t.Context(), c.works("purge"))
	},
	"a deletion on request": func(c *cell, o org.Organisation) {
		var u upload.Upload
		c.faults.Pause(func() { u = c.sealedFor(o) })
		c.stager.Delete(c.t.Context(), c.act(), o.ID, u.ID, "")
		c.purger.Sweep(c.t.Context(), c.works("purge"))
	},
	"the end of a migration": func(c *cell, o org.Organisation) {
		var m migration.Migration
		c.faults.Pause(func() { m = c.migrationWithUploads(o) })
		_ = c.planner.Delete(c.t.Context(), c.act(), o.ID, m.ID, "")
		c.purger.Sweep(c.t.Context(), c.works("purge"))
	},
	"a legal hold": func(c *cell, o org.Organisation) {
		var u upload.Upload
		c.faults.Pause(func() { u = c.sealedFor(o) })
		h := c.held(o, u.ID)
		c.deletion(o, u)
		c.released(o, h)
		c.purger.Sweep(c.t.Context(), c.works("purge"))
	},
	"a legal hold on a migration": func(c *cell, o org.Organisation) {
		var m migration.Migration
		c.faults.Pause(func() { m = c.migrationWithUploads(o) })
		h := c.held(o, m.ID)
		if err := c.planner.Delete(c.t.Context(), c.act(), o.ID, m.ID, ""); err == nil {
			c.t.Error("the migration was deleted under a hold")
		}
		c.released(o, h)
	},
	"a termination that is withdrawn": func(c *cell, o org.Organisation) {
		c.faults.Pause(func() { c.sealedFor(o) })
		c.leaves(o)
		if _, err := c.stager.Offer(c.t.Context(), c.act(), o.ID, "", small()); err == nil {
			c.t.Error("an upload was offered while the termination runs")
		}
		c.stays(o)
	},
	"the end of an organisation": func(c *cell, o org.Organisation) {
		c.faults.Pause(func() {
			c.sealedFor(o)
			c.migrationWithUploads(o)
			c.leaves(o)
			c.now = c.now.Add(24 * time.Hour)
			_, err := c.expirer.Expire(c.t.Context(), c.works("tick"))
			c.must(err)
			c.now = c.now.Add(59 * 24 * time.Hour)
		})
		_, _ = c.ender.Sweep(c.t.Context(), c.works("purge"))
	},
	"a sweep over what is held": func(c *cell, o org.Organisation) {
		var h hold.Hold
		c.faults.Pause(func() {
			u := c.sealedFor(o)
			h = c.held(o, o.ID)
			c.now = u.DeleteBy
		})
		_, _ = c.purger.Sweep(c.t.Context(), c.works("purge"))
		c.faults.Pause(func() { c.released(o, h) })
		_, _ = c.purger.Sweep(c.t.Context(), c.works("purge"))
	},
	"the backstop": func(c *cell, o org.Organisation) {
		var u upload.Upload
		c.faults.Pause(func() { u = c.sealedFor(o) })
		c.reap(u)
	},
	"the backstop of what is held": func(c *cell, o org.Organisation) {
		var u upload.Upload
		var h hold.Hold
		c.faults.Pause(func() {
			u = c.sealedFor(o)
			h = c.held(o, u.ID)
		})
		c.reap(u)
		c.faults.Pause(func() { c.released(o, h) })
	},
	"the backstop of what was never completed": func(c *cell, o org.Organisation) {
		var u upload.Upload
		c.faults.Pause(func() { u, _ = c.multipart(o) })
		u, err := c.truth.Upload(c.t.Context(), o.ID, u.ID)
		c.must(err)
		c.reap(u)
	},
	"a hand drop": func(c *cell, o org.Organisation) {
		c.drop("drop/" + o.ID + "/logs/support.zip")
		c.report()
	},
	"what matches nothing": func(c *cell, o org.Organisation) {
		c.drop("lost/and/found")
		c.drop("drop/org_0000000000000000000000000/x.zip")
		c.report()
	},
}

// TestEveryCallFailsBothWays is the heart of it: flow × call × mode, then one checker, at once and after the deadline.
func TestEveryCallFailsBothWays(t *testing.T) {
	t.Parallel()
	for name, flow := range flows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calls := count(t, flow)
			if calls == 0 {
				t.Fatal("the flow calls nothing")
			}
			for n := range calls {
				for _, mode := range []faultline.Mode{faultline.DidNotHappen, faultline.HappenedUnacknowledged} {
					t.Run(fmt.Sprintf("call %d %v", n, mode), func(t *testing.T) { crash(t, flow, n, mode) })
				}
			}
		})
	}
}

func count(t *testing.T, flow func(*cell, org.Organisation)) int {
	c := newCell(t)
	flow(c, c.organisation())
	n := len(c.faults.Calls())
	c.settle(c.now.Add(time.Hour))
	c.sound("undisturbed")
	return n
}

func crash(t *testing.T, flow func(*cell, org.Organisation), n int, mode faultline.Mode) {
	c := newCell(t)
	o := c.organisation()
	c.faults.FailAt(n, mode)
	flow(c, o)
	if !c.faults.Struck() {
		t.Fatal("the flow never came to its fault")
	}
	c.settle(c.now.Add(time.Hour))
	c.sound("after the next ticks")
	c.settle(c.now.Add(15 * 24 * time.Hour))
	c.sound("after the deadline")
	if s := c.look(); len(s.versions)+len(s.unfinished) > 0 {
		t.Errorf("after the deadline the bucket holds %v %v", s.versions, s.unfinished)
	}
}

// TestAnOrganisationEnds: of one that has ended nothing is left but a mark, a destroyed key, and what is certified; its
// record can still be read, and names nobody.
func TestAnOrganisationEnds(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	o := c.organisation()
	c.sealedFor(o)
	flows["the end of an organisation"](c, o)
	c.settle(c.now.Add(time.Hour))
	c.sound("at its end")
	for _, it := range c.scan(c.truth.Table) {
		if sort := text(it["sk"]); text(it["pk"]) == o.ID && (len(it) != 3 || sort != "org" && sort != "seal") {
			t.Errorf("left is %v", it)
		}
	}
	c.now = c.now.Add(time.Hour) // a process forgets the key
	entries, _, err := c.truth.Events(t.Context(), o.ID, audit.Filter{}, "", 100)
	c.must(err)
	for _, e := range entries {
		if e.Actor.Person() && e.Actor != audit.Forgotten || e.RequestID == "req" && e.Actor == audit.Forgotten {
			t.Errorf("remembered: %+v", e)
		}
	}
	all, _, err := c.truth.Certificates(t.Context(), o.ID, "", 100)
	c.must(err)
	end := func(s certificate.Certificate) bool { return strings.Contains(string(s.Payload), "termination/v1") }
	if len(entries) < 5 || len(all) < 2 || !slices.ContainsFunc(all, end) {
		t.Errorf("%d entries, %d certificates", len(entries), len(all))
	}
	if _, err := c.truth.Organisation(t.Context(), o.ID); !errors.Is(err, fault.NotFound) {
		t.Errorf("the organisation: %v", err)
	}
	if _, err := c.keeper.Place(t.Context(), c.act(), o.ID, hold.Draft{Scope: o.ID, Reason: "Too late", ReviewBy: c.now.Add(time.Hour).Format(time.RFC3339)}); err == nil {
		t.Error("what has ended can be held")
	}
}

func (c *cell) sound(when string) {
	c.t.Helper()
	if wrong := c.check(); len(wrong) > 0 {
		c.t.Errorf("%s: %s\ncalls: %v", when, strings.Join(wrong, "; "), c.faults.Calls())
	}
}

func twice[T any](do func() (T, error)) (T, error) {
	v, err := do()
	if err != nil {
		return do()
	}
	return v, err
}

// report delivers what S3 has to say, once; what fails is delivered again when things settle.
func (c *cell) report() {
	for _, r := range c.reports() {
		_ = c.receiver.Arrived(c.t.Context(), c.works("intake"), r)
	}
}

// held places a hold, and once more when that failed: it is one hold.
func (c *cell) held(o org.Organisation, scope string) hold.Hold {
	c.t.Helper()
	draft := hold.Draft{Scope: scope, Reason: "Matter 7", ReviewBy: c.now.Add(time.Hour).Format(time.RFC3339)}
	h, err := twice(func() (hold.Hold, error) { return c.keeper.Place(c.t.Context(), c.once("place"), o.ID, draft) })
	c.must(err)
	c.inForce(o, 1)
	return h
}

func (c *cell) released(o org.Organisation, h hold.Hold) {
	c.t.Helper()
	_, err := twice(func() (hold.Hold, error) {
		return c.keeper.Release(c.t.Context(), c.once("release"), o.ID, h.ID, "", hold.Release{Reason: "Settled"})
	})
	c.must(err)
	c.inForce(o, 0)
}

func (c *cell) inForce(o org.Organisation, want int) {
	c.t.Helper()
	g, err := c.truth.Guard(c.t.Context(), o.ID)
	c.must(err)
	n := 0
	for _, h := range g.Holds {
		if h.Holds() {
			n++
		}
	}
	if n != want {
		c.t.Errorf("%d holds are in force, want %d", n, want)
	}
}

// deletion is asked for under a hold, and refused.
func (c *cell) deletion(o org.Organisation, u upload.Upload) {
	c.t.Helper()
	if _, err := c.stager.Delete(c.t.Context(), c.act(), o.ID, u.ID, ""); err == nil {
		c.t.Error("an upload was deleted under a hold")
	}
}

func (c *cell) leaves(o org.Organisation) {
	c.t.Helper()
	got, err := twice(func() (org.Organisation, error) {
		return c.ends.Request(c.t.Context(), c.once("leave"), o.ID, "", org.Ask{Reason: "We have moved"})
	})
	c.must(err)
	if !got.Termination.DeleteBy.Equal(c.now.Add(60 * policy.Day)) {
		c.t.Errorf("the termination is %+v", got.Termination)
	}
}

func (c *cell) stays(o org.Organisation) {
	c.t.Helper()
	_, err := twice(func() (struct{}, error) {
		return struct{}{}, c.ends.Withdraw(c.t.Context(), c.once("stay"), o.ID, "")
	})
	c.must(err)
	if now, err := c.truth.Organisation(c.t.Context(), o.ID); err != nil || now.Termination.Runs() {
		c.t.Errorf("the termination is %+v, %v", now.Termination, err)
	}
}

func small() upload.Draft {
	return upload.Draft{FileName: "support.zip", Size: int64(len(aBundle)), Kind: upload.SupportZip, SHA256: digest(aBundle)}
}

// large is just beyond what a single PUT may carry: two parts.
var large = slices.Repeat([]byte("waybill "), upload.SingleUpTo/8+1)

// multipart offers a large file and sends its parts; it answers none when it came to nothing.
func (c *cell) multipart(o org.Organisation) (upload.Upload, []upload.Part) {
	ctx := c.t.Context()
	u, err := twice(func() (upload.Upload, error) {
		return c.stager.Offer(ctx, c.act(), o.ID, "", upload.Draft{FileName: "export.zip", Size: int64(len(large)), Kind: upload.Export})
	})
	if err != nil {
		return u, nil
	}
	bodies := [][]byte{large[:u.PartLength(1)], large[u.PartLength(1):]}
	digests := []upload.PartDigest{{Number: 1, SHA256: digest(bodies[0])}, {Number: 2, SHA256: digest(bodies[1])}}
	signed, err := twice(func() ([]upload.SignedPart, error) { return c.stager.SignParts(ctx, c.act(), o.ID, u.ID, digests) })
	if err != nil {
		return u, nil
	}
	var parts []upload.Part
	for i, s := range signed {
		parts = append(parts, upload.Part{Number: s.Number, SHA256: digests[i].SHA256, ETag: c.send(s.Signed, bodies[i])})
	}
	return u, parts
}

// joined completes the multipart upload beside the fault line, as an earlier call did whose answer nobody heard.
func (c *cell) joined(u upload.Upload, parts []upload.Part) {
	c.t.Helper()
	u, err := c.truth.Upload(c.t.Context(), u.Org, u.ID)
	c.must(err)
	_, err = staging.NewSigner(c.root).Complete(c.t.Context(), u, parts)
	c.must(err)
}

// sealed is an upload that has arrived, of an organisation of its own.
func (c *cell) sealed() upload.Upload {
	c.t.Helper()
	return c.sealedFor(c.organisation())
}

func (c *cell) sealedFor(o org.Organisation) upload.Upload { return c.sealedUnder(o, "") }

func (c *cell) sealedUnder(o org.Organisation, migration string) upload.Upload {
	c.t.Helper()
	u, err := c.stager.Offer(c.t.Context(), c.act(), o.ID, migration, small())
	c.must(err)
	signed, err := c.stager.SignPut(c.t.Context(), c.act(), u)
	c.must(err)
	c.send(signed, aBundle)
	c.report()
	u, err = c.truth.Upload(c.t.Context(), o.ID, u.ID)
	c.must(err)
	if u.State != upload.Sealed {
		c.t.Fatalf("the upload is %s", u.State)
	}
	return u
}

func (c *cell) migrationWithUploads(o org.Organisation) migration.Migration {
	c.t.Helper()
	m, err := c.planner.Create(c.t.Context(), c.act(), o.ID, wave)
	c.must(err)
	c.sealedUnder(o, m.ID)
	c.sealedUnder(o, m.ID)
	return m
}

// reap is what happens when neither tick nor purge came by: TTL removes the record, and the stream delivers until it is
// taken.
func (c *cell) reap(u upload.Upload) {
	c.t.Helper()
	c.now = u.DeleteBy.Add(24 * time.Hour)
	c.expireByTTL(u)
	if c.reaper.Reap(c.t.Context(), c.works("reap"), u) != nil {
		c.faults.Pause(func() { c.must(c.reaper.Reap(c.t.Context(), c.works("reap"), u)) })
	}
}

// expireByTTL removes a record as DynamoDB's TTL does; its audit entries stay.
func (c *cell) expireByTTL(u upload.Upload) {
	c.t.Helper()
	_, err := c.truth.Client.DeleteItem(c.t.Context(), &dynamodb.DeleteItemInput{TableName: &c.truth.Table,
		Key: map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: u.Org}, "sk": &types.AttributeValueMemberS{Value: "upl#" + u.ID}}})
	c.must(err)
}

// The harms of the checker's own test.

func (c *cell) erase(u upload.Upload) {
	_, err := s3.NewFromConfig(c.root, pathStyle).DeleteObject(c.t.Context(), &s3.DeleteObjectInput{Bucket: &c.bucket, Key: &u.ObjectKey, VersionId: &u.VersionID})
	c.must(err)
}

func (c *cell) bump(u upload.Upload) { c.set(u, "revision", &types.AttributeValueMemberN{Value: "9"}) }

func (c *cell) set(u upload.Upload, attribute string, v types.AttributeValue) {
	_, err := c.truth.Client.UpdateItem(c.t.Context(), &dynamodb.UpdateItemInput{TableName: &c.truth.Table,
		Key:              map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: u.Org}, "sk": &types.AttributeValueMemberS{Value: "upl#" + u.ID}},
		UpdateExpression: new("SET #a = :v"), ExpressionAttributeNames: map[string]string{"#a": attribute}, ExpressionAttributeValues: map[string]types.AttributeValue{":v": v}})
	c.must(err)
}

func (c *cell) claim(u upload.Upload) {
	c.must(c.truth.ReplaceUpload(c.t.Context(), c.act(), audit.UploadPurged, u, u.Gone(c.now, ""), ""))
}
