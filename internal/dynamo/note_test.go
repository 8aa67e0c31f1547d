package dynamo_test

import (
	"errors"
	"testing"

	"waybill/internal/audit"
	"waybill/internal/fault"
)

// What is refused of an organisation that is not here is noted in the cell's own trail, and makes no key that nothing
// would ever destroy.
func TestARefusalOfWhatIsNotHere(t *testing.T) {
	t.Parallel()
	r, o := settled(t)
	for _, row := range []struct{ organisation, trail string }{{o.ID, o.ID}, {"org_01m6dsg7e0x1yb8q05nmw9tp4g", ""}} {
		note := at(noon).Entry(audit.AccessRefused, row.organisation, audit.Refused, "")
		ok(t, r.Note(t.Context(), row.organisation, note))
		list, _, err := r.Events(t.Context(), row.trail, audit.Filter{Action: audit.AccessRefused}, "", 9)
		if err != nil || len(list) != 1 || list[0].ID != note.ID || list[0].Actor != "ada" {
			t.Errorf("%s: the trail of %q is %+v, %v", row.organisation, row.trail, list, err)
		}
	}
	if _, err := r.SealingKey(t.Context(), "org_01m6dsg7e0x1yb8q05nmw9tp4g"); !errors.Is(err, fault.NotFound) {
		t.Errorf("its key: %v", err)
	}
}
