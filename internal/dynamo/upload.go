package dynamo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/org"
	"waybill/internal/policy"
	"waybill/internal/upload"
)

// uploadItem is an upload. dueShard and dueAt are there while something is left to do, parent while it belongs to a
// migration, expiresAt while bytes may be held.
type uploadItem struct {
	Pk        string `dynamodbav:"pk"`
	Sk        string `dynamodbav:"sk"`
	Parent    string `dynamodbav:"parent,omitempty"`
	DueShard  string `dynamodbav:"dueShard,omitempty"`
	DueAt     string `dynamodbav:"dueAt,omitempty"`
	ExpiresAt int64  `dynamodbav:"expiresAt,omitempty"` // epoch seconds

	ID        string `dynamodbav:"id"`
	FileName  string `dynamodbav:"fileName,omitempty"`
	Size      int64  `dynamodbav:"size"`
	Kind      string `dynamodbav:"kind"`
	State     string `dynamodbav:"state"`
	Method    string `dynamodbav:"method"`
	SHA256    string `dynamodbav:"sha256,omitempty"`
	Receipt   string `dynamodbav:"receipt,omitempty"`
	PartSize  int64  `dynamodbav:"partSize,omitempty"`
	Parts     int    `dynamodbav:"parts,omitempty"`
	Region    string `dynamodbav:"region"`
	Bucket    string `dynamodbav:"bucket"`
	ObjectKey string `dynamodbav:"objectKey"`
	VersionID string `dynamodbav:"versionId,omitempty"`
	UploadID  string `dynamodbav:"uploadId,omitempty"`
	KMSKeyARN string `dynamodbav:"kmsKeyArn,omitempty"`
	Rule      string `dynamodbav:"rule"`
	CreatedAt string `dynamodbav:"createdAt"`
	SealedAt  string `dynamodbav:"sealedAt,omitempty"`
	ExpiredAt string `dynamodbav:"expiredAt,omitempty"`
	PurgedAt  string `dynamodbav:"purgedAt,omitempty"`
	DeleteBy  string `dynamodbav:"deleteBy"`
	Requested string `dynamodbav:"deleteRequestedAt,omitempty"`
	Inspected string `dynamodbav:"inspectedAt,omitempty"`
	Certified string `dynamodbav:"certificate,omitempty"`
	Revision  int    `dynamodbav:"revision"`
}

func toUploadItem(u upload.Upload) (item, error) {
	i := uploadItem{Pk: partition(u.Org), Sk: uploadSort + u.ID, ID: u.ID, FileName: u.FileName, Size: u.Size, Kind: string(u.Kind),
		State: string(u.State), Method: string(u.Method), SHA256: u.SHA256, Receipt: u.Receipt, PartSize: u.PartSize, Parts: u.Parts, Region: u.Region,
		Bucket: u.Bucket, ObjectKey: u.ObjectKey, VersionID: u.VersionID, UploadID: u.UploadID, KMSKeyARN: u.KMSKeyARN, Rule: u.Rule,
		CreatedAt: stamp(u.CreatedAt), SealedAt: stamp(u.SealedAt), ExpiredAt: stamp(u.ExpiredAt), PurgedAt: stamp(u.PurgedAt),
		DeleteBy: stamp(u.DeleteBy), Requested: stamp(u.DeleteRequestedAt), Inspected: stamp(u.InspectedAt), Certified: u.Certificate, Revision: u.Revision}
	if u.Migration != "" {
		i.Parent = parent(u.Org, u.Migration)
	}
	switch {
	case u.Shelved:
		i.DueShard, i.DueAt = shelf, stamp(u.Due)
	case !u.Due.IsZero():
		i.DueShard, i.DueAt, i.ExpiresAt = shard(u.ID), stamp(u.Due), u.Due.Add(policy.Grace).Unix()
	}
	return encode(i)
}

func (i uploadItem) upload() (upload.Upload, error) {
	u := upload.Upload{ID: i.ID, FileName: i.FileName, Size: i.Size, Kind: upload.Kind(i.Kind), State: upload.State(i.State),
		Method: upload.Method(i.Method), SHA256: i.SHA256, Receipt: i.Receipt, PartSize: i.PartSize, Parts: i.Parts, Region: i.Region, Bucket: i.Bucket,
		ObjectKey: i.ObjectKey, VersionID: i.VersionID, UploadID: i.UploadID, KMSKeyARN: i.KMSKeyARN, Rule: i.Rule,
		Shelved: i.DueShard == shelf, Certificate: i.Certified, Revision: i.Revision}
	if i.Pk != cellPartition {
		u.Org = i.Pk
	}
	_, u.Migration, _ = strings.Cut(i.Parent, "/")
	return u, unstampAll(
		stamped{i.CreatedAt, &u.CreatedAt}, stamped{i.SealedAt, &u.SealedAt}, stamped{i.ExpiredAt, &u.ExpiredAt},
		stamped{i.PurgedAt, &u.PurgedAt}, stamped{i.DeleteBy, &u.DeleteBy}, stamped{i.DueAt, &u.Due},
		stamped{i.Requested, &u.DeleteRequestedAt}, stamped{i.Inspected, &u.InspectedAt})
}

