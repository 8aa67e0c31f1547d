package dynamo

import (
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"waybill/internal/audit"
	"waybill/internal/certificate"
	"waybill/internal/fault"
	"waybill/internal/hold"
	"waybill/internal/policy"
	"waybill/internal/purge"
)

var _ purge.Records = Records{}

// intentItem is an open intent. Whoever wrote it takes it away. One that left something, or whose sweep died, stays for
// long enough to tell later sweeps what was begun; then TTL takes it.
type intentItem struct {
	Pk          string   `dynamodbav:"pk"`
	Sk          string   `dynamodbav:"sk"`
	ID          string   `dynamodbav:"id"`
	Rule        string   `dynamodbav:"rule"`
	Basis       string   `dynamodbav:"basis"`
	Uploads     []string `dynamodbav:"uploads"`
	Manifest    []byte   `dynamodbav:"manifest,omitempty"` // the lines, as package certificate writes them, deflated; none past the lease
	WrittenAt   string   `dynamodbav:"writtenAt"`
	LeasedUntil string   `dynamodbav:"leasedUntil"`
	ExpiresAt   int64    `dynamodbav:"expiresAt"`
}

// remembered is how long an intent stays past its lease.
const remembered = 30 * policy.Day

func newIntentItem(i purge.Intent) intentItem {
	return intentItem{Pk: partition(i.Org), Sk: intentSort + i.ID, ID: i.ID, Rule: i.Rule, Basis: string(i.Basis), Uploads: i.Uploads(),
		WrittenAt: stamp(i.WrittenAt), LeasedUntil: stamp(i.LeasedUntil), ExpiresAt: i.LeasedUntil.Add(remembered).Unix()}
}

func toIntentItem(i purge.Intent) (item, error) {
	manifest, err := certificate.Manifest(i.Lines)
	if err != nil {
		return nil, err
	}
	it := newIntentItem(i)
	if it.Manifest, err = deflated(manifest); err != nil {
		return nil, err
	}
	return encode(it)
}

func deflated(text []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestSpeed)
	if err != nil {
		return nil, err
	}
	_, err = w.Write(text)
	return out.Bytes(), errors.Join(err, w.Close())
}

// Intend writes an intent, and moves the guard.
func (r Records) Intend(ctx context.Context, act audit.Act, g hold.Guard, i purge.Intent) error {
	it, err := toIntentItem(i)
	if err != nil {
		return err
	}
	return r.commit(ctx, act, i.Org, act.Entry(audit.PurgeIntended, i.ID, audit.Done, fmt.Sprintf("%s, %d things", i.Rule, len(i.Lines))),
		r.put(it, absent, fault.Conflict), r.moveGuard(i.Org, g.Revision, staleGuard()))
}

// Close takes an intent away.
func (r Records) Close(ctx context.Context, i purge.Intent) error {
	_, err := r.Client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &r.Table, Key: key(partition(i.Org), intentSort+i.ID)})
	if err != nil {
		return fmt.Errorf("closing the intent %s: %w", i.ID, away(err))
	}
	return nil
}

// GiveUp writes an intent anew: what is left of it, and that its lease is over.
func (r Records) GiveUp(ctx context.Context, act audit.Act, i purge.Intent) error {
	it, err := encode(newIntentItem(i))
	if err != nil {
		return err
	}
	err = r.commit(ctx, act, i.Org, act.Entry(audit.PurgeGivenUp, i.ID, audit.Done, fmt.Sprintf("%d things are left", len(i.Lines))),
		r.put(it, present, fault.NotFound))
	if errors.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// Certify writes records that are gone, the audit entry of each, and their certificate. They are of one organisation.
func (r Records) Certify(ctx context.Context, act audit.Act, gone []purge.Gone, c *certificate.Certificate) error {
	organisation := gone[0].After.Org
	var writes []write
	var entries []audit.Entry
	for _, g := range gone {
		it, err := toUploadItem(g.After)
		if err != nil {
			return err
		}
		writes = append(writes, r.put(it, unchanged(g.Before.Revision), fault.Stale))
		writes = append(writes, r.forget(g.Before)...)
		entries = append(entries, act.Entry(audit.UploadPurged, g.After.ID, audit.Done, g.After.Rule))
	}
	if c != nil {
		w, err := r.certified(*c, gone[0].After.PurgedAt)
		if err != nil {
			return err
		}
		writes = append(writes, w)
	}
	return r.commitAll(ctx, act, organisation, entries, writes)
}
