package crashpoint

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/audit"
	"waybill/internal/certificate"
	"waybill/internal/ident"
	"waybill/internal/kms"
	"waybill/internal/upload"
)

// state is everything that a cell holds.
type state struct {
	uploads    map[string]upload.Upload // by id
	revisions  map[string]int           // of every record, by id
	entries    map[string]int           // how many changes of each resource are on record
	versions   map[string][]string      // object key → versions and delete markers
	unfinished map[string][]string      // object key → multipart uploads
	inspected  map[string]bool          // uploads of which findings are kept
}

// check verifies the invariants of the whole state at the cell's time, and answers what is wrong.
func (c *cell) check() (wrong []string) {
	c.t.Helper()
	s := c.look()
	owners := map[string]upload.Upload{}
	for _, u := range s.uploads {
		wrong = append(wrong, c.checkUpload(s, u)...)
		owners[u.ObjectKey] = u
	}
	for key, versions := range s.versions {
		if u, owned := owners[key]; !owned || u.State != upload.Sealed && u.State != upload.Quarantined {
			wrong = append(wrong, fmt.Sprintf("%d versions lie under %s, whose record is %q", len(versions), key, u.State))
		}
	}
	for key, uploads := range s.unfinished {
		// One that was opened without anybody hearing so stays, empty, until its upload is purged.
		if state := owners[key].State; state != upload.Pending && !(state == upload.Sealed && c.empty(key, uploads)) {
			wrong = append(wrong, fmt.Sprintf("an unfinished multipart upload lies under %s, whose record is %q", key, state))
		}
	}
	for id := range s.inspected {
		if u := s.uploads[id]; u.State != upload.Sealed || u.InspectedAt.IsZero() {
			wrong = append(wrong, fmt.Sprintf("findings of %s are kept, and it is %s, inspected at %s", id, u.State, u.InspectedAt))
		}
	}
	for id, revision := range s.revisions {
		if s.entries[id] != revision {
			wrong = append(wrong, fmt.Sprintf("%s was changed %d times and has %d entries", id, revision, s.entries[id]))
		}
	}
	return wrong
}

func (c *cell) checkUpload(s state, u upload.Upload) (wrong []string) {
	say := func(format string, args ...any) {
		wrong = append(wrong, u.ID+" "+fmt.Sprintf(format, args...))
	}
	held := len(s.versions[u.ObjectKey]) > 0
	switch u.State {
	case upload.Sealed, upload.Quarantined:
		if !held {
			say("is %s, and its bytes are gone before %s", u.State, u.DeleteBy)
		}
		if !c.now.Before(u.DeleteBy) {
			say("is still held past %s", u.DeleteBy)
		}
	case upload.Pending:
		if !c.now.Before(u.DeleteBy) {
			say("is still pending past %s", u.DeleteBy)
		}
	case upload.Purged, upload.Expired:
		if held {
			say("is %s, and its bytes are there", u.State)
		}
		if !u.Due.IsZero() || u.PurgedAt.IsZero() {
			say("has ended, and is still due")
		}
		c.checkCertificate(u, say)
	}
	return wrong
}

// checkCertificate wants what is gone to be certified, unless nothing of it was ever sent.
func (c *cell) checkCertificate(u upload.Upload, say func(string, ...any)) {
	c.t.Helper()
	if u.State == upload.Expired && u.Certificate == "" && u.UploadID == "" {
		return
	}
	signed, err := c.truth.Certificate(c.t.Context(), u.Org, u.Certificate)
	if err != nil {
		say("has ended without a certificate: %v", err)
		return
	}
	key, err := kms.NewSigner(c.root, c.signs).PublicKey(c.t.Context())
	c.must(err)
	told, err := certificate.Verify(signed.Envelope, key)
	if !errors.Is(err, certificate.ErrNotInLedger) || !bytes.Contains(told.Statement, []byte(u.ID)) {
		say("is not what %s certifies: %v", signed.ID, err)
	}
}

