package restore_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"waybill/internal/certificate"
	"waybill/internal/memory"
	"waybill/internal/org"
	"waybill/internal/policy"
	"waybill/internal/purge"
	"waybill/internal/restore"
	"waybill/internal/upload"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// kit is a cell in which all that was staged has been purged and certified, with its backups.
type kit struct {
	t        *testing.T
	cell     *memory.Cell
	backup   *memory.Cell // of when all of it lay there
	org      string
	ended    string
	drop     string   // the key of a hand drop
	certs    []string // of deletions, and of the end
	replayer restore.Replayer
	receiver upload.Receiver
	stager   upload.Stager
}

func wire(t *testing.T, c *memory.Cell) *kit {
	place := purge.Place{Cell: "waybill", Region: "eu-central-1", Bucket: memory.Bucket, Function: "restore 1"}
	receiver := upload.Receiver{Region: "eu-central-1", Records: c, Drops: c}
	return &kit{t: t, cell: c, receiver: receiver,
		stager: upload.Stager{Region: "eu-central-1", Bucket: memory.Bucket, Records: c, Objects: c, Keys: c},
		replayer: restore.Replayer{Archive: c, Bucket: c, Objects: c, Records: c, Endings: c, Receiver: receiver, Signer: c, Place: place,
			Now: c.Now, Landed: func(t time.Time) time.Time { return t }}}
}

// clone is the same in another cell, where nothing fails.
func (k *kit) clone() *kit {
	other := wire(k.t, k.cell.Clone())
	other.backup, other.org, other.ended, other.drop, other.certs = k.backup, k.org, k.ended, k.drop, k.certs
	other.replayer.Most = k.replayer.Most
	return other
}

