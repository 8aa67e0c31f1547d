package story

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go"

	"waybill/internal/coldstart"
	"waybill/internal/localaws"
)

// admitted is who may make which call; everybody else is refused by IAM. It is the table of design: one row a call, as
// the functions' docs say it in words.
var admitted = map[string][]string{
	"records: get":               {"api", "inspect", "intake", "restore"},
	"records: query":             {"api", "purge", "reap", "restore"},
	"records: query by parent":   {"api"},
	"records: query what is due": {"purge", "tick"},
	"records: put":               {"api", "inspect", "intake", "purge", "reap", "restore", "tick"},
	"records: update":            {},
	"records: delete":            {"api", "purge", "reap", "restore"},
	"records: scan":              {"restore"},
	"audit: put":                 {"api", "inspect", "intake", "purge", "reap", "restore", "tick"},
	"audit: query":               {"api"},
	"audit: get":                 {},
	"audit: update":              {},
	"audit: delete":              {},
	"audit: scan":                {},
	"staged: put":                {"api"},
	"staged: read":               {},
	"staged: head":               {"inspect"},
	"staged: list":               {"purge", "reap", "restore"},
	"staged: list uploads":       {"purge", "reap", "restore"},
	"staged: list parts":         {"api"},
	"staged: delete version":     {"purge", "reap", "restore"},
	"staged: abort":              {"purge", "reap", "restore"},
	"drop: head version":         {"inspect", "intake", "restore"},
	"drop: put":                  {},
	"elsewhere: put":             {},
	"bucket: open it up":         {},
	"key: make a data key":       {"api"},
	"key: describe":              {"api"},
	"key: decrypt":               {},
	"key: schedule deletion":     {},
	"cursor key: make a MAC":     {"api"},
	"ledger key: sign":           {"purge", "reap", "restore", "sequence"},
	"ledger key: show":           {"api", "purge", "reap", "restore", "sequence"},
	"audit key: unwrap":          {"api"},
	"ledger: get":                {"api", "restore", "sequence"},
	"ledger: put":                {"sequence"},
	"ledger: update":             {"sequence"},
	"ledger: delete":             {},
	"tiles: read":                {"api", "restore", "sequence"},
	"tiles: put":                 {"sequence"},
	"tiles: delete":              {},
	"queue: receive":             {"intake"},
	"queue: send":                {},
	"functions: invoke purge":    {},
	"roles: list":                {},
}

// TestRoles makes every call with every function's own credentials.
func TestRoles(t *testing.T) {
	t.Parallel()
	p := newProbe(t)
	if len(p.calls()) != len(admitted) {
		t.Fatalf("%d calls are made, %d stand in the table", len(p.calls()), len(admitted))
	}
	for _, function := range []string{"api", "authorize", "inspect", "intake", "purge", "reap", "restore", "sequence", "tick"} {
		cfg := p.as(t, function)
		for name, call := range p.calls() {
			who, known := admitted[name]
			if !known {
				t.Fatalf("%s does not stand in the table", name)
			}
			err := call(t.Context(), cfg)
			if may := slices.Contains(who, function); denied(err) == may {
				t.Errorf("%s %s: admitted %v, got %v", function, name, may, err)
			}
		}
	}
}

func denied(err error) bool {
	var refusal smithy.APIError
	return errors.As(err, &refusal) && strings.HasPrefix(refusal.ErrorCode(), "AccessDenied") || err != nil && strings.Contains(err.Error(), "StatusCode: 403")
}

// probe is a cell of the real template whose functions are all the probe.
type probe struct {
	account
	key, cursorKey, ledgerKey, auditKey string
	queue, version, dropVersion         string
}

