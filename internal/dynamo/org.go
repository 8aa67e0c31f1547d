package dynamo

import (
	"context"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/org"
)

// orgItem is an organisation.
type orgItem struct {
	Pk        string   `dynamodbav:"pk"`
	Sk        string   `dynamodbav:"sk"`
	Name      string   `dynamodbav:"name"`
	Location  string   `dynamodbav:"location"`
	Plan      string   `dynamodbav:"plan"`
	Regions   []string `dynamodbav:"regions"`
	KeyMode   string   `dynamodbav:"keyMode"`
	KeyARN    string   `dynamodbav:"keyArn"`
	KeyState  string   `dynamodbav:"keyState"`
	CreatedAt string   `dynamodbav:"createdAt"`
	Revision  int      `dynamodbav:"revision"`
}

func toOrgItem(o org.Organisation) (item, error) {
	return encode(orgItem{o.ID, orgSort, o.Name, o.Location, string(o.Plan), o.Regions, string(o.Key.Mode), o.Key.ARN, string(o.Key.State), stamp(o.CreatedAt), o.Revision})
}

func (i orgItem) organisation() (org.Organisation, error) {
	created, err := unstamp(i.CreatedAt)
	return org.Organisation{ID: i.Pk, Name: i.Name, Location: i.Location, Plan: org.Plan(i.Plan), Regions: i.Regions,
		Key: org.Key{Mode: org.Mode(i.KeyMode), ARN: i.KeyARN, State: org.KeyState(i.KeyState)}, CreatedAt: created, Revision: i.Revision}, err
}

// Organisation answers fault.NotFound when there is none.
func (r Records) Organisation(ctx context.Context, id string) (org.Organisation, error) {
	var i orgItem
	if err := r.get(ctx, id, orgSort, &i); err != nil {
		return org.Organisation{}, err
	}
	return i.organisation()
}

// CreateOrganisation writes a new one.
func (r Records) CreateOrganisation(ctx context.Context, act audit.Act, o org.Organisation) error {
	it, err := toOrgItem(o)
	if err != nil {
		return err
	}
	return r.commit(ctx, act, o.ID, act.Entry(audit.OrgCreated, o.ID, audit.Done, ""), r.put(it, absent, fault.Conflict))
}

// BindKey puts an organisation under another key.
func (r Records) BindKey(ctx context.Context, act audit.Act, before, after org.Organisation) error {
	w, err := r.replaceOrg(before, after)
	if err != nil {
		return err
	}
	return r.commit(ctx, act, after.ID, act.Entry(audit.KeyBound, after.ID, audit.Done, string(after.Key.Mode)), w)
}

// KeyLost notes that the organisation's key stopped working, and the refusal that followed.
func (r Records) KeyLost(ctx context.Context, act audit.Act, before, after org.Organisation) error {
	entry := act.Entry(audit.KeyRefused, after.ID, audit.Refused, string(after.Key.State))
	if before.Key.State == after.Key.State {
		return r.Note(ctx, after.ID, entry)
	}
	after.Revision = before.Revision + 1
	w, err := r.replaceOrg(before, after)
	if err != nil {
		return err
	}
	act.Once = nil // the request was refused: its key stays free for the next try
	return r.commit(ctx, act, after.ID, entry, w)
}

func (r Records) replaceOrg(before, after org.Organisation) (write, error) {
	it, err := toOrgItem(after)
	return r.put(it, unchanged(before.Revision), fault.Stale.Because("The organisation changed meanwhile; try again.")), err
}

// keep holds an organisation to the key that was read, and notes the key's state when that changed.
func (r Records) keep(before, after org.Organisation) (write, error) {
	if before.Key.State != after.Key.State {
		after.Revision = before.Revision + 1
		return r.replaceOrg(before, after)
	}
	same := condition{expression: "keyArn = :k", values: item{":k": str(before.Key.ARN)}}
	return r.check(key(before.ID, orgSort), same, fault.Stale.Because("The organisation's key changed meanwhile; try again.")), nil
}
