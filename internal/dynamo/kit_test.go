package dynamo_test

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"waybill/internal/audit"
	"waybill/internal/dynamo"
	"waybill/internal/ident"
	"waybill/internal/keyring"
	"waybill/internal/kms"
	"waybill/internal/localaws/awstest"
	"waybill/internal/migration"
	"waybill/internal/org"
	"waybill/internal/upload"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// store is a store of the test's own.
func store(t *testing.T) dynamo.Records {
	t.Helper()
	cloud := awstest.Start(t)
	r := dynamo.Records{Client: cloud.DynamoDB(), Table: cloud.Records(t), Audit: cloud.Audit(t)}
	r.Seals = &keyring.Keyring{Wrapper: kms.NewWrapper(cloud.Config(), cloud.Key(t)), Store: r, Now: func() time.Time { return noon }}
	return r
}

func at(t time.Time) audit.Act { return audit.Act{Actor: "ada", Time: t, RequestID: "req-1"} }

func once(a audit.Act, key, digest string) audit.Act {
	a.Once = &audit.Once{Key: key, Digest: digest}
	return a
}

func named(prefix string, at time.Time) string {
	id, err := ident.New(prefix, at, rand.Reader)
	if err != nil {
		panic(err)
	}
	return id
}

func organisation() org.Organisation {
	return org.Organisation{ID: named(ident.Org, noon), Name: "Nordwind", Location: "EU", Plan: org.Paid, Regions: []string{"eu-central-1", "eu-west-1"},
		Key: org.Key{Mode: org.OperatorKey, ARN: "arn:aws:kms:eu-central-1:000000000000:key/1", State: org.Usable}, CreatedAt: noon, Revision: 1}
}

func plan(o org.Organisation, at time.Time) migration.Migration {
	return migration.Migration{ID: named(ident.Migration, at), Org: o.ID, Status: migration.Saved, CreatedAt: at, UpdatedAt: at, Revision: 1,
		Draft: migration.Draft{Name: "Wave 1", Source: migration.Source{Product: "jira", ServerID: "B000-0000", BaseURL: "https://jira.example", Version: "9.12.2"},
			Destination: migration.Destination{URL: "https://nordwind.example"},
			Scope:       migration.Scope{Projects: []migration.Named{{Key: "OPS", Name: "Operations"}}, UsersAndGroups: "scoped", Apps: []migration.Named{}}}}
}

func offer(o org.Organisation, migration string, at time.Time) upload.Upload {
	id := named(ident.Upload, at)
	return upload.Upload{ID: id, Org: o.ID, Migration: migration, FileName: "support.zip", Size: 64 << 20, Kind: upload.SupportZip, State: upload.Pending,
		Method: upload.Multipart, PartSize: 16 << 20, Parts: 4, Region: "eu-central-1", Bucket: "staging", ObjectKey: "staged/debug/" + o.ID + "/" + id,
		KMSKeyARN: o.Key.ARN, Rule: "offer", CreatedAt: at, DeleteBy: at.Add(24 * time.Hour), Due: at.Add(24 * time.Hour), Revision: 1}
}

// settled is a store with one organisation in it.
func settled(t *testing.T) (dynamo.Records, org.Organisation) {
	t.Helper()
	r, o := store(t), organisation()
	ok(t, r.CreateOrganisation(t.Context(), at(noon), o))
	return r, o
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func text(v types.AttributeValue) string { s, _ := v.(*types.AttributeValueMemberS); return s.Value }

func binary(v types.AttributeValue) []byte {
	b, is := v.(*types.AttributeValueMemberB)
	if !is {
		return nil
	}
	return b.Value
}
