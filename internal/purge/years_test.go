package purge_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"waybill/internal/certificate"
	"waybill/internal/hold"
	"waybill/internal/ledger"
	"waybill/internal/ledger/ledgertest"
	"waybill/internal/memory"
	"waybill/internal/org"
	"waybill/internal/policy"
	"waybill/internal/upload"
)

// years is a cell in which much happens, at random, and much fails.
type years struct {
	*kit
	*rand.Rand
	ledger *ledgertest.Ledger
	orgs   []string
	holds  map[string][]string // by organisation
	told   int                 // lines of the record that the ledger was told of
	signed int                 // certificates that it was told of
	cures  []func()            // of objects that S3 refuses to delete
}

// Two years of many organisations pass: files come by every way, some are asked to be deleted, some are held, organisations
// leave and stay; any call of any function may not happen, or happen unheard; S3 refuses some; the clock jumps. Every now and then all
// schedules run undisturbed, and the whole state is held against what must be true: nothing was erased early or under a
// hold, everything due is gone, a certificate exists exactly when the bytes are gone, every entry and certificate stands
// in the ledger once, and every certificate verifies with its proof.
func TestTwoYears(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			y := &years{kit: wire(t, memory.New(noon)), Rand: rand.New(rand.NewPCG(seed, 7)), ledger: ledgertest.New(), holds: map[string][]string{}}
			end := noon.Add(730 * policy.Day)
			for n := 0; y.cell.Now().Before(end); n++ {
				for range y.IntN(4) {
					y.happen()
				}
				y.cell.Advance(time.Duration(1+y.IntN(60)) * time.Hour)
				y.disturbed(y.schedules)
				if n%25 == 0 {
					y.judge()
				}
			}
			y.judge()
			if certificates := len(y.cell.Certified()); certificates < 100 {
				t.Errorf("only %d certificates in two years", certificates)
			}
		})
	}
}

// happen is one thing that somebody does, or that S3 reports. What fails is theirs to repeat, and they do not.
func (y *years) happen() {
	if len(y.orgs) == 0 || y.IntN(40) == 0 {
		plan := []org.Plan{org.Paid, org.Evaluation}[y.IntN(2)]
		o, err := y.organiser.Create(y.t.Context(), y.cell.Act("olive"), org.Draft{Name: "Nordwind", Location: "Germany", Plan: plan})
		y.must(err)
		y.orgs = append(y.orgs, o.ID)
	}
	y.org = y.orgs[y.IntN(len(y.orgs))]
	y.disturbed(func() {
		switch y.IntN(13) {
		case 0, 1, 2, 3:
			y.stage(y.IntN(5) > 0)
		case 4:
			y.parts(y.IntN(2) == 0)
		case 5:
			y.cell.Drop(fmt.Sprintf("drop/%s/%d.zip", y.org, y.IntN(5)), 7)
		case 6:
			y.cell.Drop(fmt.Sprintf("lost/%d", y.IntN(5)), 7)
		case 7:
			y.anUpload(func(u upload.Upload) { _, _ = y.stager.Delete(y.t.Context(), y.cell.Act("ada"), y.org, u.ID, "") })
		case 8:
			y.place()
		case 9:
			y.lift()
		case 10:
			if y.IntN(6) == 0 {
				_, _ = y.leaver.Request(y.t.Context(), y.cell.Act("ida"), y.org, "", org.Ask{Reason: "Moved"})
			}
		case 11:
			y.anUpload(func(u upload.Upload) { y.cures = append(y.cures, y.cell.Poison(u.ObjectKey)) })
		case 12:
			_ = y.leaver.Withdraw(y.t.Context(), y.cell.Act("ida"), y.org, "")
		}
	})
}

func (y *years) stage(sent bool) {
	d := small()
	d.Kind = []upload.Kind{upload.SupportZip, upload.Export, upload.Other, upload.Assessment}[y.IntN(4)]
	u, err := y.stager.Offer(y.t.Context(), y.cell.Act("ada"), y.org, "", d)
	if err == nil && sent {
		_, _ = y.cell.Put(u.ObjectKey, u.Size)
	}
}

