package web

import (
	"context"

	"waybill/internal/holdings"
	"waybill/internal/policy"
)

// holdingView is a thing that is held, as the API shows it.
type holdingView struct {
	ID             string        `json:"id"`
	Kind           holdings.Kind `json:"kind"`
	Migration      string        `json:"migration,omitempty"`
	State          string        `json:"state,omitempty"`
	Size           *int64        `json:"size,omitempty"`
	Bucket         string        `json:"bucket,omitempty"`
	Table          string        `json:"table,omitempty"`
	Region         string        `json:"region"`
	KMSKeyARN      string        `json:"kmsKeyArn,omitempty"`
	Rule           string        `json:"rule,omitempty"`
	Rules          []string      `json:"rules"`
	DeleteBy       string        `json:"deleteBy,omitempty"`
	Basis          policy.Basis  `json:"basis,omitempty"`
	Holds          []string      `json:"holds"`
	PredictedPurge string        `json:"predictedPurge,omitempty"`
	Remains        bool          `json:"remains"`
}

func viewOfHolding(h holdings.Holding) any {
	v := holdingView{ID: h.ID, Kind: h.Kind, Migration: h.Migration, State: h.State, Bucket: h.Where.Bucket, Table: h.Where.Table,
		Region: h.Where.Region, KMSKeyARN: h.Where.KeyARN, Rule: h.Rule, Rules: h.Rules, DeleteBy: stamp(h.DeleteBy), Basis: h.Basis,
		Holds: h.Holds, PredictedPurge: stamp(h.PurgeBy), Remains: h.Remains}
	if h.Kind == holdings.Staged {
		v.Size = &h.Size
	}
	return v
}

func (a API) listHoldings(ctx context.Context, c *call) (answer, error) {
	l := list[holdings.Holding]{id: holdings.Holding.Mark, show: viewOfHolding}
	l.read = func(after string, limit int) ([]holdings.Holding, bool, error) {
		return a.Holdings.List(ctx, c.act, c.org, c.path("mig"), after, limit)
	}
	return l.answer(ctx, a.Cursors, c)
}
