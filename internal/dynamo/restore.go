package dynamo

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"waybill/internal/audit"
	"waybill/internal/certificate"
	"waybill/internal/fault"
	"waybill/internal/org"
	"waybill/internal/purge"
	"waybill/internal/restore"
	"waybill/internal/upload"
)

var _ restore.Records = Records{}

// foundSort is where what a replay found stands, in the cell's partition, until its addendum is written.
const foundSort = "found#"

// foundItem is what came back of one certificate.
type foundItem struct {
	Pk               string `dynamodbav:"pk"`
	Sk               string `dynamodbav:"sk"`
	Certificate      string `dynamodbav:"certificate"`
	Leaf             int64  `dynamodbav:"leafIndex"`
	Org              string `dynamodbav:"org,omitempty"`
	Objects          int    `dynamodbav:"objects"`
	Versions         int    `dynamodbav:"versions"`
	MultipartUploads int    `dynamodbav:"multipartUploads"`
	Records          int    `dynamodbav:"records"`
}

func (i foundItem) finding() restore.Finding {
	counts := certificate.Counts{Objects: i.Objects, Versions: i.Versions, MultipartUploads: i.MultipartUploads}
	return restore.Finding{Certificate: i.Certificate, Leaf: i.Leaf, Org: i.Org, Restored: certificate.Restored{Counts: counts, Records: i.Records}}
}

// scan hands on every record whose sort key begins so. It reads the whole table: for maintenance only.
func (r Records) scan(ctx context.Context, sort string, do func(item) error) error {
	pages := dynamodb.NewScanPaginator(r.Client, &dynamodb.ScanInput{TableName: &r.Table, ConsistentRead: aws.Bool(true),
		FilterExpression: aws.String("begins_with(sk, :s)"), ExpressionAttributeValues: item{":s": str(sort)}})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("scanning the records: %w", away(err))
		}
		for _, it := range page.Items {
			if err := do(it); err != nil {
				return err
			}
		}
	}
	return nil
}

// EachUpload hands on every upload's record.
func (r Records) EachUpload(ctx context.Context, do func(upload.Upload) error) error {
	return r.scan(ctx, uploadSort, func(it item) error {
		u, err := toUpload(it)
		if err != nil {
			return err
		}
		return do(u)
	})
}

// EachOrganisation hands on every organisation's record, but for the marks of those that have ended.
func (r Records) EachOrganisation(ctx context.Context, do func(org.Organisation) error) error {
	return r.scan(ctx, orgSort, func(it item) error {
		var i orgItem
		if err := decode(it, &i); err != nil || i.EndedAt != "" {
			return err
		}
		o, err := i.organisation()
		if err != nil {
			return err
		}
		return do(o)
	})
}

// Found notes what came back of a certificate.
func (r Records) Found(ctx context.Context, act audit.Act, f restore.Finding) error {
	n := f.Restored
	it, err := encode(foundItem{cellPartition, foundSort + f.Certificate, f.Certificate, f.Leaf, f.Org, n.Objects, n.Versions, n.MultipartUploads, n.Records})
	if err != nil {
		return err
	}
	return r.commit(ctx, act, f.Org, act.Entry(audit.RestoreFound, f.Certificate, audit.Done, ""), r.put(it, anything, nil))
}

// anything holds always.
var anything = condition{expression: "attribute_exists(pk) OR attribute_not_exists(pk)"}

// OpenFindings are the notes whose addendum was not written yet.
func (r Records) OpenFindings(ctx context.Context) (open []restore.Finding, err error) {
	pages := dynamodb.NewQueryPaginator(r.Client, &dynamodb.QueryInput{TableName: &r.Table, ConsistentRead: aws.Bool(true),
		KeyConditionExpression:    aws.String("pk = :c AND begins_with(sk, :f)"),
		ExpressionAttributeValues: item{":c": str(cellPartition), ":f": str(foundSort)}})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("reading what was found: %w", away(err))
		}
		for _, it := range page.Items {
			var i foundItem
			if err := decode(it, &i); err != nil {
				return nil, err
			}
			open = append(open, i.finding())
		}
	}
	return open, nil
}

// Amend writes the records that are gone again, the addendum, and takes the note away.
func (r Records) Amend(ctx context.Context, act audit.Act, f restore.Finding, gone []purge.Gone, addendum certificate.Certificate) error {
	signed, err := r.certified(addendum, act.Time)
	if err != nil {
		return err
	}
	writes := []write{signed, r.remove(key(cellPartition, foundSort+f.Certificate), present, fault.Stale)}
	entries := []audit.Entry{act.Entry(audit.RestoreAmended, f.Certificate, audit.Done, addendum.ID)}
	for _, g := range gone {
		it, err := toUploadItem(g.After)
		if err != nil {
			return err
		}
		writes = append(writes, r.put(it, unchanged(g.Before.Revision), fault.Stale))
		entries = append(entries, act.Entry(audit.UploadPurged, g.After.ID, audit.Done, g.After.Rule))
	}
	return r.commitAll(ctx, act, f.Org, entries, writes)
}

// EndAgain puts the mark of an ended organisation back, destroys its sealing key, and writes the addendum.
func (r Records) EndAgain(ctx context.Context, act audit.Act, f restore.Finding, o org.Organisation, addendum certificate.Certificate) error {
	writes, err := r.mark(act, o)
	if err != nil {
		return err
	}
	signed, err := r.certified(addendum, act.Time)
	if err != nil {
		return err
	}
	return r.commit(ctx, act, o.ID, act.Entry(audit.RestoreAmended, f.Certificate, audit.Done, addendum.ID), append(writes, signed)...)
}

// mark is what is left of an organisation: that it has ended, and that its sealing key was destroyed.
func (r Records) mark(act audit.Act, o org.Organisation) ([]write, error) {
	mark, err := encode(map[string]string{"pk": o.ID, "sk": orgSort, "endedAt": stamp(act.Time)})
	if err != nil {
		return nil, err
	}
	destroyed, err := encode(sealItem{Pk: o.ID, Sk: sealSort, DestroyedAt: stamp(act.Time)})
	return []write{r.put(mark, unchanged(o.Revision), fault.Stale), r.put(destroyed, anything, nil)}, err
}
