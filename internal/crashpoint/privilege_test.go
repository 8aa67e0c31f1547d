package crashpoint

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/audit"
	"waybill/internal/dynamo"
	"waybill/internal/faultline"
	keys "waybill/internal/kms"
	"waybill/internal/ledger"
	"waybill/internal/localaws/awstest"
	"waybill/internal/migration"
	"waybill/internal/org"
	"waybill/internal/restore"
	"waybill/internal/template"
	"waybill/internal/tiles"
)

// TestNothingIsGrantedThatNoFlowUses runs every flow with a line under each function, translates what was called into
// the permissions that it needs, and compares them with the policies. (That what is not granted fails is for the
// deployed cell to show: there, each function runs under its role.)
func TestNothingIsGrantedThatNoFlowUses(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	lines := map[string]*faultline.Line{}
	for _, f := range []string{"api", "inspect", "intake", "tick", "purge", "reap", "sequence"} {
		lines[f] = faultline.New()
	}
	c.wire(func(function string) *faultline.Line { return lines[function] })
	for _, name := range slices.Sorted(maps.Keys(flows)) {
		flows[name](c, c.organisation())
	}
	c.everythingElseOfTheAPI()
	c.inspectsADrop()
	c.ledger(lines["sequence"], lines["api"])
	lines["restore"] = c.restores()
	c.now = c.now.Add(30 * 24 * time.Hour)
	c.settleWith(lines)

	policies, err := template.Read("../../template.yaml")
	c.must(err)
	for function, line := range lines {
		used := c.permissions(line)
		granted := grantedTo(policies, function)
		for _, p := range slices.Sorted(maps.Keys(granted)) {
			if !used[p] && byLambdaItself(p) == "" {
				t.Errorf("%s is granted %s, and no flow uses it", function, p)
			}
		}
		for _, p := range slices.Sorted(maps.Keys(used)) {
			if !granted[p] {
				t.Errorf("%s needs %s, and its policy does not grant it", function, p)
			}
		}
	}
}

// byLambdaItself is what the Lambda service does under a function's role, before or after our code runs.
func byLambdaItself(permission string) string {
	for prefix, why := range map[string]string{
		"logs:":                       "collects what the function wrote",
		"sqs:":                        "polls the queue; sends what failed to the dead letters",
		"dynamodb:DescribeStream":     "reads the stream",
		"dynamodb:GetRecords":         "reads the stream",
		"dynamodb:GetShardIterator":   "reads the stream",
		"dynamodb:ListStreams":        "reads the stream",
		"s3:DeleteObject StagingBuck": "S3 asks for it when DeleteObjects is called at all, on some versions of it",
	} {
		if strings.HasPrefix(permission, prefix) {
			return why
		}
	}
	return ""
}

// everythingElseOfTheAPI is what the flows do not come to: lists, the cursor's secret, S3's own list of parts, a lost key.
func (c *cell) everythingElseOfTheAPI() {
	c.t.Helper()
	ctx, cloud := c.t.Context(), awstest.Start(c.t)
	o := c.organisation()
	m := c.migrationWithUploads(o)
	_, _, err := c.planner.List(ctx, o.ID, migration.Filter{}, "", 10)
	c.must(err)
	_, _, err = c.records.Events(ctx, o.ID, audit.Filter{}, "", 10)
	c.must(err)
	_, err = keys.NewSecret(c.api, cloud.MACKey(c.t)).Key(ctx)
	c.must(err)
	u, _ := c.multipart(o)
	_, err = c.stager.Parts(ctx, c.act(), o.ID, u.ID)
	c.must(err)
	c.must(c.planner.Delete(ctx, c.act(), o.ID, m.ID, ""))
	c.pendingDeletion(o)
}

// inspectsADrop reads what came by hand.
func (c *cell) inspectsADrop() {
	c.t.Helper()
	o := c.organisation()
	c.drop("drop/" + o.ID + "/support.zip")
	c.report()
	list, _, err := c.truth.Uploads(c.t.Context(), o.ID, "", "", 1)
	c.must(err)
	c.must(c.inspector.Inspect(c.t.Context(), c.works("inspect"), o.ID, list[0].ID))
}

