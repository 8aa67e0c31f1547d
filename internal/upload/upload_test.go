package upload

import (
	"testing"
	"time"

	"waybill/internal/policy"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// An offer is over at its deadline to the millisecond, whether or not a schedule came by; nothing else ends by itself.
func TestAt(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		state State
		at    time.Duration // from the deadline
		want  State
	}{
		{Pending, -time.Millisecond, Pending},
		{Pending, 0, Expired},
		{Pending, time.Hour, Expired},
		{Sealed, time.Hour, Sealed},
		{Quarantined, time.Hour, Quarantined},
		{Expired, -time.Hour, Expired},
		{Purged, time.Hour, Purged},
	} {
		u := Upload{State: row.state, DeleteBy: noon, Revision: 3}.At(noon.Add(row.at))
		if u.State != row.want || u.Revision != 3 {
			t.Errorf("%s, seen %s from its deadline: %s at revision %d", row.state, row.at, u.State, u.Revision)
		}
		if ended := row.state == Pending && row.want == Expired; ended != (u.ExpiredAt == noon) {
			t.Errorf("%s, seen %s from its deadline: expired at %s", row.state, row.at, u.ExpiredAt)
		}
	}
}

// The clock of each kind, started by the seal: how many days it is kept, and by which rule.
func TestSealStartsTheClock(t *testing.T) {
	t.Parallel()
	for kind, row := range map[Kind]struct {
		rule string
		days int
	}{
		SupportZip: {"debug", 14}, Export: {"transit.migration", 14}, Assessment: {"assessment", 730},
		Other: {"transit.other", 30}, Unmatched: {"transit.migration", 14},
	} {
		offered := Upload{Kind: kind, State: Pending, DeleteBy: noon, Due: noon, Revision: 4}
		u := offered.sealed("v1", noon)
		want := noon.Add(time.Duration(row.days) * policy.Day)
		if u.State != Sealed || u.VersionID != "v1" || u.SealedAt != noon || u.Rule != row.rule || u.DeleteBy != want || u.Due != want || u.Revision != 5 {
			t.Errorf("%s: %+v", kind, u)
		}
	}
}

// What each change makes of each state. A purge may act on what an index told it a moment ago: of what has ended, no
// change puts the deadline off, except that it is gone.
func TestChanges(t *testing.T) {
	t.Parallel()
	now, past := noon.Add(time.Hour), noon
	for _, row := range []struct {
		change string
		from   State
		due    time.Time
		do     func(Upload) Upload
		to     State
		toDue  time.Time
		purged time.Time
	}{
		{"expire", Pending, past, func(u Upload) Upload { return u.expired(now) }, Expired, past, time.Time{}},
		{"delete", Pending, now.Add(time.Hour), func(u Upload) Upload { return u.expired(now) }, Expired, now, time.Time{}},
		{"delete", Sealed, now.Add(time.Hour), func(u Upload) Upload { return u.due(now) }, Sealed, now, time.Time{}},
		{"return", Sealed, past, func(u Upload) Upload { return u.returned("v2", now) }, Sealed, past, time.Time{}},
		{"return", Expired, past, func(u Upload) Upload { return u.returned("v2", now) }, Expired, past, time.Time{}},
		{"return", Expired, time.Time{}, func(u Upload) Upload { return u.returned("v2", now) }, Expired, now, time.Time{}},
		{"return", Purged, time.Time{}, func(u Upload) Upload { return u.returned("v2", now) }, Sealed, now, time.Time{}},
		{"purge", Sealed, past, func(u Upload) Upload { return u.Gone(now, "crt_a") }, Purged, time.Time{}, now},
		{"purge", Quarantined, past, func(u Upload) Upload { return u.Gone(now, "crt_a") }, Purged, time.Time{}, now},
		{"purge", Expired, past, func(u Upload) Upload { return u.Gone(now, "crt_a") }, Expired, time.Time{}, now},
	} {
		before := Upload{State: row.from, Due: row.due, DeleteBy: noon.Add(policy.Day), Revision: 2}
		if row.due.IsZero() {
			before.PurgedAt = past
		}
		after := row.do(before)
		if after.State != row.to || after.Due != row.toDue || after.PurgedAt != row.purged || after.Revision != 3 || after.DeleteBy != before.DeleteBy {
			t.Errorf("%s of %s due %s: %+v", row.change, row.from, row.due, after)
		}
	}
}