func newProbe(t *testing.T) *probe {
	t.Helper()
	c, err := whole(probes(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Stop)
	p := &probe{}
	if p.account, err = accountOf(c.URL); err != nil {
		t.Fatal(err)
	}
	p.prepare(t)
	return p
}

// probes builds the probe into a zip for each function.
func probes(t *testing.T) string {
	t.Helper()
	root, err := localaws.Checkout()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	binary := filepath.Join(dir, "probe")
	if err := coldstart.Build(t.Context(), root, "./internal/story/testdata/probe", binary); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"api", "authorize", "inspect", "intake", "purge", "reap", "restore", "sequence", "tick"} {
		if err := os.WriteFile(filepath.Join(dir, name+".zip"), bootstrap(t, content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func bootstrap(t *testing.T, content []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	h := &zip.FileHeader{Name: "bootstrap", Method: zip.Deflate}
	h.SetMode(0o755)
	w, err := z.CreateHeader(h)
	if err == nil {
		_, err = w.Write(content)
	}
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// prepare puts one object where it may be asked for, and finds the keys and the queue.
func (p *probe) prepare(t *testing.T) {
	t.Helper()
	root, ctx := p.root(), t.Context()
	put := func(key string) string {
		made, err := p.s3(root).PutObject(ctx, &s3.PutObjectInput{Bucket: &p.Bucket, Key: &key, Body: strings.NewReader("x")})
		if err != nil {
			t.Fatal(err)
		}
		return *made.VersionId
	}
	p.version, p.dropVersion = put(staged), put(dropped)
	keys, err := kms.NewFromConfig(root).ListKeys(ctx, &kms.ListKeysInput{})
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys.Keys {
		d, err := kms.NewFromConfig(root).DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: k.KeyId})
		switch {
		case err != nil:
			t.Fatal(err)
		case d.KeyMetadata.KeySpec == "HMAC_256":
			p.cursorKey = *k.KeyArn
		case d.KeyMetadata.KeyUsage == "SIGN_VERIFY":
			p.ledgerKey = *k.KeyArn
		case strings.HasSuffix(aws.ToString(d.KeyMetadata.Description), "sealing keys of the audit record"):
			p.auditKey = *k.KeyArn
		default:
			p.key = *k.KeyArn
		}
	}
	queues, err := sqs.NewFromConfig(root).ListQueues(ctx, &sqs.ListQueuesInput{})
	if err != nil {
		t.Fatal(err)
	}
	for _, url := range queues.QueueUrls {
		if strings.Contains(url, "ArrivalsQueue") {
			p.queue = url
		}
	}
}

const (
	staged  = "staged/debug/org_1/upl_1"
	dropped = "drop/org_1/a.zip"
)

// as is a function's own configuration: the probe in its place tells its credentials.
func (p *probe) as(t *testing.T, function string) aws.Config {
	t.Helper()
	name := p.Functions[function]
	out, err := lambda.NewFromConfig(p.root()).Invoke(t.Context(), &lambda.InvokeInput{FunctionName: &name, Payload: []byte("{}")})
	var said struct{ ID, Secret, Token string }
	if err == nil {
		err = json.Unmarshal(out.Payload, &said)
	}
	if err != nil || said.ID == "" || said.ID == p.AccessKeyID {
		t.Fatalf("%s told no credentials of its own: %v", function, err)
	}
	return p.account.as(credentials.NewStaticCredentialsProvider(said.ID, said.Secret, said.Token))
}

func (p *probe) s3(cfg aws.Config) *s3.Client {
	return s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
}

type one = func(context.Context, aws.Config) error

// calls is one of each, by the names of the table.
func (p *probe) calls() map[string]one {
	all := map[string]one{}
	for _, some := range []map[string]one{p.ofRecords(), p.ofAudit(), p.ofStaged(), p.ofBucket(), p.ofKeys(), p.ofLedger(), p.ofOthers()} {
		for name, call := range some {
			all[name] = call
		}
	}
	return all
}

func (p *probe) table(name string, do func(context.Context, *dynamodb.Client, string) error) one {
	return func(ctx context.Context, cfg aws.Config) error {
		return do(ctx, dynamodb.NewFromConfig(cfg), p.Tables[name])
	}
}

func item() map[string]ddb.AttributeValue {
	return map[string]ddb.AttributeValue{"pk": &ddb.AttributeValueMemberS{Value: "p"}, "sk": &ddb.AttributeValueMemberS{Value: "s"}}
}

func get(ctx context.Context, c *dynamodb.Client, table string) error {
	_, err := c.GetItem(ctx, &dynamodb.GetItemInput{TableName: &table, Key: item()})
	return err
}

func put(ctx context.Context, c *dynamodb.Client, table string) error {
	_, err := c.PutItem(ctx, &dynamodb.PutItemInput{TableName: &table, Item: item()})
	return err
}

func update(ctx context.Context, c *dynamodb.Client, table string) error {
	_, err := c.UpdateItem(ctx, &dynamodb.UpdateItemInput{TableName: &table, Key: item(), UpdateExpression: aws.String("REMOVE x")})
	return err
}

func remove(ctx context.Context, c *dynamodb.Client, table string) error {
	_, err := c.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &table, Key: item()})
	return err
}

func scan(ctx context.Context, c *dynamodb.Client, table string) error {
	_, err := c.Scan(ctx, &dynamodb.ScanInput{TableName: &table})
	return err
}

func query(index, partition string) func(context.Context, *dynamodb.Client, string) error {
	return func(ctx context.Context, c *dynamodb.Client, table string) error {
		in := &dynamodb.QueryInput{TableName: &table, KeyConditionExpression: aws.String(partition + " = :p"),
			ExpressionAttributeValues: map[string]ddb.AttributeValue{":p": &ddb.AttributeValueMemberS{Value: "p"}}}
		if index != "" {
			in.IndexName = &index
		}
		_, err := c.Query(ctx, in)
		return err
	}
}

func (p *probe) ofRecords() map[string]one {
	return map[string]one{
		"records: get": p.table("records", get), "records: put": p.table("records", put), "records: update": p.table("records", update),
		"records: delete": p.table("records", remove), "records: scan": p.table("records", scan), "records: query": p.table("records", query("", "pk")),
		"records: query by parent": p.table("records", query("parent", "parent")), "records: query what is due": p.table("records", query("due", "dueShard")),
	}
}

func (p *probe) ofAudit() map[string]one {
	return map[string]one{
		"audit: get": p.table("audit", get), "audit: put": p.table("audit", put), "audit: update": p.table("audit", update),
		"audit: delete": p.table("audit", remove), "audit: scan": p.table("audit", scan), "audit: query": p.table("audit", query("", "pk")),
	}
}

func (p *probe) object(do func(context.Context, *s3.Client) error) one {
	return func(ctx context.Context, cfg aws.Config) error { return do(ctx, p.s3(cfg)) }
}

func (p *probe) putAt(key string) one {
	return p.object(func(ctx context.Context, c *s3.Client) error {
		_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: &p.Bucket, Key: &key, Body: strings.NewReader("x"),
			ServerSideEncryption: s3types.ServerSideEncryptionAwsKms, SSEKMSKeyId: &p.key})
		return err
	})
}

