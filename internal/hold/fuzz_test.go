package hold_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"waybill/internal/fault"
	"waybill/internal/hold"
	"waybill/internal/ident"
	"waybill/internal/memory"
	"waybill/internal/org"
)

// Whatever is said of a hold, it is refused by name or becomes a hold that says exactly that: on the thing that was named,
// with a review that is to come, within a year.
func FuzzPlace(f *testing.F) {
	id := ident.Derive(ident.Org, noon, "a")
	f.Add(id, "Matter 7", nextYear)
	f.Add(id+" ", "Matter\u00007", "2026-11-02T12:00:00.0001Z")
	f.Add("org_", strings.Repeat("x", 1001), "9999-12-31T23:59:59.999999999+23:59")
	f.Add("", "", "")
	f.Fuzz(func(t *testing.T, scope, reason, reviewBy string) {
		c := memory.New(noon)
		if err := c.CreateOrganisation(t.Context(), c.Act("olive"), org.Organisation{ID: id, Revision: 1}); err != nil {
			t.Fatal(err)
		}
		h, err := hold.Keeper{Records: c}.Place(t.Context(), c.Act("sam"), id, hold.Draft{Scope: scope, Reason: reason, ReviewBy: reviewBy})
		if err != nil {
			if known := errors.Is(err, fault.BadInput) || errors.Is(err, fault.NotFound); !known || broken(err) == "" {
				t.Errorf("it was refused by %v", err)
			}
			return
		}
		ahead := h.ReviewBy.Sub(noon)
		if h.Scope != id || scope != id || h.Reason != reason || ahead <= 0 || ahead > 366*24*time.Hour || h.ReviewBy.Location() != time.UTC {
			t.Errorf("%q, %q, %q became %+v", scope, reason, reviewBy, h)
		}
	})
}
