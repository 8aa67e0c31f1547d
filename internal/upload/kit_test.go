package upload_test

import (
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"testing"
	"time"

	"waybill/internal/audit"
	"waybill/internal/memory"
	"waybill/internal/org"
	"waybill/internal/upload"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

const keyARN = "arn:aws:kms:eu-central-1:111122223333:key/operator"

// kit is one organisation and the three use cases over one cell.
type kit struct {
	t    *testing.T
	cell *memory.Cell
	org  string
	upload.Stager
	upload.Receiver
	upload.Expirer
}

func start(t *testing.T) *kit {
	t.Helper()
	c := memory.New(noon)
	k := &kit{t: t, cell: c,
		Stager:   upload.Stager{Region: "eu-central-1", Bucket: memory.Bucket, Records: c, Objects: c, Keys: c},
		Receiver: upload.Receiver{Region: "eu-central-1", Records: c, Drops: c},
		Expirer:  upload.Expirer{Records: c}}
	registrar := org.Registrar{Cell: org.Cell{Region: "eu-central-1", KeyARN: keyARN}, Records: c}
	o, err := registrar.Create(t.Context(), c.Act("olive"), org.Draft{Name: "Nordwind", Location: "Germany", Plan: org.Paid})
	k.must(err)
	k.org = o.ID
	return k
}

func (k *kit) must(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

// act is ada's, under an idempotency key unless it is empty.
func (k *kit) act(key string) audit.Act {
	act := k.cell.Act("ada")
	if key != "" {
		act.Once = &audit.Once{Key: key, Digest: "digest of the request"}
	}
	return act
}

// digest is the SHA-256 of some words.
func digest(words string) string {
	sum := sha256.Sum256([]byte(words))
	return base64.StdEncoding.EncodeToString(sum[:])
}

func small() upload.Draft {
	return upload.Draft{FileName: "support.zip", Size: 1 << 20, Kind: upload.SupportZip, SHA256: digest("small")}
}

func big() upload.Draft {
	return upload.Draft{FileName: "export.tar", Size: 40 << 20, Kind: upload.Export}
}

func (k *kit) offer(d upload.Draft) upload.Upload {
	k.t.Helper()
	u, err := k.Offer(k.t.Context(), k.act(""), k.org, "", d)
	k.must(err)
	return u
}

// parts are what a client would name of an upload.
func parts(u upload.Upload) (digests []upload.PartDigest, sent []upload.Part) {
	for n := 1; n <= u.Parts; n++ {
		d := digest(strconv.Itoa(n))
		digests = append(digests, upload.PartDigest{Number: n, SHA256: d})
		sent = append(sent, upload.Part{Number: n, ETag: "etag-" + strconv.Itoa(n), SHA256: d, Size: u.PartLength(n)})
	}
	return digests, sent
}

// opened is a big upload all of whose parts are in S3.
func (k *kit) opened() (upload.Upload, []upload.Part) {
	k.t.Helper()
	u := k.offer(big())
	digests, sent := parts(u)
	_, err := k.SignParts(k.t.Context(), k.act(""), k.org, u.ID, digests)
	k.must(err)
	u = k.read(u.ID)
	for _, p := range sent {
		k.must(k.cell.PutPart(u.UploadID, p))
	}
	return u, sent
}

// sealed is a small upload that arrived.
func (k *kit) sealed() upload.Upload {
	k.t.Helper()
	u := k.offer(small())
	_, err := k.cell.Put(u.ObjectKey, u.Size)
	k.must(err)
	k.deliver()
	return k.read(u.ID)
}

func (k *kit) read(id string) upload.Upload {
	k.t.Helper()
	u, err := k.cell.Upload(k.t.Context(), k.org, id)
	k.must(err)
	return u
}

// deliver gives the receiver all that S3 has told.
func (k *kit) deliver() {
	k.t.Helper()
	for _, a := range k.cell.Arrivals() {
		k.must(k.Arrived(k.t.Context(), k.cell.Act("function:intake"), a))
	}
}
