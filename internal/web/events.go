package web

import (
	"context"

	"waybill/internal/audit"
)

// eventView is an audit entry as the API shows it.
type eventView struct {
	ID        string        `json:"id"`
	Time      string        `json:"time"`
	Action    audit.Action  `json:"action"`
	Actor     audit.Actor   `json:"actor"`
	Resource  string        `json:"resource"`
	Outcome   audit.Outcome `json:"outcome"`
	RequestID string        `json:"requestId"`
	Detail    string        `json:"detail,omitempty"`
}

func (a API) listEvents(ctx context.Context, c *call) (answer, error) {
	filter, err := eventFilter(c.query)
	if err != nil {
		return answer{}, err
	}
	l := list[audit.Entry]{owner: a.orgExists}
	l.id = func(e audit.Entry) string { return e.ID }
	l.show = func(e audit.Entry) any {
		return eventView{e.ID, stamp(e.Time), e.Action, e.Actor, e.Resource, e.Outcome, e.RequestID, e.Detail}
	}
	l.read = func(after string, limit int) ([]audit.Entry, bool, error) {
		return a.Trail.Events(ctx, c.org, filter, after, limit)
	}
	return l.answer(ctx, a.Cursors, c)
}