// ledger writes some leaves, and proves one.
func (c *cell) ledger(sequence, api *faultline.Line) {
	c.t.Helper()
	cloud := awstest.Start(c.t)
	c.ledgerTable, c.ledgerBucket = cloud.Audit(c.t), cloud.Bucket(c.t)
	over := func(line *faultline.Line) ledger.Sequencer {
		cfg := c.root.Copy()
		line.Attach(&cfg)
		return ledger.Sequencer{Origin: "waybill/test", Store: dynamo.OpenLedger(cfg, c.ledgerTable, func() time.Time { return c.now }),
			Tiles: tiles.Open(cfg, c.ledgerBucket), Signer: keys.NewSigner(cfg, c.signs)}
	}
	for _, more := range [][]ledger.Leaf{leaves(0, 3), leaves(3, 5)} {
		_, err := over(sequence).Sequence(c.t.Context(), more)
		c.must(err)
	}
	reader := over(api)
	_, err := ledger.Prover{Key: reader.Signer, Store: reader.Store.(dynamo.Ledger), Tiles: reader.Tiles}.Prove(c.t.Context(), "evt_001")
	c.must(err)
}

// restores replays a restore, of a cell of its own.
func (c *cell) restores() *faultline.Line {
	c.t.Helper()
	r, line := newRestored(c.t), faultline.New()
	r.drop("drop/" + r.uploads[0].Org + "/later.zip")
	_, err := r.replayer(line).Replay(c.t.Context(), r.works("restore"), restore.Cursor{})
	c.must(err)
	c.others = append(c.others, r.truth.Audit)
	c.ledgers = append(c.ledgers, r.book.Store.(dynamo.Ledger).Table)
	return line
}

// pendingDeletion binds a key that goes away.
func (c *cell) pendingDeletion(o org.Organisation) {
	c.t.Helper()
	ctx, cloud := c.t.Context(), awstest.Start(c.t)
	arn := cloud.Key(c.t)
	_, err := cloud.KMS().ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: &arn, PendingWindowInDays: aws.Int32(7)})
	c.must(err)
	binder := org.KeyBinder{Region: c.root.Region, Keys: keys.NewKeys(c.api), Records: c.records}
	if _, err := binder.Bind(ctx, c.act(), o.ID, "", arn); err == nil {
		c.t.Error("a key that waits to be deleted was bound")
	}
}

func (c *cell) settleWith(lines map[string]*faultline.Line) {
	for _, l := range lines {
		l.Heal()
	}
	for _, r := range c.reports() {
		c.must(c.receiver.Arrived(c.t.Context(), c.works("intake"), r))
	}
	c.schedules(c.t.Context())
}

// grantedTo lists a function's permissions as "action resource", resources as the template writes them.
func grantedTo(t template.Template, function string) map[string]bool {
	granted := map[string]bool{}
	for _, s := range t.Grants(strings.ToUpper(function[:1]) + function[1:] + "Role") {
		for _, action := range s.Actions {
			for _, r := range s.Resources {
				granted[action+" "+plainly(r)] = true
			}
		}
	}
	return granted
}

// plainly strips what the template's intrinsic functions add, and calls any KMS key one of many a key.
func plainly(resource string) string {
	resource = strings.NewReplacer("${", "", "}", "").Replace(resource)
	if strings.Contains(resource, ":kms:") || slices.Contains([]string{"CursorKey.Arn", "LedgerKey.Arn", "AuditKey.Arn"}, resource) {
		return "key"
	}
	return resource
}

// permissions translates the calls of a function.
func (c *cell) permissions(line *faultline.Line) map[string]bool {
	used := map[string]bool{}
	for _, in := range line.Inputs() {
		for _, p := range c.needs(in) {
			used[p] = true
		}
	}
	return used
}

const (
	bucketItself = "StagingBucket.Arn"
	anyObject    = "StagingBucket.Arn/*"
	stagedObject = "StagingBucket.Arn/staged/*"
	dropObject   = "StagingBucket.Arn/drop/*"
)

