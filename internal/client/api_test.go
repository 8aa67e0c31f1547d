package client_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"waybill/internal/access"
	"waybill/internal/client"
	"waybill/internal/client/frontdoor"
)

const plan = `{"name":"First wave","source":{"product":"jira","serverId":"B8XH-2KPM-9QRT-51ZC","baseUrl":"https://jira.example.com","version":"9.12.4"},
	"destination":{"url":"https://example.cloud.test"},"scope":{"projects":[{"key":"ENG","name":"Engineering"}]}}`

// inside is a caller of the real API who is admin of an organisation there.
func inside(t *testing.T) (c *client.Client, d *frontdoor.Door, org string) {
	t.Helper()
	d = frontdoor.Open(t, nil)
	c, _ = caller(t, d.URL)
	o := must(t)(c.CreateOrg(t.Context(), client.OrgDraft{Name: "Example", Location: "Germany", Plan: "paid"}))
	d.Enter(o)
	return c, d, o
}

// must answers the id of what was made, or ends the test.
func must(t *testing.T) func(r client.Record[client.Org], err error) string {
	return func(r client.Record[client.Org], err error) string {
		t.Helper()
		if err != nil || r.Value.ID == "" || r.ETag == "" {
			t.Fatalf("%+v, %v", r, err)
		}
		return r.Value.ID
	}
}

func TestOrgs(t *testing.T) {
	t.Parallel()
	c, _, org := inside(t)
	o, err := c.Org(t.Context(), org)
	if err != nil || o.Value.Location != "Germany" || o.Value.Key.Mode != "operator" || len(o.Value.Regions) != 1 {
		t.Fatalf("%+v, %v", o.Value, err)
	}
	const key = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	bound, err := c.BindKey(t.Context(), org, key, o.ETag)
	if err != nil || bound.Value.Key.ARN != key || bound.ETag == o.ETag {
		t.Errorf("%+v, %v", bound.Value, err)
	}
	if _, err := c.BindKey(t.Context(), org, key, o.ETag); status(err) != http.StatusPreconditionFailed {
		t.Errorf("a stale revision: %v", err)
	}
	events, err := c.Events(t.Context(), org, client.EventFilter{From: "2026-01-01T00:00:00Z", Action: "org.created", Actor: "user:ada"}, client.Range{Limit: 1})
	if err != nil || len(events.Items) != 0 {
		t.Errorf("%v, %v", events, err)
	}
}

func TestMigrationsLive(t *testing.T) {
	t.Parallel()
	c, _, org := inside(t)
	m, err := c.CreateMigration(t.Context(), org, json.RawMessage(plan))
	if err != nil || m.Value.Status != "SAVED" || m.Value.Scope.Projects[0].Name != "Engineering" {
		t.Fatalf("%+v, %v", m.Value, err)
	}
	id := m.Value.ID
	steps := []struct {
		does string
		do   func(match string) (client.Record[client.Migration], error)
		is   func(client.Migration) bool
	}{
		{"edit", func(match string) (client.Record[client.Migration], error) {
			return c.EditMigration(t.Context(), id, json.RawMessage(`{"name":"Second wave"}`), match)
		}, func(m client.Migration) bool { return m.Name == "Second wave" }},
		{"run", step(t, c, id, "run"), func(m client.Migration) bool { return m.Status == "RUNNING" }},
		{"settle", func(match string) (client.Record[client.Migration], error) {
			return c.SettleMigration(t.Context(), id, "INCOMPLETE", match)
		}, func(m client.Migration) bool { return m.Status == "INCOMPLETE" }},
		{"archive", step(t, c, id, "archive"), func(m client.Migration) bool { return m.Archived }},
		{"unarchive", step(t, c, id, "unarchive"), func(m client.Migration) bool { return !m.Archived }},
	}
	for _, s := range steps {
		if m, err = s.do(m.ETag); err != nil || !s.is(m.Value) {
			t.Fatalf("%s: %+v, %v", s.does, m.Value, err)
		}
	}
	twin, err := c.CopyMigration(t.Context(), id)
	if err != nil || twin.Value.CopiedFrom != id {
		t.Errorf("copy: %+v, %v", twin.Value, err)
	}
	if err := c.DeleteMigration(t.Context(), id, m.ETag); err != nil {
		t.Errorf("delete: %v", err)
	}
	if _, err := c.Migration(t.Context(), id); !client.NotFound(err) {
		t.Errorf("after it was deleted: %v", err)
	}
}

