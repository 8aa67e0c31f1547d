package web

import (
	"context"
	"time"

	"waybill/internal/hold"
)

// holdView is a legal hold as the API shows it.
type holdView struct {
	ID            string `json:"id"`
	Org           string `json:"org"`
	Scope         string `json:"scope"`
	Reason        string `json:"reason"`
	PlacedBy      string `json:"placedBy"`
	PlacedAt      string `json:"placedAt"`
	ReviewBy      string `json:"reviewBy"`
	ReviewOverdue bool   `json:"reviewOverdue"`
	ReleasedAt    string `json:"releasedAt,omitempty"`
	ReleasedBy    string `json:"releasedBy,omitempty"`
	ReleaseReason string `json:"releaseReason,omitempty"`
}

func viewOfHold(h hold.Hold, now time.Time) holdView {
	return holdView{h.ID, h.Org, h.Scope, h.Reason, h.PlacedBy, stamp(h.PlacedAt), stamp(h.ReviewBy), h.Overdue(now),
		stamp(h.ReleasedAt), h.ReleasedBy, h.ReleaseReason}
}

// showHold is never lasting: a review becomes overdue by the clock, without a new revision.
func (c *call) showHold(h hold.Hold) answer { return tagged(viewOfHold(h, c.act.Time), h.Revision) }

func (a API) placeHold(ctx context.Context, c *call, d hold.Draft) (answer, error) {
	h, err := a.Holds.Place(ctx, c.act, c.org, d)
	return created("/v1/holds/"+h.ID, c.showHold(h)), err
}

func (a API) getHold(ctx context.Context, c *call) (answer, error) {
	h, err := a.Holds.Get(ctx, c.org, c.path("hld"))
	return c.showHold(h), err
}

func (a API) releaseHold(ctx context.Context, c *call, r hold.Release) (answer, error) {
	h, err := a.Holds.Release(ctx, c.act, c.org, c.path("hld"), c.match, r)
	return c.showHold(h), err
}

func (a API) listHolds(ctx context.Context, c *call) (answer, error) {
	l := list[hold.Hold]{owner: a.orgExists}
	l.id = func(h hold.Hold) string { return h.ID }
	l.show = func(h hold.Hold) any { return viewOfHold(h, c.act.Time) }
	l.read = func(after string, limit int) ([]hold.Hold, bool, error) {
		return a.Holds.List(ctx, c.org, after, limit)
	}
	return l.answer(ctx, a.Cursors, c)
}
