package web

import (
	"context"
	"net/http"

	"waybill/internal/inspection"
)

// Inspections are what was read in support bundles.
type Inspections interface {
	// Inspection answers fault.NotFound when the upload was not read, or is gone.
	Inspection(ctx context.Context, organisation, id string) (inspection.Inspection, error)
}

func (a API) getFindings(ctx context.Context, c *call) (answer, error) {
	return a.inspected(ctx, c, func(i inspection.Inspection) inspection.Document { return i.Findings })
}

func (a API) getInventory(ctx context.Context, c *call) (answer, error) {
	return a.inspected(ctx, c, func(i inspection.Inspection) inspection.Document { return i.Inventory })
}

// inspected answers a document as it was written. The upload is asked for first, so that what was handed over and is not
// read yet differs from what is not there.
func (a API) inspected(ctx context.Context, c *call, which func(inspection.Inspection) inspection.Document) (answer, error) {
	if _, err := a.Stager.Get(ctx, c.act, c.org, c.path("upl")); err != nil {
		return answer{}, err
	}
	i, err := a.Inspections.Inspection(ctx, c.org, c.path("upl"))
	if err != nil {
		return answer{}, err
	}
	text, err := which(i).JSON()
	return answer{status: http.StatusOK, raw: text, media: "application/json"}, err
}