func (y *years) parts(completed bool) {
	u, err := y.stager.Offer(y.t.Context(), y.cell.Act("ada"), y.org, "", big())
	if err != nil {
		return
	}
	digests, sent := parts(u)
	if _, err := y.stager.SignParts(y.t.Context(), y.cell.Act("ada"), y.org, u.ID, digests); err != nil {
		return
	}
	if u, err = y.cell.Upload(y.t.Context(), y.org, u.ID); err != nil {
		return
	}
	for _, p := range sent {
		_ = y.cell.PutPart(u.UploadID, p)
	}
	if completed {
		_, _ = y.stager.Complete(y.t.Context(), y.cell.Act("ada"), y.org, u.ID, upload.Completion{Parts: sent})
	}
}

func (y *years) anUpload(do func(upload.Upload)) {
	list, _, err := y.cell.Uploads(y.t.Context(), y.org, "", "", 50)
	if err == nil && len(list) > 0 {
		do(list[y.IntN(len(list))])
	}
}

func (y *years) place() {
	scope := y.org
	if y.IntN(3) > 0 {
		y.anUpload(func(u upload.Upload) { scope = u.ID })
	}
	h, err := y.keeper.Place(y.t.Context(), y.cell.Act("sam"), y.org, hold.Draft{Scope: scope, Reason: "Matter 7",
		ReviewBy: y.cell.Now().Add(300 * policy.Day).Format(time.RFC3339)})
	if err == nil {
		y.holds[y.org] = append(y.holds[y.org], h.ID)
	}
}

func (y *years) lift() {
	for _, id := range y.holds[y.org] {
		_, _ = y.keeper.Release(y.t.Context(), y.cell.Act("sam"), y.org, id, "", hold.Release{Reason: "Settled"})
	}
}

// disturbed does something while one call in thirty does not happen, or is not heard of.
func (y *years) disturbed(do func()) {
	var one sync.Mutex // a sweep makes its calls at once
	fate := func() int {
		one.Lock()
		defer one.Unlock()
		return max(0, y.IntN(60)-57)
	}
	y.cell.Decide(func(string) memory.Fate { return memory.Fate(fate()) })
	y.ledger.Decide(func(string) ledgertest.Fate { return ledgertest.Fate(fate()) })
	do()
	y.cell.Decide(nil)
	y.ledger.Decide(nil)
}

// schedules is what runs by itself; what fails is met again.
func (y *years) schedules() {
	_ = y.receive()
	_ = y.tick()
	_, _ = y.sweep()
	_ = y.end()
	for _, u := range y.cell.Remove() {
		for range 10 { // a stream tells again, ten times
			if y.reaper.Reap(y.t.Context(), y.cell.Act("function:reap"), u) == nil {
				break
			}
		}
	}
	_ = y.sequence()
}

// sequence delivers what is new on record, as the stream does: what failed again.
func (y *years) sequence() error {
	trail, certified := y.cell.Trail(), y.cell.Certified()
	var leaves []ledger.Leaf
	for _, l := range trail[y.told:] {
		public, _, err := l.Halves(l.Organisation, make([]byte, 32))
		y.must(err)
		leaves = append(leaves, ledger.Leaf{ID: l.ID, Data: public})
	}
	for _, c := range certified[y.signed:] {
		leaves = append(leaves, ledger.Leaf{ID: c.ID, Data: c.Payload})
	}
	_, err := y.ledger.Sequencer().Sequence(y.t.Context(), leaves)
	if err == nil {
		y.told, y.signed = len(trail), len(certified)
	}
	return err
}

// judge lets everything settle, and looks.
func (y *years) judge() {
	y.t.Helper()
	for _, cure := range y.cures {
		cure()
	}
	y.cures = nil
	for range 3 { // a lease that was lost runs out
		y.cell.Advance(15 * time.Minute)
		y.schedules()
	}
	err := errors.Join(y.cell.Check(), y.sequence(), y.ledger.Check())
	if n := y.told + y.signed; len(y.ledger.Ledgered()) != n {
		err = errors.Join(err, fmt.Errorf("%d leaves stand in the ledger, %d are on record", len(y.ledger.Ledgered()), n))
	}
	certified := y.cell.Certified()
	for range min(3, len(certified)) {
		c := certified[y.IntN(len(certified))]
		i, proveErr := y.ledger.Prover().Prove(y.t.Context(), c.ID)
		whole, includeErr := certificate.WithInclusion(c.Envelope, i)
		_, verifyErr := i.Verify(c.Payload, y.ledger.Key())
		err = errors.Join(err, proveErr, includeErr, verifyErr)
		if len(whole) == 0 {
			err = errors.Join(err, errors.New("a certificate is empty"))
		}
	}
	if err != nil {
		y.t.Fatalf("at %s: %v", y.cell.Now(), err)
	}
}
