package web

import (
	"context"
	"net/http"

	"waybill/internal/org"
	"waybill/internal/policy"
)

// endView is what everybody who may see an organisation sees of its termination.
type endView struct {
	RequestedAt string `json:"requestedAt"`
	DeleteBy    string `json:"deleteBy"`
	Rule        string `json:"rule"`
}

// terminationView is all of it, for the organisation's own.
type terminationView struct {
	endView
	RequestedBy string `json:"requestedBy"`
	Reason      string `json:"reason"`
}

// endOf is nil as long as no termination runs.
func endOf(t org.Termination) *endView {
	if !t.Runs() {
		return nil
	}
	return &endView{stamp(t.RequestedAt), stamp(t.DeleteBy), policy.Governing(t.Leaving).Name}
}

// showTermination is the termination of a record, at the organisation's revision.
func showTermination(o org.Organisation) answer {
	shown := answer{status: http.StatusOK}
	if end := endOf(o.Termination); end != nil {
		shown = tagged(terminationView{*end, o.Termination.RequestedBy, o.Termination.Reason}, o.Revision)
		shown.lasting = true
	}
	return shown
}

func (a API) terminate(ctx context.Context, c *call, ask org.Ask) (answer, error) {
	o, err := a.Terminator.Request(ctx, c.act, c.org, c.match, ask)
	return created("/v1/orgs/"+c.org+"/termination", showTermination(o)), err
}

func (a API) getTermination(ctx context.Context, c *call) (answer, error) {
	o, err := a.Terminator.Get(ctx, c.org)
	return showTermination(o), err
}

func (a API) withdraw(ctx context.Context, c *call) (answer, error) {
	return answer{status: http.StatusNoContent}, a.Terminator.Withdraw(ctx, c.act, c.org, c.match)
}
