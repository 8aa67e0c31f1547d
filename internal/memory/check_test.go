package memory

import (
	"strings"
	"testing"
	"time"

	"waybill/internal/audit"
	"waybill/internal/hold"
	"waybill/internal/migration"
	"waybill/internal/org"
	"waybill/internal/policy"
	"waybill/internal/purge"
	"waybill/internal/upload"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// settled is a cell in which all is well: one upload lies there, one is purged.
func settled(t *testing.T) *Cell {
	t.Helper()
	c := New(noon)
	o := org.Organisation{ID: "org_a", Revision: 1}
	must(t, c.CreateOrganisation(t.Context(), c.Act("olive"), o))
	for _, name := range []string{"upl_there", "upl_gone"} {
		key := "staged/debug/org_a/" + name
		day := noon.Add(policy.Day)
		u := upload.Upload{ID: name, Org: "org_a", Kind: upload.SupportZip, State: upload.Pending, ObjectKey: key, CreatedAt: noon, DeleteBy: day, Due: day, Revision: 1}
		must(t, c.Offer(t.Context(), c.Act("ada"), u, o, o))
		after := u
		after.VersionID = c.Drop(key, 1)
		after.State, after.SealedAt, after.DeleteBy, after.Due, after.Revision = upload.Sealed, noon, noon.Add(14*policy.Day), noon.Add(14*policy.Day), 2
		must(t, c.ReplaceUpload(t.Context(), c.Act("function:intake"), audit.UploadSealed, u, after, ""))
	}
	gone := c.uploads[id{"org_a", "upl_gone"}]
	due := gone
	due.Due, due.Revision = noon, 3
	must(t, c.ReplaceUpload(t.Context(), c.Act("ada"), audit.UploadDeleted, gone, due, ""))
	_, err := c.Erase(t.Context(), []purge.Version{{Key: gone.ObjectKey, ID: gone.VersionID}})
	must(t, err)
	must(t, c.ReplaceUpload(t.Context(), c.Act("function:purge"), audit.UploadPurged, due, due.Gone(noon), ""))
	must(t, c.Check())
	return c
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// edit changes a record behind everyone's back.
func (c *Cell) edit(name string, change func(*upload.Upload)) {
	u := c.uploads[id{"org_a", name}]
	change(&u)
	c.uploads[id{"org_a", name}] = u
}

// hold places a hold so long from noon, behind everyone's back.
func (c *Cell) hold(scope string, from time.Duration) {
	c.holds[id{"org_a", "hld_a"}] = hold.Hold{ID: "hld_a", Org: "org_a", Scope: scope, PlacedAt: noon.Add(from), Revision: 1}
	c.tell("org_a", audit.HoldPlaced, "hld_a")
}

func (c *Cell) tell(organisation string, action audit.Action, resource string) {
	act := audit.Act{Actor: "sam", Time: noon, RequestID: "r"}
	c.trail = append(c.trail, Line{organisation, act.Entry(action, resource, audit.Done, "")})
}

// leave has the organisation's termination run, so much longer than its rule says.
func (c *Cell) leave(longer time.Duration) {
	o := c.organisations["org_a"]
	o.Termination = org.Termination{RequestedAt: noon, Leaving: policy.OrgEvaluation, DeleteBy: noon.Add(15*policy.Day + longer)}
	c.organisations["org_a"] = o
}

// What is held may be overdue; what was erased before a hold came, or after it went, was not erased under it.
func TestCheckBearsWithHolds(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		scope    string
		from, to time.Duration
	}{
		"overdue under its own":         {"upl_there", time.Hour, 0},
		"overdue under that of all":     {"org_a", time.Hour, 0},
		"a hold of before the erasure":  {"upl_gone", -2 * time.Hour, -time.Hour},
		"a hold placed after it":        {"upl_gone", time.Hour, 0},
		"one placed at the same moment": {"upl_gone", 0, 0},
	} {
		c := settled(t)
		c.hold(row.scope, row.from)
		if row.to != 0 {
			h := c.holds[id{"org_a", "hld_a"}]
			h.ReleasedAt, h.Revision = noon.Add(row.to), 2
			c.holds[id{"org_a", "hld_a"}] = h
			c.tell("org_a", audit.HoldReleased, "hld_a")
		}
		if row.scope != "upl_gone" {
			c.now = noon.Add(20 * policy.Day)
		}
		if err := c.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The checker finds each broken promise; one that finds nothing would prove nothing.
func TestCheckFinds(t *testing.T) {
	t.Parallel()
	there := purge.Version{Key: "staged/debug/org_a/upl_there", ID: "version-1"}
	for name, row := range map[string]struct {
		breaks func(*Cell)
		says   string
	}{
		"an early erasure":           {func(c *Cell) { c.erasures = append(c.erasures, erasure{there, noon.Add(time.Hour)}) }, "before it was due"},
		"an erasure of nobody's":     {func(c *Cell) { c.erasures = append(c.erasures, erasure{purge.Version{Key: "x", ID: "y"}, noon}) }, "no record ever had it"},
		"something overdue":          {func(c *Cell) { c.now = noon.Add(14 * policy.Day) }, "has been due since"},
		"bytes of what is purged":    {func(c *Cell) { c.arrive("staged/debug/org_a/upl_gone", 1) }, "still lies in the bucket"},
		"a marker of what is purged": {func(c *Cell) { c.Mark("staged/debug/org_a/upl_gone") }, "still lies in the bucket"},
		"parts of what is purged":    {func(c *Cell) { c.Begin("staged/debug/org_a/upl_gone") }, "still lies in the bucket"},
		"bytes of nobody's":          {func(c *Cell) { c.arrive("what/is/this", 1) }, "no record will remove it"},
		"parts of nobody's":          {func(c *Cell) { c.Begin("what/is/this") }, "no record will remove it"},
		"a lost record":              {func(c *Cell) { delete(c.uploads, id{"org_a", "upl_there"}) }, "no record will remove it"},
		"no end in sight":            {func(c *Cell) { c.edit("upl_there", func(u *upload.Upload) { u.Due = time.Time{} }) }, "it must be one of them"},
		"both due and purged":        {func(c *Cell) { c.edit("upl_there", func(u *upload.Upload) { u.PurgedAt = noon }) }, "it must be one of them"},
		"purged, and called sealed":  {func(c *Cell) { c.edit("upl_gone", func(u *upload.Upload) { u.State = upload.Sealed }) }, "is SEALED, and was purged"},
		"sealed, and called purged":  {func(c *Cell) { c.edit("upl_there", func(u *upload.Upload) { u.State = upload.Purged }) }, "is PURGED, and was purged at 0001"},
		"a deadline put off":         {func(c *Cell) { c.edit("upl_there", func(u *upload.Upload) { u.DeleteBy = u.DeleteBy.Add(1) }) }, "its rule says"},
		"a change off the record":    {func(c *Cell) { c.edit("upl_there", func(u *upload.Upload) { u.Revision++ }) }, "at revision 3 with 2 audit entries"},
		"an entry of no change":      {func(c *Cell) { c.trail = append(c.trail, c.trail[1]) }, "at revision 2 with 3 audit entries"},
		"an impossible life":         {func(c *Cell) { c.trail[2].Action = audit.UploadExpired; c.trail[1].Action = audit.UploadSealed }, "cannot be"},
		"a deed of nobody's":         {func(c *Cell) { c.trail[1].Actor = "" }, "cannot be"},
		"another's deed":             {func(c *Cell) { c.trail[1].Organisation = "org_b" }, "cannot be"},
		"an erasure under a hold":    {func(c *Cell) { c.hold("upl_gone", -time.Hour) }, "under the hold"},
		"one under a hold of all":    {func(c *Cell) { c.hold("org_a", -time.Hour) }, "under the hold"},
		"a hold off the record":      {func(c *Cell) { c.hold("upl_there", 0); c.trail = c.trail[:len(c.trail)-1] }, "hld_a is at revision 1 with 0"},
		"a migration lost to a hold": {func(c *Cell) { c.hold("mig_a", -time.Hour); c.tell("org_a", audit.MigrationDeleted, "mig_a") }, "mig_a was deleted"},
		"a termination put off":      {func(c *Cell) { c.leave(time.Hour) }, "its rule says"},
		"a migration off the record": {func(c *Cell) { c.migrations[id{"org_a", "mig_a"}] = migration.Migration{ID: "mig_a", Revision: 1} }, "mig_a is at revision 1 with 0"},
	} {
		c := settled(t)
		row.breaks(c)
		if err := c.Check(); err == nil || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s: %v, want … %s …", name, err, row.says)
		}
	}
}
