package inspection_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill/internal/audit"
	"waybill/internal/bundle"
	"waybill/internal/bundle/archive"
	"waybill/internal/bundle/specimen"
	"waybill/internal/fault"
	"waybill/internal/inspection"
	"waybill/internal/memory"
	"waybill/internal/org"
	"waybill/internal/policy"
	"waybill/internal/purge"
	"waybill/internal/upload"
)

var (
	noon    = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	scanner = sync.OnceValues(bundle.NewScanner)
)

// kit is a cell with an upload in it, and what that upload's bytes are.
type kit struct {
	*memory.Cell
	t     *testing.T
	bytes []byte
	fails error // of reading
	u     upload.Upload
}

func start(t *testing.T, content []byte) *kit {
	t.Helper()
	k := &kit{Cell: memory.New(noon), t: t, bytes: content}
	registrar := org.Registrar{Cell: org.Cell{Region: "eu-central-1"}, Records: k}
	o, err := registrar.Create(t.Context(), k.Act("olive"), org.Draft{Name: "Nordwind", Location: "Germany", Plan: org.Paid})
	k.must(err)
	stager := upload.Stager{Region: "eu-central-1", Bucket: memory.Bucket, Records: k, Objects: k, Keys: k}
	offer := upload.Draft{FileName: "support.zip", Size: int64(len(content)), Kind: upload.SupportZip, SHA256: "s8wEdbt4pQJgmIWOmIms9mbTEGLVE9MDMU7KMdNucvI="}
	k.u, err = stager.Offer(t.Context(), k.Act("ada"), o.ID, "", offer)
	k.must(err)
	_, err = k.Put(k.u.ObjectKey, k.u.Size)
	k.must(err)
	receiver := upload.Receiver{Region: "eu-central-1", Records: k, Drops: k}
	for _, a := range k.Arrivals() {
		k.must(receiver.Arrived(t.Context(), k.Act("function:intake"), a))
	}
	return k
}

func (k *kit) must(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

// source is S3, as far as it can be read.
type source struct{ *kit }

func (s source) Open(context.Context, upload.Upload) io.ReaderAt { return s }

func (s source) ReadAt(p []byte, off int64) (int, error) {
	if s.fails != nil {
		return 0, s.fails
	}
	return bytes.NewReader(s.bytes).ReadAt(p, off)
}

func (k *kit) inspector() inspection.Inspector {
	s, err := scanner()
	k.must(err)
	return inspection.Inspector{Records: k, Objects: source{k}, Scanner: s, Options: bundle.Options{Workers: 2, Limits: archive.DefaultLimits()}, Spare: time.Second}
}

func (k *kit) inspect() error {
	return k.inspector().Inspect(k.t.Context(), k.Act(audit.Function("inspect")), k.u.Org, k.u.ID)
}

func (k *kit) read() upload.Upload {
	k.t.Helper()
	u, err := k.Upload(k.t.Context(), k.u.Org, k.u.ID)
	k.must(err)
	return u
}

// report is what was written down.
func (k *kit) report() (r bundle.Report) {
	k.t.Helper()
	i, err := k.Inspection(k.t.Context(), k.u.Org, k.u.ID)
	k.must(err)
	text, err := i.Findings.JSON()
	k.must(err)
	k.must(json.Unmarshal(text, &r))
	return r
}

func (k *kit) found(rule string) bool {
	k.t.Helper()
	for _, f := range k.report().Findings {
		if f.Rule == rule {
			return true
		}
	}
	return false
}

func composed(t *testing.T, size int64) ([]byte, specimen.Planted) {
	t.Helper()
	var b bytes.Buffer
	planted, err := specimen.Write(&b, specimen.Options{Seed: 1, Size: size})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), planted
}