func (k *kit) must(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

func start(t *testing.T) *kit {
	t.Helper()
	k := wire(t, memory.New(noon))
	k.org, k.ended = k.organisation("Nordwind"), k.organisation("Ostwind")
	u := k.sealed(k.org)
	k.cell.Mark(u.ObjectKey)
	k.cell.Drop(u.ObjectKey, 1)
	k.cell.Begin(u.ObjectKey)
	k.sealed(k.org)
	k.drop = "drop/" + k.org + "/a.zip"
	for _, key := range []string{k.drop, "drop/" + k.ended + "/b.zip", "what/is/this"} {
		k.cell.Drop(key, 7)
	}
	k.sealed(k.ended)
	k.deliver()
	k.backup = k.cell.Clone()
	_, err := (org.Terminator{Records: k.cell}).Request(t.Context(), k.cell.Act("ada"), k.ended, "", org.Ask{Reason: "We have moved"})
	k.must(err)
	k.cell.Advance(61 * policy.Day)
	k.schedules()
	for _, c := range k.cell.Certified() {
		k.certs = append(k.certs, c.ID)
	}
	k.must(k.cell.Check())
	return k
}

func (k *kit) organisation(name string) string {
	k.t.Helper()
	o, err := (org.Registrar{Cell: org.Cell{Region: "eu-central-1"}, Records: k.cell}).Create(k.t.Context(), k.cell.Act("olive"), org.Draft{Name: name, Location: "Germany", Plan: org.Paid})
	k.must(err)
	return o.ID
}

// pending is an offer whose bytes are there, and nobody knows yet.
func (k *kit) pending(organisation string) upload.Upload {
	k.t.Helper()
	u, err := k.stager.Offer(k.t.Context(), k.cell.Act("ada"), organisation, "", upload.Draft{FileName: "support.zip", Size: 1 << 20, Kind: upload.SupportZip,
		SHA256: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="})
	k.must(err)
	_, err = k.cell.Put(u.ObjectKey, u.Size)
	k.must(err)
	return u
}

func (k *kit) sealed(organisation string) upload.Upload {
	k.t.Helper()
	u := k.pending(organisation)
	k.deliver()
	return k.read(organisation, u.ID)
}

func (k *kit) read(organisation, id string) upload.Upload {
	k.t.Helper()
	u, err := k.cell.Upload(k.t.Context(), organisation, id)
	k.must(err)
	return u
}

func (k *kit) deliver() {
	k.t.Helper()
	for _, a := range k.cell.Arrivals() {
		k.must(k.receiver.Arrived(k.t.Context(), k.cell.Act("function:intake"), a))
	}
}

// schedules run once.
func (k *kit) schedules() {
	k.t.Helper()
	place := k.replayer.Place
	place.Function = "purge 1"
	p := purge.Purger{Records: k.cell, Objects: k.cell, Signer: k.cell, Now: k.cell.Now, Place: place}
	_, err := (upload.Expirer{Records: k.cell}).Expire(k.t.Context(), k.cell.Act("function:tick"))
	k.must(err)
	_, err = p.Sweep(k.t.Context(), k.cell.Act("function:purge"))
	k.must(err)
	_, err = (purge.Terminator{Purger: p, Records: k.cell, Table: "records"}).Sweep(k.t.Context(), k.cell.Act("function:purge"))
	k.must(err)
}

// replay calls until nothing is left to go on with, or a call fails.
func (k *kit) replay() (sum restore.Report, err error) {
	var at restore.Cursor
	for {
		done, err := k.replayer.Replay(k.t.Context(), k.cell.Act("function:restore"), at)
		sum, at = sum.With(done.Report), done.Cursor
		if err != nil || done.Done {
			return sum, err
		}
	}
}

// addenda are the statements of those that were written, by certificate.
func (k *kit) addenda() map[string][]certificate.Restored {
	k.t.Helper()
	all := map[string][]certificate.Restored{}
	key, _ := k.cell.PublicKey(k.t.Context())
	for _, c := range k.cell.Certified() {
		if !bytes.Contains(c.Payload, []byte(certificate.AddendumPredicate)) {
			continue
		}
		if _, err := certificate.Verify(c.Envelope, key); !errors.Is(err, certificate.ErrNotInLedger) {
			k.t.Errorf("%s does not verify: %v", c.ID, err)
		}
		var s struct {
			Predicate struct {
				Certificate string               `json:"certificate"`
				Restored    certificate.Restored `json:"restored"`
			} `json:"predicate"`
		}
		k.must(json.Unmarshal(c.Payload, &s))
		all[s.Predicate.Certificate] = append(all[s.Predicate.Certificate], s.Predicate.Restored)
	}
	return all
}

// gone holds the state against what a replay promises: nothing certified lies there or says that it does, no note is open,
// and all else is as it must be of any cell once the schedules have run.
func (k *kit) gone() error {
	k.t.Helper()
	var broken []error
	for _, c := range k.cell.Certified() {
		for _, name := range c.Uploads {
			if u, err := k.cell.Upload(k.t.Context(), k.org, name); err == nil && (u.State != upload.Purged || u.Certificate == "") {
				broken = append(broken, errors.New(name+" is "+string(u.State)))
			}
		}
	}
	if open, err := k.cell.OpenFindings(k.t.Context()); err != nil || len(open) > 0 {
		broken = append(broken, errors.New("a note is open"))
	}
	if _, err := k.cell.Organisation(k.t.Context(), k.ended); err == nil {
		broken = append(broken, errors.New("the organisation that had ended is there"))
	}
	for _, key := range k.lies() {
		if strings.Contains(key, k.ended) {
			broken = append(broken, errors.New(key+" lies there"))
		}
	}
	k.schedules()
	return errors.Join(append(broken, k.cell.Check())...)
}

func (k *kit) lies() (keys []string) {
	k.t.Helper()
	for at, more := (restore.Mark{}), true; more; {
		page, next, further, err := k.cell.Clone().Versions(k.t.Context(), at)
		k.must(err)
		for _, v := range page {
			keys = append(keys, v.Key)
		}
		at, more = next, further
	}
	return keys
}

// mark puts a delete marker over a key, and answers its version.
func (k *kit) mark(key string) string {
	k.t.Helper()
	k.cell.Mark(key)
	lies := k.cell.Lies(key).Versions
	return lies[len(lies)-1].ID
}
