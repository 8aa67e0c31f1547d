package crashpoint

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/certificate"
	"waybill/internal/dynamo"
	"waybill/internal/faultline"
	"waybill/internal/ident"
	"waybill/internal/kms"
	"waybill/internal/ledger"
	"waybill/internal/localaws/awstest"
	"waybill/internal/org"
	"waybill/internal/purge"
	"waybill/internal/restore"
	"waybill/internal/staging"
	"waybill/internal/tiles"
	"waybill/internal/upload"
)

// restored is a cell in which things were purged and certified, and then came back: records as they were, bytes under
// their keys, an unfinished multipart upload, a whole organisation that had ended, and bytes that nobody knows.
type restored struct {
	*cell
	uploads []upload.Upload
	ended   org.Organisation
	book    ledger.Sequencer
	tiles   string // the ledger's bucket
}

func newRestored(t *testing.T) *restored {
	t.Helper()
	c := newCell(t)
	cloud := awstest.Start(t)
	table, bucket := cloud.Audit(t), cloud.Bucket(t)
	r := &restored{cell: c, ended: c.organisation(), tiles: bucket}
	r.book = ledger.Sequencer{Origin: "waybill/test", Store: dynamo.OpenLedger(c.root, table, func() time.Time { return c.now }),
		Tiles: tiles.Open(c.root, bucket), Signer: kms.NewSigner(c.root, c.signs)}
	o := c.organisation()
	for range 2 {
		r.uploads = append(r.uploads, c.sealedFor(o))
	}
	c.drop("drop/" + o.ID + "/by-hand.zip")
	c.report()
	c.sealedFor(r.ended)
	c.leaves(r.ended)
	backup := c.scan(c.truth.Table)
	c.now = c.now.Add(24 * time.Hour)
	_, err := c.expirer.Expire(t.Context(), c.works("tick"))
	c.must(err)
	c.now = c.now.Add(60 * 24 * time.Hour)
	c.schedules(t.Context())
	r.sequence()
	r.bringBack(backup)
	return r
}

// sequence puts all that is on record into the ledger.
func (r *restored) sequence() {
	r.t.Helper()
	var all []ledger.Leaf
	for _, it := range r.scan(r.truth.Audit) {
		all = append(all, ledger.Leaf{ID: text(it["sk"]), Data: it["leaf"].(*types.AttributeValueMemberB).Value})
	}
	_, err := r.book.Sequence(r.t.Context(), all)
	r.must(err)
}

func (r *restored) bringBack(backup []map[string]types.AttributeValue) {
	r.t.Helper()
	for _, it := range backup {
		_, err := r.truth.Client.PutItem(r.t.Context(), &dynamodb.PutItemInput{TableName: &r.truth.Table, Item: it})
		r.must(err)
	}
	client := s3.NewFromConfig(r.root, pathStyle)
	for _, u := range r.uploads {
		_, err := client.PutObject(r.t.Context(), &s3.PutObjectInput{Bucket: &r.bucket, Key: &u.ObjectKey, Body: bytes.NewReader([]byte("back"))})
		r.must(err)
	}
	_, err := client.CreateMultipartUpload(r.t.Context(), &s3.CreateMultipartUploadInput{Bucket: &r.bucket, Key: &r.uploads[1].ObjectKey})
	r.must(err)
	r.drop("staged/debug/" + r.uploads[0].Org + "/" + ident.Derive(ident.Upload, r.now, "orphan"))
}

func (r *restored) replayer(line *faultline.Line) restore.Replayer {
	cfg := r.root.Copy()
	line.Attach(&cfg)
	records := dynamo.Open(cfg, r.truth.Table, r.truth.Audit)
	store := r.book.Store.(dynamo.Ledger)
	signer := kms.NewSigner(cfg, r.signs)
	return restore.Replayer{
		Archive: ledger.Archive{Key: signer, Store: dynamo.OpenLedger(cfg, store.Table, store.Now), Tiles: tiles.Open(cfg, r.tiles)},
		Bucket:  staging.NewAll(cfg, r.bucket), Objects: staging.NewEraser(cfg, r.bucket), Records: records, Endings: records,
		Receiver: upload.Receiver{Region: cfg.Region, Records: records, Drops: staging.NewDrops(cfg)},
		Signer:   signer, Now: func() time.Time { return r.now }, Landed: func(time.Time) time.Time { return r.now },
		Place: purge.Place{Cell: "waybill", Region: cfg.Region, Bucket: r.bucket, Function: "restore 1"},
	}
}