// A support bundle is read once, and what is in it is written down with an audit entry; none of its values is.
func TestASupportBundleIsRead(t *testing.T) {
	t.Parallel()
	content, planted := composed(t, 200_000)
	k := start(t, content)
	for range 2 {
		k.must(k.inspect())
	}
	if u := k.read(); !u.InspectedAt.Equal(noon) || u.Revision != 3 {
		t.Errorf("%+v", u)
	}
	r := k.report()
	if r.Product.Name != "jira" || r.Sensitive.Counts["email"] != len(planted["email"]) || !k.found("secret.password") {
		t.Errorf("%+v", r)
	}
	i, err := k.Inspection(t.Context(), k.u.Org, k.u.ID)
	k.must(err)
	inventory, err := i.Inventory.JSON()
	k.must(err)
	findings, err := i.Findings.JSON()
	k.must(err)
	for kind, values := range planted {
		for _, v := range values {
			if strings.Contains(string(findings)+string(inventory), v) {
				t.Errorf("a %s is written down", kind)
			}
		}
	}
	k.must(k.Check())
}

// Each call fails both ways: nothing is half written, and the next attempt ends it.
func TestEveryCallFails(t *testing.T) {
	t.Parallel()
	content, _ := composed(t, 50_000)
	for _, call := range []string{"Upload", "Inspected"} {
		for _, fate := range []memory.Fate{memory.Lost, memory.Unacknowledged} {
			k := start(t, content)
			k.Decide(func(label string) memory.Fate {
				if strings.HasPrefix(label, call+" ") {
					return fate
				}
				return memory.Heard
			})
			if err := k.inspect(); err == nil {
				t.Errorf("%s, %v: no failure was told", call, fate)
			}
			k.Decide(nil)
			k.must(k.inspect())
			if u := k.read(); u.InspectedAt.IsZero() {
				t.Errorf("%s, %v: it was not read", call, fate)
			}
			k.must(k.Check())
		}
	}
}

// What changes while it is read: a request to delete it wins, anything else does not stop it.
func TestItChangesMeanwhile(t *testing.T) {
	t.Parallel()
	content, _ := composed(t, 50_000)
	for name, row := range map[string]struct {
		happens func(*kit)
		read    bool
	}{
		"it is to be deleted": {func(k *kit) {
			stager := upload.Stager{Records: k, Objects: k, Keys: k}
			_, err := stager.Delete(k.t.Context(), k.Act("ada"), k.u.Org, k.u.ID, "")
			k.must(err)
		}, false},
		"its digest is stated": {func(k *kit) {
			u := k.read()
			after := u
			after.Revision++
			k.must(k.ReplaceUpload(k.t.Context(), k.Act("ada"), audit.UploadStated, u, after, ""))
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := start(t, content)
			var once sync.Once
			k.Decide(func(label string) memory.Fate {
				if strings.HasPrefix(label, "Inspected ") {
					once.Do(func() { row.happens(k) })
				}
				return memory.Heard
			})
			k.must(k.inspect())
			if read := !k.read().InspectedAt.IsZero(); read != row.read {
				t.Errorf("read: %t", read)
			}
		})
	}
}

// What cannot be read is a finding: whatever was handed over, and a key that does not admit it. What may pass is not.
func TestWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	whole, _ := composed(t, 50_000)
	for name, row := range map[string]struct {
		content []byte
		fails   error
		rule    string // empty for an error
	}{
		"no zip":           {content: []byte("a letter"), rule: "archive.not-a-zip"},
		"cut short":        {content: whole[:len(whole)/2], rule: "archive.no-directory"},
		"under a lost key": {content: whole, fails: fmt.Errorf("fetching: %w", org.Lost(org.Disabled)), rule: "inspect.key-unusable"},
		"S3 is away":       {content: whole, fails: fault.Unavailable},
		"it broke off":     {content: whole, fails: io.ErrUnexpectedEOF},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := start(t, row.content)
			k.fails = row.fails
			err := k.inspect()
			if row.rule == "" {
				if !errors.Is(err, row.fails) || !k.read().InspectedAt.IsZero() {
					t.Errorf("%v, %+v", err, k.read())
				}
				return
			}
			k.must(err)
			if !k.found(row.rule) {
				t.Errorf("found are %+v", k.report().Findings)
			}
		})
	}
}