func step(t *testing.T, c *client.Client, id, name string) func(match string) (client.Record[client.Migration], error) {
	return func(match string) (client.Record[client.Migration], error) {
		return c.Step(t.Context(), id, name, match)
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	c, _, org := inside(t)
	for range 3 {
		if _, err := c.CreateMigration(t.Context(), org, json.RawMessage(plan)); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]bool{}
	for r := (client.Range{Limit: 2}); ; {
		p, err := c.Migrations(t.Context(), org, client.MigrationFilter{Status: "SAVED", Archived: "false"}, r)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range p.Items {
			seen[m.Value.ID] = m.Value.ProjectCount == 1
		}
		if r.Cursor = p.Next; p.Next == "" {
			break
		}
	}
	if len(seen) != 3 {
		t.Errorf("saw %v", seen)
	}
}

func TestUploads(t *testing.T) {
	t.Parallel()
	c, _, org := inside(t)
	at := client.Place{Org: org}
	digest := "ZqnBHCMHkmjdkMUuXpCvxUGs6SIvFvx8Zff41TwGGas="
	once := client.Once()
	small := client.UploadDraft{FileName: "a.zip", Size: 10, Kind: "support-zip", SHA256: digest}
	u, err := c.OfferUpload(t.Context(), at, small, once)
	if err != nil || u.Value.Method != client.Single || u.Value.Put == nil || u.Value.State != client.Pending {
		t.Fatalf("%+v, %v", u.Value, err)
	}
	if again, err := c.OfferUpload(t.Context(), at, small, once); err != nil || again.Value.ID != u.Value.ID || again.Value.Put == nil {
		t.Errorf("the same offer: %+v, %v", again.Value, err)
	}
	if way, err := c.SignPut(t.Context(), u.Value.ID); err != nil || way.URL == "" {
		t.Errorf("%+v, %v", way, err)
	}
	large := client.UploadDraft{FileName: "b.zip", Size: 40 << 20, Kind: "support-zip", SHA256: digest}
	l, err := c.OfferUpload(t.Context(), at, large, client.Once())
	if err != nil || l.Value.Method != client.Multipart || l.Value.PartSize != 16<<20 || l.Value.Parts != 3 {
		t.Fatalf("%+v, %v", l.Value, err)
	}
	ways, err := c.SignParts(t.Context(), l.Value.ID, []client.PartDigest{{Number: 3, SHA256: digest}, {Number: 1, SHA256: digest}})
	if err != nil || len(ways) != 2 || ways[0].Number != 3 || ways[0].URL == "" {
		t.Errorf("%+v, %v", ways, err)
	}
	if there, err := c.Parts(t.Context(), l.Value.ID); err != nil || len(there) != 0 {
		t.Errorf("%+v, %v", there, err)
	}
	_, err = c.CompleteUpload(t.Context(), l.Value.ID, client.Completion{Parts: []client.Part{{Number: 1, ETag: "e", SHA256: digest}}, SHA256: digest})
	if p, found := errors.AsType[*client.Problem](err); !found || len(p.Errors) != 1 || p.Errors[0].Pointer != "/parts" {
		t.Errorf("%v", err)
	}
	if gone, err := c.DeleteUpload(t.Context(), u.Value.ID, u.ETag); err != nil || gone.Value.State != "EXPIRED" {
		t.Errorf("%+v, %v", gone.Value, err)
	}
	if list, err := c.Uploads(t.Context(), at, client.Range{}); err != nil || len(list.Items) != 2 {
		t.Errorf("%+v, %v", list, err)
	}
}

func status(err error) int {
	p, _ := errors.AsType[*client.Problem](err)
	if p == nil {
		return 0
	}
	return p.Status
}

func TestHoldsAndTheEndOfAnOrganisation(t *testing.T) {
	t.Parallel()
	c, d, org := inside(t)
	d.By.Roles = append(d.By.Roles, access.SecurityOfficer)
	ctx := t.Context()
	placed, err := c.PlaceHold(ctx, org, client.HoldDraft{Scope: org, Reason: "Matter 7", ReviewBy: d.Cell.Now().Add(time.Hour).Format(time.RFC3339)})
	if err != nil || placed.Value.Scope != org || placed.Value.PlacedBy == "" || placed.ETag == "" {
		t.Fatalf("placed %+v, %v", placed.Value, err)
	}
	if list, err := c.Holds(ctx, org, client.Range{}); err != nil || len(list.Items) != 1 || list.Items[0].Value != placed.Value {
		t.Errorf("listed %+v, %v", list, err)
	}
	if _, err := c.ReleaseHold(ctx, placed.Value.ID, "Settled", `"9"`); status(err) != http.StatusPreconditionFailed {
		t.Errorf("released at another revision: %v", err)
	}
	released, err := c.ReleaseHold(ctx, placed.Value.ID, "Settled", placed.ETag)
	if err != nil || released.Value.ReleaseReason != "Settled" || released.Value.ReleasedAt == "" {
		t.Errorf("released %+v, %v", released.Value, err)
	}
	if read, err := c.Hold(ctx, placed.Value.ID); err != nil || read.Value != released.Value {
		t.Errorf("read %+v, %v", read.Value, err)
	}
	end, err := c.Terminate(ctx, org, "We have moved")
	if err != nil || end.Value.DeleteBy == "" || end.Value.Reason != "We have moved" {
		t.Fatalf("terminated %+v, %v", end.Value, err)
	}
	if read, err := c.Termination(ctx, org); err != nil || read.Value != end.Value || read.ETag != end.ETag {
		t.Errorf("read %+v, %v", read, err)
	}
	if o, err := c.Org(ctx, org); err != nil || o.Value.Termination.DeleteBy != end.Value.DeleteBy {
		t.Errorf("the organisation is %+v, %v", o.Value, err)
	}
	if err := c.WithdrawTermination(ctx, org, end.ETag); err != nil {
		t.Error(err)
	}
	held, err := c.Holdings(ctx, client.Place{Org: org}, client.Range{Limit: 3})
	if err != nil || len(held.Items) != 3 || held.Next == "" || held.Items[0].Value.Table != "records" {
		t.Errorf("held are %+v, %v", held, err)
	}
}
