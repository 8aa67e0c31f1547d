package purge_test

import (
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"testing"
	"time"

	"waybill/internal/audit"
	"waybill/internal/hold"
	"waybill/internal/memory"
	"waybill/internal/migration"
	"waybill/internal/org"
	"waybill/internal/policy"
	"waybill/internal/purge"
	"waybill/internal/upload"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// kit is a whole cell, wired as the functions wire it, with one organisation.
type kit struct {
	t         *testing.T
	cell      *memory.Cell
	org       string
	planner   migration.Planner
	stager    upload.Stager
	receiver  upload.Receiver
	expirer   upload.Expirer
	purger    purge.Purger
	reaper    purge.Reaper
	ends      purge.Terminator
	keeper    hold.Keeper
	leaver    org.Terminator
	organiser org.Registrar
}

var newcomer = org.Draft{Name: "Ostwind", Location: "Germany", Plan: org.Paid}

func start(t *testing.T) *kit {
	t.Helper()
	k := wire(t, memory.New(noon))
	o, err := k.organiser.Create(t.Context(), k.cell.Act("olive"), org.Draft{Name: "Nordwind", Location: "Germany", Plan: org.Paid})
	k.must(err)
	k.org = o.ID
	return k
}

func wire(t *testing.T, c *memory.Cell) *kit {
	stager := upload.Stager{Region: "eu-central-1", Bucket: memory.Bucket, Records: c, Objects: c, Keys: c}
	return &kit{t: t, cell: c, stager: stager,
		planner:   migration.Planner{Records: c, Staged: stager},
		receiver:  upload.Receiver{Region: "eu-central-1", Records: c, Drops: c},
		expirer:   upload.Expirer{Records: c},
		purger:    purger(c),
		reaper:    purge.Reaper{Purger: purger(c), Records: c},
		ends:      purge.Terminator{Purger: purger(c), Records: c, Table: "records"},
		keeper:    hold.Keeper{Records: c},
		leaver:    org.Terminator{Records: c},
		organiser: org.Registrar{Cell: org.Cell{Region: "eu-central-1"}, Records: c}}
}

func purger(c *memory.Cell) purge.Purger {
	return purge.Purger{Records: c, Objects: c, Signer: c, Now: c.Now,
		Place: purge.Place{Cell: "waybill", Region: "eu-central-1", Bucket: memory.Bucket, Function: "purge 1"}}
}

// clone is the same in another cell, where nothing fails.
func (k *kit) clone() *kit {
	other := wire(k.t, k.cell.Clone())
	other.org = k.org
	return other
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

func digest(words string) string {
	sum := sha256.Sum256([]byte(words))
	return base64.StdEncoding.EncodeToString(sum[:])
}

func (k *kit) offer(d upload.Draft) upload.Upload {
	k.t.Helper()
	u, err := k.stager.Offer(k.t.Context(), k.act(""), k.org, "", d)
	k.must(err)
	return u
}

func small() upload.Draft {
	return upload.Draft{FileName: "support.zip", Size: 1 << 20, Kind: upload.SupportZip, SHA256: digest("small")}
}

func big() upload.Draft {
	return upload.Draft{FileName: "export.tar", Size: 40 << 20, Kind: upload.Export}
}

// pending is a small upload whose bytes are not there.
func (k *kit) pending() upload.Upload { return k.offer(small()) }

// put is a small upload whose bytes are there, and nobody knows yet.
func (k *kit) put() upload.Upload {
	k.t.Helper()
	u := k.pending()
	_, err := k.cell.Put(u.ObjectKey, u.Size)
	k.must(err)
	return u
}

// sealed is a small upload that is known to be there.
func (k *kit) sealed() upload.Upload {
	k.t.Helper()
	u := k.put()
	k.deliver()
	return k.read(u.ID)
}

// parted is a big upload all of whose parts are in S3.
func (k *kit) parted() (upload.Upload, []upload.Part) {
	k.t.Helper()
	u := k.offer(big())
	digests, sent := parts(u)
	_, err := k.stager.SignParts(k.t.Context(), k.act(""), k.org, u.ID, digests)
	k.must(err)
	u = k.read(u.ID)
	for _, p := range sent {
		k.must(k.cell.PutPart(u.UploadID, p))
	}
	return u, sent
}

func parts(u upload.Upload) (digests []upload.PartDigest, sent []upload.Part) {
	for n := 1; n <= u.Parts; n++ {
		d := digest(strconv.Itoa(n))
		digests = append(digests, upload.PartDigest{Number: n, SHA256: d})
		sent = append(sent, upload.Part{Number: n, ETag: "etag-" + strconv.Itoa(n), SHA256: d, Size: u.PartLength(n)})
	}
	return digests, sent
}

// dropped is the key of something that was put by hand, and is known.
func (k *kit) dropped(key string) string {
	k.t.Helper()
	k.cell.Drop(key, 7)
	k.deliver()
	return key
}

func (k *kit) read(id string) upload.Upload {
	k.t.Helper()
	u, err := k.cell.Upload(k.t.Context(), k.org, id)
	k.must(err)
	return u
}

// deliver gives the receiver all that S3 has told, each report twice.
func (k *kit) deliver() {
	k.t.Helper()
	told := k.cell.Arrivals()
	for _, a := range append(told, told...) {
		k.must(k.receiver.Arrived(k.t.Context(), k.cell.Act("function:intake"), a))
	}
}

// receive does so once; what fails stays in the queue.
func (k *kit) receive() (failed error) {
	for _, a := range k.cell.Arrivals() {
		if err := k.receiver.Arrived(k.t.Context(), k.cell.Act("function:intake"), a); err != nil {
			k.cell.Again(a)
			failed = err
		}
	}
	return failed
}

func (k *kit) tick() error {
	_, err := k.expirer.Expire(k.t.Context(), k.cell.Act("function:tick"))
	return err
}

func (k *kit) sweep() (purge.Report, error) {
	return k.purger.Sweep(k.t.Context(), k.cell.Act("function:purge"))
}

// end is a run of the schedule for the organisations at their end.
func (k *kit) end() error {
	_, err := k.ends.Sweep(k.t.Context(), k.cell.Act("function:purge"))
	return err
}

// settle is what happens by itself: reports are delivered, and the schedules run, now and after what was promised to be
// kept for 14 days and then for 30 has passed. The whole state is checked after each.
func (k *kit) settle() error {
	k.t.Helper()
	k.cell.Decide(nil)
	for _, wait := range []time.Duration{15 * time.Minute, policy.Day, 14 * policy.Day, 30 * policy.Day} {
		k.cell.Advance(wait)
		k.deliver()
		k.must(k.tick())
		_, err := k.sweep()
		k.must(err)
		k.must(k.end())
		if err := k.cell.Check(); err != nil {
			return err
		}
	}
	return nil
}
