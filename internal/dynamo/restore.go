package dynamo

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"waybill/internal/audit"
	"waybill/internal/certificate"
	"waybill/internal/fault"
	"waybill/internal/purge"
	"waybill/internal/restore"
	"waybill/internal/upload"
)

var (
	_ restore.Records = Records{}
	_ restore.Endings = Records{}
)

// foundSort is where what a replay found stands, in the cell's partition, until its addendum is written.
const foundSort = "found#"

// foundItem is what came back of one certificate.
type foundItem struct {
	Pk          string              `dynamodbav:"pk"`
	Sk          string              `dynamodbav:"sk"`
	Certificate string              `dynamodbav:"certificate"`
	Leaf        int64               `dynamodbav:"leafIndex"`
	Org         string              `dynamodbav:"org,omitempty"`
	Keys        map[string]cameItem `dynamodbav:"keys,omitempty"`
	Uploads     []string            `dynamodbav:"uploads,omitempty"`
	Records     int                 `dynamodbav:"records"`
}

type cameItem struct {
	Versions   int `dynamodbav:"versions"`
	Unfinished int `dynamodbav:"unfinished"`
}

func toFoundItem(f restore.Finding) (item, error) {
	i := foundItem{cellPartition, foundSort + f.Certificate, f.Certificate, f.Leaf, f.Org, map[string]cameItem{}, f.Uploads, f.Records}
	for key, n := range f.Keys {
		i.Keys[key] = cameItem(n)
	}
	return encode(i)
}

func (i foundItem) finding() restore.Finding {
	f := restore.Finding{Certificate: i.Certificate, Leaf: i.Leaf, Org: i.Org, Keys: map[string]restore.Came{}, Uploads: i.Uploads, Records: i.Records}
	for key, n := range i.Keys {
		f.Keys[key] = restore.Came(n)
	}
	return f
}

// scan hands on every record. It reads the whole table: for maintenance only.
func (r Records) scan(ctx context.Context, in *dynamodb.ScanInput, do func(item) error) error {
	in.TableName, in.ConsistentRead = &r.Table, aws.Bool(true)
	pages := dynamodb.NewScanPaginator(r.Client, in)
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
	in := &dynamodb.ScanInput{FilterExpression: aws.String("begins_with(sk, :s)"), ExpressionAttributeValues: item{":s": str(uploadSort)}}
	return r.scan(ctx, in, func(it item) error {
		u, err := toUpload(it)
		if err != nil {
			return err
		}
		return do(u)
	})
}

// EachOrganisation hands on every organisation with how many records it has, without the marks of one that has ended.
func (r Records) EachOrganisation(ctx context.Context, do func(id string, records int) error) error {
	in := &dynamodb.ScanInput{ProjectionExpression: aws.String("pk, endedAt, destroyedAt"), FilterExpression: aws.String("pk <> :c"),
		ExpressionAttributeValues: item{":c": str(cellPartition)}}
	living := map[string]int{}
	err := r.scan(ctx, in, func(it item) error {
		var i belongingItem
		if err := decode(it, &i); err != nil {
			return err
		}
		if i.EndedAt == "" && i.DestroyedAt == "" {
			living[i.Pk]++
		}
		return nil
	})
	for id, n := range living {
		if err == nil {
			err = do(id, n)
		}
	}
	return err
}

// belongingItem is whose an item is, and whether it is a mark of the end.
type belongingItem struct {
	Pk          string `dynamodbav:"pk"`
	EndedAt     string `dynamodbav:"endedAt"`
	DestroyedAt string `dynamodbav:"destroyedAt"`
}

// Found notes what came back of a certificate.
func (r Records) Found(ctx context.Context, act audit.Act, f restore.Finding) error {
	it, err := toFoundItem(f)
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
		writes = append(writes, r.forget(g.Before)...)
		entries = append(entries, act.Entry(audit.UploadPurged, g.After.ID, audit.Done, g.After.Rule))
	}
	return r.commitAll(ctx, act, f.Org, entries, writes)
}

// EndAgain puts the mark of an ended organisation back, destroys its sealing key, writes the addendum, and takes the note
// away.
func (r Records) EndAgain(ctx context.Context, act audit.Act, f restore.Finding, addendum certificate.Certificate) error {
	writes, err := r.mark(act, f.Org, anything)
	if err != nil {
		return err
	}
	signed, err := r.certified(addendum, act.Time)
	if err != nil {
		return err
	}
	noted := r.remove(key(cellPartition, foundSort+f.Certificate), present, fault.Stale)
	return r.commit(ctx, act, f.Org, act.Entry(audit.RestoreAmended, f.Certificate, audit.Done, addendum.ID), append(writes, signed, noted)...)
}

// mark is what is left of an organisation: that it has ended, and that its sealing key was destroyed.
func (r Records) mark(act audit.Act, organisation string, as condition) ([]write, error) {
	mark, err := encode(map[string]string{"pk": organisation, "sk": orgSort, "endedAt": stamp(act.Time)})
	if err != nil {
		return nil, err
	}
	destroyed, err := encode(sealItem{Pk: organisation, Sk: sealSort, DestroyedAt: stamp(act.Time)})
	return []write{r.put(mark, as, fault.Stale), r.put(destroyed, anything, nil)}, err
}
