package dynamo

import (
	"context"
	"errors"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/inspection"
	"waybill/internal/upload"
)

var _ inspection.Records = Records{}

// inspectionItem is what was read in an upload. It has no time to live: it goes in the transaction that records that the
// bytes are gone, and a hold on them holds it.
type inspectionItem struct {
	Pk        string `dynamodbav:"pk"`
	Sk        string `dynamodbav:"sk"`
	Findings  []byte `dynamodbav:"findings"`  // JSON, deflated
	Inventory []byte `dynamodbav:"inventory"` // JSON, deflated
	At        string `dynamodbav:"inspectedAt"`
}

// Inspected writes an inspection and the changed upload with its audit entry, as one; fault.Stale when the upload is no
// longer at before's revision.
func (r Records) Inspected(ctx context.Context, act audit.Act, before, after upload.Upload, i inspection.Inspection) error {
	found, err := encode(inspectionItem{partition(i.Org), insSort + i.Upload, i.Findings, i.Inventory, stamp(i.At)})
	if err != nil {
		return err
	}
	it, err := toUploadItem(after)
	if err != nil {
		return err
	}
	return r.commit(ctx, act, after.Org, act.Entry(audit.UploadInspected, after.ID, audit.Done, ""),
		r.put(it, unchanged(before.Revision), fault.Stale), r.put(found, anything, nil))
}

// Inspection answers what was read in an upload; fault.NotFound when it was not read, or is gone.
func (r Records) Inspection(ctx context.Context, organisation, id string) (inspection.Inspection, error) {
	var i inspectionItem
	if err := r.get(ctx, partition(organisation), insSort+id, &i); err != nil {
		if errors.Is(err, fault.NotFound) {
			err = fault.NotFound.Because("Nothing has been read in this upload: only support bundles are, soon after they have arrived.")
		}
		return inspection.Inspection{}, err
	}
	at, err := unstamp(i.At)
	return inspection.Inspection{Org: organisation, Upload: id, At: at, Findings: i.Findings, Inventory: i.Inventory}, err
}

// forget takes away what was read in an upload whose bytes are gone.
func (r Records) forget(u upload.Upload) []write {
	if u.InspectedAt.IsZero() {
		return nil
	}
	return []write{r.remove(key(partition(u.Org), insSort+u.ID), anything, nil)}
}
