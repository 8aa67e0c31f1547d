package crashpoint

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/audit"
	"waybill/internal/bundle"
	"waybill/internal/bundle/archive"
	"waybill/internal/dynamo"
	"waybill/internal/faultline"
	"waybill/internal/hold"
	"waybill/internal/holdings"
	"waybill/internal/inspection"
	"waybill/internal/keyring"
	"waybill/internal/kms"
	"waybill/internal/localaws/awstest"
	"waybill/internal/migration"
	"waybill/internal/org"
	"waybill/internal/purge"
	"waybill/internal/staging"
	"waybill/internal/upload"
)

// cell is a cell of one test, wired as the functions wire it, with one fault line under all of its calls.
type cell struct {
	t      *testing.T
	faults *faultline.Line
	now    time.Time
	root   aws.Config // beside the fault line: what looks and what AWS itself does

	bucket                    string
	ledgerTable, ledgerBucket string
	others, ledgers           []string       // tables of other cells of the test: audit, ledger
	signs                     string         // the key of certificates
	wraps                     string         // the key of sealing keys
	api                       aws.Config     // under the fault line, as api has it
	records                   dynamo.Records // of it
	truth                     dynamo.Records // beside the fault line

	registrar org.Registrar
	planner   migration.Planner
	stager    upload.Stager
	keeper    hold.Keeper
	ends      org.Terminator
	mapper    holdings.Mapper
	receiver  upload.Receiver
	expirer   upload.Expirer
	reviewer  hold.Reviewer
	purger    purge.Purger
	ender     purge.Terminator
	reaper    purge.Reaper
	inspector inspection.Inspector
}

// noon is far from the wall clock on purpose: nothing here may depend on it.
var noon = time.Date(2031, 5, 1, 12, 0, 0, 0, time.UTC)

func newCell(t *testing.T) *cell {
	t.Helper()
	cloud := awstest.Start(t)
	c := &cell{t: t, faults: faultline.New(), now: noon, root: cloud.Config(), bucket: cloud.Bucket(t), signs: cloud.SigningKey(t)}
	c.truth = dynamo.Records{Client: cloud.DynamoDB(), Table: cloud.Records(t), Audit: cloud.Audit(t)}
	c.wraps = cloud.Key(t)
	c.truth.Seals = c.sealing(c.root, c.truth)
	c.registrar = org.Registrar{Cell: org.Cell{Region: cloud.Region, Home: true, KeyARN: cloud.Key(t)}, Records: c.truth}
	c.wire(func(string) *faultline.Line { return c.faults })
	return c
}

// wire makes the use cases of each function over that function's line.
func (c *cell) wire(line func(function string) *faultline.Line) {
	over := func(function string) (aws.Config, dynamo.Records) {
		cfg := c.root.Copy()
		line(function).Attach(&cfg)
		records := dynamo.Open(cfg, c.truth.Table, c.truth.Audit)
		if function == "api" { // the others record no person's act
			records.Seals = c.sealing(cfg, records)
		}
		return cfg, records
	}
	cfg, records := over("api")
	c.stager = upload.Stager{Region: cfg.Region, Bucket: c.bucket, Records: records, Objects: staging.NewSigner(cfg), Keys: kms.NewKeys(cfg)}
	c.planner = migration.Planner{Records: records, Staged: c.stager}
	c.keeper, c.ends, c.mapper = hold.Keeper{Records: records}, org.Terminator{Records: records}, holdings.Mapper{Records: records}
	c.records, c.api = records, cfg
	cfg, records = over("intake")
	c.receiver = upload.Receiver{Region: cfg.Region, Records: records, Drops: staging.NewDrops(cfg)}
	_, records = over("tick")
	c.expirer, c.reviewer = upload.Expirer{Records: records}, hold.Reviewer{Records: records}
	purger := func(function string) purge.Purger {
		cfg, records := over(function)
		return purge.Purger{Records: records, Objects: staging.NewEraser(cfg, c.bucket), Signer: kms.NewSigner(cfg, c.signs), Now: func() time.Time { return c.now },
			Place: purge.Place{Cell: "waybill", Region: cfg.Region, Bucket: c.bucket, Function: function + " 1"}}
	}
	c.purger = purger("purge")
	c.ender = purge.Terminator{Purger: c.purger, Records: c.purger.Records.(dynamo.Records), Table: c.truth.Table}
	reaper := purger("reap")
	c.reaper = purge.Reaper{Purger: reaper, Records: reaper.Records.(dynamo.Records)}
	cfg, records = over("inspect")
	s, err := scanner()
	c.must(err)
	c.inspector = inspection.Inspector{Records: records, Objects: staging.NewReader(cfg), Scanner: s, Options: bundle.Options{Workers: 1, Limits: archive.DefaultLimits()}}
}