func (c *cell) needs(input any) []string {
	switch in := input.(type) {
	case *dynamodb.GetItemInput:
		return []string{"dynamodb:GetItem " + c.table(in.TableName)}
	case *dynamodb.PutItemInput:
		return []string{"dynamodb:PutItem " + c.table(in.TableName)}
	case *dynamodb.QueryInput:
		if in.IndexName != nil {
			return []string{"dynamodb:Query " + c.table(in.TableName) + "/index/" + *in.IndexName}
		}
		return []string{"dynamodb:Query " + c.table(in.TableName)}
	case *dynamodb.ScanInput:
		return []string{"dynamodb:Scan " + c.table(in.TableName)}
	case *dynamodb.DeleteItemInput:
		return []string{"dynamodb:DeleteItem " + c.table(in.TableName)}
	case *dynamodb.UpdateItemInput:
		return []string{"dynamodb:UpdateItem " + c.table(in.TableName)}
	case *dynamodb.BatchGetItemInput:
		return []string{"dynamodb:BatchGetItem LedgerTable.Arn"}
	case *s3.GetObjectInput:
		if *in.Bucket == c.bucket {
			folder, _, _ := strings.Cut(strings.TrimPrefix(*in.Key, "staged/"), "/")
			within := map[string]string{"debug": "staged/debug/*", "drop": "drop/*"}[folder]
			return []string{"s3:GetObjectVersion StagingBucket.Arn/" + within, "kms:Decrypt key"}
		}
		return []string{"s3:GetObject LedgerBucket.Arn/tile/*"}
	case *s3.PutObjectInput:
		return []string{"s3:PutObject LedgerBucket.Arn/tile/*"}
	case *kms.SignInput:
		return []string{"kms:Sign key"}
	case *kms.GetPublicKeyInput:
		return []string{"kms:GetPublicKey key"}
	case *kms.DecryptInput:
		return []string{"kms:Decrypt key"}
	case *dynamodb.TransactWriteItemsInput:
		return c.needsOfAll(in.TransactItems)
	case *s3.CreateMultipartUploadInput: // S3 makes the data key
		return []string{"s3:PutObject " + stagedObject, "s3:PutObjectTagging " + stagedObject, "kms:GenerateDataKey key"}
	case *s3.CompleteMultipartUploadInput: // and opens it again to join the parts
		return []string{"s3:PutObject " + stagedObject, "kms:Decrypt key"}
	case *s3.ListPartsInput:
		return []string{"s3:ListMultipartUploadParts " + stagedObject}
	case *s3.HeadObjectInput:
		return []string{"s3:GetObjectVersion " + dropObject}
	case *s3.DeleteObjectsInput, *s3.DeleteObjectInput: // always by version
		return []string{"s3:DeleteObjectVersion " + anyObject}
	case *s3.DeleteObjectTaggingInput:
		return []string{"s3:DeleteObjectVersionTagging " + anyObject}
	case *s3.AbortMultipartUploadInput:
		return []string{"s3:AbortMultipartUpload " + anyObject}
	case *s3.ListObjectVersionsInput:
		return []string{"s3:ListBucketVersions " + bucketItself}
	case *s3.ListMultipartUploadsInput:
		return []string{"s3:ListBucketMultipartUploads " + bucketItself}
	case *kms.GenerateDataKeyInput:
		return []string{"kms:GenerateDataKey key"}
	case *kms.DescribeKeyInput:
		return []string{"kms:DescribeKey key"}
	case *kms.GenerateMacInput:
		return []string{"kms:GenerateMac key"}
	}
	return []string{fmt.Sprintf("an unknown permission for %T", input)}
}

func (c *cell) needsOfAll(items []types.TransactWriteItem) (all []string) {
	for _, i := range items {
		switch {
		case i.Put != nil:
			all = append(all, "dynamodb:PutItem "+c.table(i.Put.TableName))
		case i.Delete != nil:
			all = append(all, "dynamodb:DeleteItem "+c.table(i.Delete.TableName))
		case i.ConditionCheck != nil:
			all = append(all, "dynamodb:ConditionCheckItem "+c.table(i.ConditionCheck.TableName))
		case i.Update != nil:
			all = append(all, "dynamodb:UpdateItem "+c.table(i.Update.TableName))
		}
	}
	return all
}

func (c *cell) table(name *string) string {
	if *name == c.truth.Audit || slices.Contains(c.others, *name) {
		return "AuditTable.Arn"
	}
	if *name == c.ledgerTable || slices.Contains(c.ledgers, *name) {
		return "LedgerTable.Arn"
	}
	return "RecordsTable.Arn"
}