func (p *probe) ofStaged() map[string]one {
	key := aws.String(staged)
	return map[string]one{
		"staged: put": p.putAt(staged), "drop: put": p.putAt("drop/org_1/b"), "elsewhere: put": p.putAt("elsewhere"),
		"staged: read": p.object(func(ctx context.Context, c *s3.Client) error {
			_, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: &p.Bucket, Key: key})
			return err
		}),
		"staged: head": p.object(func(ctx context.Context, c *s3.Client) error {
			_, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &p.Bucket, Key: key, VersionId: &p.version})
			return err
		}),
		"drop: head version": p.object(func(ctx context.Context, c *s3.Client) error {
			_, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &p.Bucket, Key: aws.String(dropped), VersionId: &p.dropVersion})
			return err
		}),
		"staged: list parts": p.object(func(ctx context.Context, c *s3.Client) error {
			_, err := c.ListParts(ctx, &s3.ListPartsInput{Bucket: &p.Bucket, Key: key, UploadId: aws.String("none")})
			return err
		}),
		"staged: delete version": p.object(func(ctx context.Context, c *s3.Client) error {
			_, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &p.Bucket, Key: aws.String("staged/none"), VersionId: &p.version})
			return err
		}),
		"staged: abort": p.object(func(ctx context.Context, c *s3.Client) error {
			_, err := c.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &p.Bucket, Key: key, UploadId: aws.String("none")})
			return err
		}),
	}
}

func (p *probe) ofBucket() map[string]one {
	return map[string]one{
		"staged: list": p.object(func(ctx context.Context, c *s3.Client) error {
			_, err := c.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: &p.Bucket})
			return err
		}),
		"staged: list uploads": p.object(func(ctx context.Context, c *s3.Client) error {
			_, err := c.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: &p.Bucket})
			return err
		}),
		"bucket: open it up": p.object(func(ctx context.Context, c *s3.Client) error {
			_, err := c.DeleteBucketPolicy(ctx, &s3.DeleteBucketPolicyInput{Bucket: &p.Bucket})
			return err
		}),
	}
}