func (c *cell) look() state {
	c.t.Helper()
	s := state{map[string]upload.Upload{}, map[string]int{}, map[string]int{}, map[string][]string{}, map[string][]string{}, map[string]bool{}}
	for _, it := range c.scan(c.truth.Table) {
		if id, inspection := strings.CutPrefix(text(it["sk"]), "ins#"); inspection {
			s.inspected[id] = true
		}
		if revision, has := it["revision"].(*types.AttributeValueMemberN); has && text(it["sk"]) != "retention#guard" {
			id := text(it["id"])
			if id == "" {
				id = text(it["pk"])
			}
			var n int
			fmt.Sscan(revision.Value, &n)
			s.revisions[id] = n
			if u, err := c.truth.Upload(c.t.Context(), organisationOf(it), id); err == nil {
				s.uploads[id] = u
			}
		}
	}
	for _, it := range c.scan(c.truth.Audit) {
		if !strings.HasPrefix(text(it["sk"]), ident.Event) {
			continue
		}
		e, err := audit.Whole(organisationOf(it), it["leaf"].(*types.AttributeValueMemberB).Value, nil)
		c.must(err)
		if e.Outcome == audit.Done {
			s.entries[e.Resource]++
		}
	}
	c.lookIntoBucket(s)
	return s
}

func organisationOf(it map[string]types.AttributeValue) string {
	if pk := text(it["pk"]); pk != "cell" {
		return pk
	}
	return ""
}

func (c *cell) lookIntoBucket(s state) {
	c.t.Helper()
	client := s3.NewFromConfig(c.root, pathStyle)
	objects, err := client.ListObjectVersions(c.t.Context(), &s3.ListObjectVersionsInput{Bucket: &c.bucket})
	c.must(err)
	for _, v := range objects.Versions {
		s.versions[*v.Key] = append(s.versions[*v.Key], *v.VersionId)
	}
	for _, m := range objects.DeleteMarkers {
		s.versions[*m.Key] = append(s.versions[*m.Key], *m.VersionId)
	}
	open, err := client.ListMultipartUploads(c.t.Context(), &s3.ListMultipartUploadsInput{Bucket: &c.bucket})
	c.must(err)
	for _, m := range open.Uploads {
		s.unfinished[*m.Key] = append(s.unfinished[*m.Key], *m.UploadId)
	}
}

func (c *cell) empty(key string, uploads []string) bool {
	c.t.Helper()
	for _, id := range uploads {
		listed, err := s3.NewFromConfig(c.root, pathStyle).ListParts(c.t.Context(), &s3.ListPartsInput{Bucket: &c.bucket, Key: &key, UploadId: &id})
		c.must(err)
		if len(listed.Parts) > 0 {
			return false
		}
	}
	return true
}

func (c *cell) scan(table string) (all []map[string]types.AttributeValue) {
	c.t.Helper()
	pages := dynamodb.NewScanPaginator(c.truth.Client, &dynamodb.ScanInput{TableName: &table})
	for pages.HasMorePages() {
		page, err := pages.NextPage(c.t.Context())
		c.must(err)
		all = append(all, page.Items...)
	}
	return all
}

func text(v types.AttributeValue) string {
	if s, is := v.(*types.AttributeValueMemberS); is {
		return s.Value
	}
	return ""
}

// The checker itself must see what is wrong.
func TestTheCheckerSees(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]func(*cell, upload.Upload){
		"bytes that nobody remembers":   func(c *cell, u upload.Upload) { c.drop("staged/debug/stray") },
		"bytes that are gone early":     func(c *cell, u upload.Upload) { c.erase(u) },
		"a change without its entry":    func(c *cell, u upload.Upload) { c.bump(u) },
		"what is held past its time":    func(c *cell, u upload.Upload) { c.now = u.DeleteBy },
		"what is recorded and not gone": func(c *cell, u upload.Upload) { c.claim(u) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCell(t)
			u := c.sealed()
			if wrong := c.check(); len(wrong) > 0 {
				t.Fatalf("before the harm: %q", wrong)
			}
			harm(c, u)
			if len(c.check()) == 0 {
				t.Error("nothing was seen")
			}
		})
	}
}