var scanner = sync.OnceValues(bundle.NewScanner)

func (c *cell) sealing(cfg aws.Config, records dynamo.Records) *keyring.Keyring {
	return &keyring.Keyring{Wrapper: kms.NewWrapper(cfg, c.wraps), Store: records, Now: func() time.Time { return c.now }}
}

// works is what a function does.
func (c *cell) works(function string) audit.Act {
	act := c.act()
	act.Actor = audit.Function(function)
	return act
}

func (c *cell) act() audit.Act { return audit.Act{Actor: "ada", Time: c.now, RequestID: "req"} }

// once is an act that may be repeated.
func (c *cell) once(key string) audit.Act {
	act := c.act()
	act.Once = &audit.Once{Key: key, Digest: "digest of the request"}
	return act
}

// organisation takes one in, beside the fault line.
func (c *cell) organisation() org.Organisation {
	c.t.Helper()
	o, err := c.registrar.Create(c.t.Context(), c.act(), org.Draft{Name: "Nordwind", Location: "Global", Plan: org.Paid})
	c.must(err)
	return o
}

func (c *cell) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// send is the client's PUT; a failed one is the client's to repeat.
func (c *cell) send(s upload.Signed, body []byte) string {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodPut, s.URL, bytes.NewReader(body))
	c.must(err)
	for name, value := range s.Headers {
		req.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(req)
	c.must(err)
	defer answer.Body.Close()
	if text, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusOK {
		c.t.Fatalf("S3 answered %d: %s", answer.StatusCode, text)
	}
	return answer.Header.Get("ETag")
}

// drop puts an object by hand.
func (c *cell) drop(key string) {
	c.t.Helper()
	_, err := s3.NewFromConfig(c.root, pathStyle).PutObject(c.t.Context(), &s3.PutObjectInput{Bucket: &c.bucket, Key: &key, Body: bytes.NewReader([]byte("by hand"))})
	c.must(err)
}

func pathStyle(o *s3.Options) { o.UsePathStyle = true }

// reports are what S3 says of everything that lies in the bucket: at least once each, in no order.
func (c *cell) reports() (all []upload.Arrival) {
	c.t.Helper()
	listed, err := s3.NewFromConfig(c.root, pathStyle).ListObjectVersions(c.t.Context(), &s3.ListObjectVersionsInput{Bucket: &c.bucket})
	c.must(err)
	for _, v := range listed.Versions {
		all = append([]upload.Arrival{{Bucket: c.bucket, Key: *v.Key, VersionID: *v.VersionId, Size: *v.Size, Time: *v.LastModified}}, all...)
	}
	return append(all, all...)
}

// settle is what happens by itself after a flow, faultless: reports are delivered, again where they failed, and the
// schedules run until the clock stands there.
func (c *cell) settle(until time.Time) {
	c.t.Helper()
	c.faults.Heal()
	for _, r := range c.reports() {
		c.must(c.receiver.Arrived(c.t.Context(), c.works("intake"), r))
	}
	for _, c.now = range []time.Time{c.now.Add(15 * time.Minute), until} {
		c.schedules(c.t.Context())
	}
}

func (c *cell) schedules(ctx context.Context) {
	c.t.Helper()
	_, err := c.expirer.Expire(ctx, c.works("tick"))
	c.must(err)
	_, err = c.reviewer.Overdue(ctx, c.now)
	c.must(err)
	_, err = c.purger.Sweep(ctx, c.works("purge"))
	c.must(err)
	_, err = c.ender.Sweep(ctx, c.works("purge"))
	c.must(err)
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return base64.StdEncoding.EncodeToString(sum[:])
}