func toUpload(it item) (upload.Upload, error) {
	var i uploadItem
	if err := decode(it, &i); err != nil {
		return upload.Upload{}, err
	}
	return i.upload()
}

// stamped is a time as it is stored, and where it goes.
type stamped struct {
	text string
	into *time.Time
}

func unstampAll(times ...stamped) error {
	for _, t := range times {
		at, err := unstamp(t.text)
		if err != nil {
			return fmt.Errorf("decoding an item: %w", err)
		}
		*t.into = at
	}
	return nil
}

func parent(organisation, migration string) string { return organisation + "/" + migration }

// Offer writes a new upload into an organisation whose key is still as it was read, under a migration that exists.
func (r Records) Offer(ctx context.Context, act audit.Act, u upload.Upload, before, after org.Organisation) error {
	it, err := toUploadItem(u)
	if err != nil {
		return err
	}
	held, err := r.keep(before, after)
	if err != nil {
		return err
	}
	writes := []write{r.put(it, absent, fault.Conflict), held}
	if u.Migration != "" {
		writes = append(writes, r.check(key(u.Org, migrationSort+u.Migration), present, fault.NotFound))
	}
	return r.commit(ctx, act, u.Org, act.Entry(audit.UploadOffered, u.ID, audit.Done, string(u.Kind)), writes...)
}

// Upload answers fault.NotFound when the organisation has none of that id; organisation "" is the quarantine.
func (r Records) Upload(ctx context.Context, organisation, id string) (upload.Upload, error) {
	var i uploadItem
	if err := r.get(ctx, partition(organisation), uploadSort+id, &i); err != nil {
		return upload.Upload{}, err
	}
	return i.upload()
}

// Uploads lists newest first, after the id given: an organisation's, or those of one migration.
func (r Records) Uploads(ctx context.Context, organisation, migration, after string, limit int) ([]upload.Upload, bool, error) {
	return list(ctx, r, r.uploads(organisation, migration, after, limit), toUpload)
}

// Remaining lists those of which something is, or may be, left in S3: while they are, they stand in the due index.
func (r Records) Remaining(ctx context.Context, organisation, migration, after string, limit int) ([]upload.Upload, bool, error) {
	q := r.uploads(organisation, migration, after, limit)
	q.filters = append(q.filters, "attribute_exists(dueAt)")
	return list(ctx, r, q, toUpload)
}

func (r Records) uploads(organisation, migration, after string, limit int) query {
	q := query{table: r.Table, partition: organisation, after: after, limit: limit}
	q.startsWith(uploadSort)
	if migration != "" {
		q.index, q.partitionName, q.partition = "parent", "parent", parent(organisation, migration)
		q.start = item{"pk": str(organisation), "parent": str(q.partition)}
	}
	return q
}

// Quarantined lists what matched nothing and is not purged yet, newest first, after the id given.
func (r Records) Quarantined(ctx context.Context, after string, limit int) ([]upload.Upload, bool, error) {
	q := query{table: r.Table, partition: cellPartition, after: after, limit: limit}
	q.startsWith(uploadSort)
	q.filter("state", string(upload.Quarantined))
	return list(ctx, r, q, toUpload)
}

// ReplaceUpload writes a changed one; fault.Stale when it is no longer at before's revision.
func (r Records) ReplaceUpload(ctx context.Context, act audit.Act, action audit.Action, before, after upload.Upload, detail string) error {
	it, err := toUploadItem(after)
	if err != nil {
		return err
	}
	stale := fault.Stale.Because("The upload changed meanwhile; read it again.")
	return r.commit(ctx, act, after.Org, act.Entry(action, after.ID, audit.Done, detail), r.put(it, unchanged(before.Revision), stale))
}

// Admit writes the record of something that was never offered, or that TTL took away; fault.Conflict when it is there,
// fault.NotFound when its organisation is at its end.
func (r Records) Admit(ctx context.Context, act audit.Act, action audit.Action, u upload.Upload, detail string) error {
	it, err := toUploadItem(u)
	if err != nil {
		return err
	}
	writes := []write{r.put(it, absent, fault.Conflict)}
	if u.Org != "" {
		writes = append(writes, r.check(key(u.Org, orgSort), lasting, fault.NotFound))
	}
	return r.commit(ctx, act, u.Org, act.Entry(action, u.ID, audit.Done, detail), writes...)
}