func (p *probe) ofKeys() map[string]one {
	with := func(do func(context.Context, *kms.Client) error) one {
		return func(ctx context.Context, cfg aws.Config) error { return do(ctx, kms.NewFromConfig(cfg)) }
	}
	return map[string]one{
		"key: make a data key": with(func(ctx context.Context, c *kms.Client) error {
			_, err := c.GenerateDataKey(ctx, &kms.GenerateDataKeyInput{KeyId: &p.key, KeySpec: "AES_256"})
			return err
		}),
		"key: describe": with(func(ctx context.Context, c *kms.Client) error {
			_, err := c.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &p.key})
			return err
		}),
		"key: decrypt": with(func(ctx context.Context, c *kms.Client) error {
			_, err := c.Decrypt(ctx, &kms.DecryptInput{KeyId: &p.key, CiphertextBlob: []byte("x")})
			return err
		}),
		"key: schedule deletion": with(func(ctx context.Context, c *kms.Client) error {
			_, err := c.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: &p.key})
			return err
		}),
		"ledger key: sign": with(func(ctx context.Context, c *kms.Client) error {
			_, err := c.Sign(ctx, &kms.SignInput{KeyId: &p.ledgerKey, Message: []byte("x"), SigningAlgorithm: "ED25519_SHA_512"})
			return err
		}),
		"ledger key: show": with(func(ctx context.Context, c *kms.Client) error {
			_, err := c.GetPublicKey(ctx, &kms.GetPublicKeyInput{KeyId: &p.ledgerKey})
			return err
		}),
		"audit key: unwrap": with(func(ctx context.Context, c *kms.Client) error {
			_, err := c.Decrypt(ctx, &kms.DecryptInput{KeyId: &p.auditKey, CiphertextBlob: []byte("x")})
			return err
		}),
		"cursor key: make a MAC": with(func(ctx context.Context, c *kms.Client) error {
			_, err := c.GenerateMac(ctx, &kms.GenerateMacInput{KeyId: &p.cursorKey, MacAlgorithm: "HMAC_SHA_256", Message: []byte("x")})
			return err
		}),
	}
}

func (p *probe) ofLedger() map[string]one {
	tile := func(do func(context.Context, *s3.Client, *s3.GetObjectInput) error) one {
		return func(ctx context.Context, cfg aws.Config) error {
			return do(ctx, p.s3(cfg), &s3.GetObjectInput{Bucket: &p.LedgerBucket, Key: aws.String("tile/0/000.p/1")})
		}
	}
	return map[string]one{
		"ledger: get":    p.table("ledger", get),
		"ledger: put":    p.table("ledger", put),
		"ledger: update": p.table("ledger", update),
		"ledger: delete": p.table("ledger", remove),
		"tiles: read": tile(func(ctx context.Context, c *s3.Client, at *s3.GetObjectInput) error {
			_, err := c.GetObject(ctx, at)
			return err
		}),
		"tiles: put": tile(func(ctx context.Context, c *s3.Client, at *s3.GetObjectInput) error {
			_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: at.Bucket, Key: at.Key, Body: strings.NewReader("x")})
			return err
		}),
		"tiles: delete": tile(func(ctx context.Context, c *s3.Client, at *s3.GetObjectInput) error {
			_, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: at.Bucket, Key: at.Key})
			return err
		}),
	}
}

func (p *probe) ofOthers() map[string]one {
	return map[string]one{
		"queue: receive": func(ctx context.Context, cfg aws.Config) error {
			_, err := sqs.NewFromConfig(cfg).ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: &p.queue})
			return err
		},
		"queue: send": func(ctx context.Context, cfg aws.Config) error {
			_, err := sqs.NewFromConfig(cfg).SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &p.queue, MessageBody: aws.String("{}")})
			return err
		},
		"functions: invoke purge": func(ctx context.Context, cfg aws.Config) error {
			name := p.Functions["purge"]
			_, err := lambda.NewFromConfig(cfg).Invoke(ctx, &lambda.InvokeInput{FunctionName: &name})
			return err
		},
		"roles: list": func(ctx context.Context, cfg aws.Config) error {
			_, err := iam.NewFromConfig(cfg).ListRoles(ctx, &iam.ListRolesInput{})
			return err
		},
	}
}