// gone wants nothing certified to be back, on record or in the bucket, and answers how much had come back as the addenda
// state it, each of which verifies and stands in the ledger.
func (r *restored) gone(when string) (came certificate.Restored) {
	r.t.Helper()
	s := r.look()
	for _, u := range r.uploads {
		now := s.uploads[u.ID]
		if len(s.versions[u.ObjectKey])+len(s.unfinished[u.ObjectKey]) > 0 || now.State != upload.Purged || now.Certificate == "" {
			r.t.Errorf("%s: %s is %s with the certificate %q, and %v", when, u.ID, now.State, now.Certificate, s.versions[u.ObjectKey])
		}
	}
	for _, it := range r.scan(r.truth.Table) {
		if text(it["pk"]) == r.ended.ID && len(it) != 3 || strings.HasPrefix(text(it["sk"]), "found#") {
			r.t.Errorf("%s: there is %s %s", when, text(it["pk"]), text(it["sk"]))
		}
	}
	key, err := kms.NewSigner(r.root, r.signs).PublicKey(r.t.Context())
	r.must(err)
	r.sequence() // the addenda stand in the ledger too
	prover := ledger.Prover{Key: r.book.Signer, Store: r.book.Store.(dynamo.Ledger), Tiles: r.book.Tiles}
	for _, it := range r.scan(r.truth.Audit) {
		envelope, signed := it["envelope"].(*types.AttributeValueMemberB)
		if !signed || !bytes.Contains(it["leaf"].(*types.AttributeValueMemberB).Value, []byte(certificate.AddendumPredicate)) {
			continue
		}
		inclusion, err := prover.Prove(r.t.Context(), text(it["sk"]))
		r.must(err)
		file, err := certificate.WithInclusion(envelope.Value, inclusion)
		r.must(err)
		told, err := certificate.Verify(file, key)
		r.must(err)
		var addendum struct {
			Predicate struct {
				Restored certificate.Restored `json:"restored"`
			} `json:"predicate"`
		}
		r.must(json.Unmarshal(told.Statement, &addendum))
		n := addendum.Predicate.Restored
		came.Objects, came.Versions, came.Records = came.Objects+n.Objects, came.Versions+n.Versions, came.Records+n.Records
		came.MultipartUploads += n.MultipartUploads
	}
	return came
}

// all is what comes back to it: the records of four uploads, with what lies under two of their keys, and the four records of
// the organisation that had ended.
var all = certificate.Restored{Counts: certificate.Counts{Objects: 2, Versions: 2, MultipartUploads: 1}, Records: 8}

// TestWhatABackupBringsBackIsErasedAgain, and bytes that nobody knows are quarantined.
func TestWhatABackupBringsBackIsErasedAgain(t *testing.T) {
	t.Parallel()
	r := newRestored(t)
	done, err := r.replayer(faultline.New()).Replay(t.Context(), r.works("restore"), restore.Cursor{})
	if err != nil || done.Left != 0 || done.Found == 0 || done.Organisations != 1 || done.Orphans != 1 || done.Addenda != done.Found {
		t.Errorf("%+v, %v", done, err)
	}
	if came := r.gone("replayed"); came != all {
		t.Errorf("%+v came back", came)
	}
	list, _, err := r.truth.Quarantined(t.Context(), "", 10)
	if r.must(err); len(list) != 1 {
		t.Errorf("%d are quarantined", len(list))
	}
	again, err := r.replayer(faultline.New()).Replay(t.Context(), r.works("restore"), restore.Cursor{})
	if err != nil || again.Found+again.Addenda+again.Organisations+again.Orphans != 0 {
		t.Errorf("again: %+v, %v", again, err)
	}
}

// TestEveryCallOfAReplayFailsBothWays: it is run again, and ends in the same state; the addenda count everything once.
func TestEveryCallOfAReplayFailsBothWays(t *testing.T) {
	t.Parallel()
	count := newRestored(t)
	line := faultline.New()
	_, err := count.replayer(line).Replay(t.Context(), count.works("restore"), restore.Cursor{})
	count.must(err)
	for n := range len(line.Calls()) {
		for _, mode := range []faultline.Mode{faultline.DidNotHappen, faultline.HappenedUnacknowledged} {
			t.Run(fmt.Sprintf("call %d %v", n, mode), func(t *testing.T) {
				r := newRestored(t)
				line := faultline.New()
				line.FailAt(n, mode)
				_, _ = r.replayer(line).Replay(t.Context(), r.works("restore"), restore.Cursor{})
				line.Heal()
				done, err := r.replayer(line).Replay(t.Context(), r.works("restore"), restore.Cursor{})
				if err != nil || done.Left != 0 {
					t.Errorf("%+v, %v", done, err)
				}
				if came := r.gone("after " + fmt.Sprint(line.Calls()[n])); came != all {
					t.Errorf("%+v came back", came)
				}
			})
		}
	}
}
