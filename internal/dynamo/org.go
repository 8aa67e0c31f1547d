package dynamo

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/org"
	"waybill/internal/policy"
)

// orgItem is an organisation. dueShard and dueAt are there while a termination of it runs.
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

	DueShard    string `dynamodbav:"dueShard,omitempty"`
	DueAt       string `dynamodbav:"dueAt,omitempty"`
	RequestedAt string `dynamodbav:"terminationRequestedAt,omitempty"`
	RequestedBy string `dynamodbav:"terminationRequestedBy,omitempty"`
	Reason      string `dynamodbav:"terminationReason,omitempty"`
	Leaving     string `dynamodbav:"terminationLeaving,omitempty"`
	DeleteBy    string `dynamodbav:"deleteBy,omitempty"`
	EndingAt    string `dynamodbav:"endingAt,omitempty"`
	EndedAt     string `dynamodbav:"endedAt,omitempty"` // of the mark that is left in its place: it has no other attribute
}

// endingShard is where in the due index the organisations stand whose termination runs.
const endingShard = "ending"

func toOrgItem(o org.Organisation) (item, error) {
	end := o.Termination
	i := orgItem{Pk: o.ID, Sk: orgSort, Name: o.Name, Location: o.Location, Plan: string(o.Plan), Regions: o.Regions,
		KeyMode: string(o.Key.Mode), KeyARN: o.Key.ARN, KeyState: string(o.Key.State), CreatedAt: stamp(o.CreatedAt), Revision: o.Revision,
		RequestedAt: stamp(end.RequestedAt), RequestedBy: end.RequestedBy, Reason: end.Reason, Leaving: string(end.Leaving), DeleteBy: stamp(end.DeleteBy), EndingAt: stamp(o.EndingAt)}
	if end.Runs() {
		i.DueShard, i.DueAt = endingShard, stamp(end.DeleteBy)
	}
	return encode(i)
}

func (i orgItem) organisation() (org.Organisation, error) {
	o := org.Organisation{ID: i.Pk, Name: i.Name, Location: i.Location, Plan: org.Plan(i.Plan), Regions: i.Regions,
		Key: org.Key{Mode: org.Mode(i.KeyMode), ARN: i.KeyARN, State: org.KeyState(i.KeyState)}, Revision: i.Revision}
	end := &o.Termination
	end.RequestedBy, end.Reason, end.Leaving = i.RequestedBy, i.Reason, policy.Subject(i.Leaving)
	return o, unstampAll(stamped{i.CreatedAt, &o.CreatedAt}, stamped{i.RequestedAt, &end.RequestedAt}, stamped{i.DeleteBy, &end.DeleteBy},
		stamped{i.EndingAt, &o.EndingAt})
}

// Organisation answers fault.NotFound when there is none.
func (r Records) Organisation(ctx context.Context, id string) (org.Organisation, error) {
	var i orgItem
	err := r.get(ctx, id, orgSort, &i)
	if err == nil && i.EndedAt != "" {
		err = fault.NotFound.Because("The organisation has ended.")
	}
	if err != nil {
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

// Terminate writes or takes out the termination of an organisation.
func (r Records) Terminate(ctx context.Context, act audit.Act, action audit.Action, before, after org.Organisation) error {
	w, err := r.replaceOrg(before, after)
	if err != nil {
		return err
	}
	return r.commit(ctx, act, after.ID, act.Entry(action, after.ID, audit.Done, ""), w)
}

// stays holds an organisation to be there, and without a termination that runs.
func (r Records) stays(id string) write {
	c := condition{expression: "attribute_exists(pk) AND attribute_not_exists(terminationRequestedAt)"}
	w := r.check(key(id, orgSort), c, fault.NotFound)
	w.ConditionCheck.ReturnValuesOnConditionCheckFailure = types.ReturnValuesOnConditionCheckFailureAllOld
	w.found = org.Refused()
	return w
}

// keep holds an organisation to the key that was read and to staying, and notes the key's state when that changed.
func (r Records) keep(before, after org.Organisation) (write, error) {
	if before.Key.State != after.Key.State {
		after.Revision = before.Revision + 1
		return r.replaceOrg(before, after)
	}
	same := condition{expression: "keyArn = :k AND attribute_not_exists(terminationRequestedAt)", values: item{":k": str(before.Key.ARN)}}
	return r.check(key(before.ID, orgSort), same, fault.Stale.Because("The organisation changed meanwhile; try again.")), nil
}