// Out of time, what was read until then is written down, and that it is not all.
func TestOutOfTime(t *testing.T) {
	t.Parallel()
	content, _ := composed(t, 50_000)
	k := start(t, content)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	i := k.inspector()
	i.Spare = time.Hour
	k.must(i.Inspect(ctx, k.Act(audit.Function("inspect")), k.u.Org, k.u.ID))
	if !k.found("archive.stopped") {
		t.Errorf("found are %+v", k.report().Findings)
	}
}

// What is no support bundle, or about to go, is not read.
func TestWhatIsNotRead(t *testing.T) {
	t.Parallel()
	content, _ := composed(t, 50_000)
	for name, change := range map[string]func(u *upload.Upload){
		"an export":              func(u *upload.Upload) { u.Kind = upload.Export },
		"what is not there yet":  func(u *upload.Upload) { u.State = upload.Pending },
		"what is due":            func(u *upload.Upload) { u.Due = noon },
		"what waits under hold":  func(u *upload.Upload) { u.Shelved = true },
		"what was purged":        func(u *upload.Upload) { u.State = upload.Purged },
		"what is of no version":  func(u *upload.Upload) { u.VersionID = "" },
		"what was read before":   func(u *upload.Upload) { u.InspectedAt = noon },
		"what is in quarantine":  func(u *upload.Upload) { u.State = upload.Quarantined },
		"what was never offered": func(u *upload.Upload) { u.ID = "upl_none" },
	} {
		k := start(t, content)
		u := k.read()
		change(&u)
		if u.ID == k.u.ID && u.Inspectable(noon) {
			t.Errorf("%s is read", name)
		}
	}
	k := start(t, content)
	k.must(k.inspector().Inspect(t.Context(), k.Act("function:inspect"), k.u.Org, "upl_01m6e3sta0djh05j4eajezyt60"))
}

// What was found goes with the bytes, in the same transaction.
func TestItGoesWithTheBytes(t *testing.T) {
	t.Parallel()
	content, _ := composed(t, 50_000)
	k := start(t, content)
	k.must(k.inspect())
	k.Advance(14*policy.Day + time.Minute)
	purger := purge.Purger{Records: k, Objects: k, Signer: k, Now: k.Now, Place: purge.Place{Cell: "waybill", Region: "eu-central-1", Bucket: memory.Bucket, Function: "purge 1"}}
	if r, err := purger.Sweep(t.Context(), k.Act(audit.Function("purge"))); err != nil || r.Purged != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	if _, err := k.Inspection(t.Context(), k.u.Org, k.u.ID); !errors.Is(err, fault.NotFound) {
		t.Errorf("it is still there: %v", err)
	}
	k.must(k.Check())
}

// A report that is too long for a record loses places, not counts.
func TestALongReport(t *testing.T) {
	t.Parallel()
	var files bytes.Buffer
	for n := range 12_000 {
		fmt.Fprintf(&files, "2026-03-02 06:00:00,%03d+0000 exec-1 INFO u%d@corp%d.kestrel.example 10.%d.%d.%d https://h%d.kestrel.example/x SEN-%08d\n", n%1000, n*7919, n, n%16+16, n%250, n%199+1, n, n*7919%99999999)
	}
	k := start(t, zipped(t, files.String()))
	k.must(k.inspect())
	i, err := k.Inspection(t.Context(), k.u.Org, k.u.ID)
	k.must(err)
	if len(i.Findings)+len(i.Inventory) > 380<<10 {
		t.Errorf("%d and %d bytes", len(i.Findings), len(i.Inventory))
	}
	if r := k.report(); r.Sensitive.Counts["email"] != 12_000 || !slices.ContainsFunc(r.Sensitive.Where, func(p bundle.Place) bool { return p.Kind == "email" }) {
		t.Errorf("%v, %d places", r.Sensitive.Counts, len(r.Sensitive.Where))
	}
}

func zipped(t *testing.T, log string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("application-logs/atlassian-jira.log")
	if err == nil {
		_, err = io.WriteString(w, log)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
