package hold_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"waybill/internal/audit"
	"waybill/internal/hold"
	"waybill/internal/ident"
	"waybill/internal/migration"
	"waybill/internal/org"
	"waybill/internal/policy"
	"waybill/internal/upload"
)

// Whatever happens to an organisation in whatever order, its things are deleted by the first sweep after they are due
// and free, and by none before. What decides is asked of packages policy and hold; what is right is counted here anew,
// from nothing but the days of the documents and what happened when.
func TestNeverEarlyAndNeverLate(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		h := begin(t, seed)
		for range 60 {
			h.happen()
			h.pass()
		}
		for at, s := range h.sealed {
			if wrong := h.judge(s); wrong != "" {
				t.Fatalf("history %d, thing %d (%s): %s\n%v", seed, at, s.Kind, wrong, h.told)
			}
		}
	}
}

// history is one organisation and all that has happened to it.
type history struct {
	*kit
	random *rand.Rand
	sealed []*thing
	holds  []*interval
	ends   []*interval // terminations, from the request to the withdrawal
	sweeps []time.Time
	told   []string
}

// thing is an upload, and when a sweep deleted it.
type thing struct {
	upload.Upload
	deleted time.Time
}

// interval is how long a hold or a termination was in force; to is zero while it is.
type interval struct {
	scope, id string
	from, to  time.Time
	days      int // of a termination
}

func (i interval) at(t time.Time) bool { return !t.Before(i.from) && (i.to.IsZero() || t.Before(i.to)) }

// promised is how many days the documents promise.
var promised = map[upload.Kind]int{upload.SupportZip: 14, upload.Export: 14, upload.Other: 30, upload.Assessment: 730}

func begin(t *testing.T, seed uint64) *history {
	return &history{kit: start(t), random: rand.New(rand.NewPCG(seed, 4))}
}

// pass lets up to four days pass, with a sweep every quarter of a day.
func (h *history) pass() {
	for range h.random.IntN(17) {
		h.Advance(6 * time.Hour)
		h.sweeps = append(h.sweeps, h.Now())
		o, g := h.organisation(), h.guard()
		for _, s := range h.sealed {
			due := !policy.Judge(s.Facts(o.Termination)).DeleteBy.After(h.Now())
			if _, held := hold.Over(g.Holds, o.ID, s.Migration, s.ID); s.deleted.IsZero() && due && !held {
				s.deleted = h.Now()
			}
		}
	}
}

func (h *history) organisation() org.Organisation {
	o, err := h.Organisation(h.t.Context(), h.ours.org)
	h.must(err)
	return o
}

func (h *history) guard() hold.Guard {
	g, err := h.Guard(h.t.Context(), h.ours.org)
	h.must(err)
	return g
}

// happen lets one thing happen, a minute after whatever was before: never at the moment of a sweep.
func (h *history) happen() {
	h.Advance(time.Minute)
	events := []func(){h.seal, h.seal, h.seal, h.place, h.release, h.ask, h.leave, h.stay, h.changePlan, h.edit}
	n := h.random.IntN(len(events))
	h.told = append(h.told, fmt.Sprintf("%s: %d", h.Now().Format("02 Jan 15h"), n))
	events[n]()
}

func (h *history) seal() {
	kinds := []upload.Kind{upload.SupportZip, upload.Export, upload.Other, upload.Assessment}
	u := upload.Upload{ID: ident.Derive(ident.Upload, h.Now(), fmt.Sprint(len(h.sealed))), Org: h.ours.org, Kind: kinds[h.random.IntN(4)], State: upload.Sealed,
		CreatedAt: h.Now().Add(-time.Hour), SealedAt: h.Now(), Revision: 1}
	if h.random.IntN(2) == 0 {
		u.Migration = h.ours.mig
	}
	h.must(h.Admit(h.t.Context(), h.Act("ada"), audit.UploadDropped, u, ""))
	h.sealed = append(h.sealed, &thing{Upload: u})
}

func (h *history) place() {
	scopes := []string{h.ours.org, h.ours.mig, h.ours.mig}
	if n := len(h.sealed); n > 0 {
		scopes[2] = h.sealed[h.random.IntN(n)].ID
	}
	scope := scopes[h.random.IntN(3)]
	placed, err := h.Place(h.t.Context(), h.Act("sam"), h.ours.org, hold.Draft{Scope: scope, Reason: "Matter", ReviewBy: h.Now().Add(time.Hour).Format(time.RFC3339)})
	h.must(err)
	h.holds = append(h.holds, &interval{scope: scope, id: placed.ID, from: h.Now()})
}

func (h *history) release() {
	if len(h.holds) == 0 {
		return
	}
	i := h.holds[h.random.IntN(len(h.holds))]
	if _, err := h.Release(h.t.Context(), h.Act("sam"), h.ours.org, i.id, "", hold.Release{Reason: "Settled"}); err == nil {
		i.to = h.Now()
	}
}

// ask is a request to delete a thing at once.
func (h *history) ask() {
	if len(h.sealed) > 0 {
		if s := h.sealed[h.random.IntN(len(h.sealed))]; s.DeleteRequestedAt.IsZero() && s.deleted.IsZero() {
			s.DeleteRequestedAt = h.Now()
		}
	}
}

func (h *history) leave() {
	days := map[org.Plan]int{org.Evaluation: 15, org.Paid: 60}[h.organisation().Plan]
	if _, err := (org.Terminator{Records: h.Cell}).Request(h.t.Context(), h.Act("ada"), h.ours.org, "", org.Ask{Reason: "Moved"}); err == nil {
		h.ends = append(h.ends, &interval{from: h.Now(), days: days})
	}
}

func (h *history) stay() {
	if err := (org.Terminator{Records: h.Cell}).Withdraw(h.t.Context(), h.Act("ada"), h.ours.org, ""); err == nil {
		h.ends[len(h.ends)-1].to = h.Now()
	}
}

// changePlan is whatever will change a plan one day: it moves no deadline that has been given.
func (h *history) changePlan() {
	before := h.organisation()
	after := before
	after.Plan = map[org.Plan]org.Plan{org.Evaluation: org.Paid, org.Paid: org.Evaluation}[before.Plan]
	after.Revision++
	h.must(h.BindKey(h.t.Context(), h.Act("olive"), before, after))
}

// edit changes what a customer can change: none of it moves a deadline.
func (h *history) edit() {
	m, err := h.Migration(h.t.Context(), h.ours.org, h.ours.mig)
	h.must(err)
	after := m
	after.Draft.Name, after.Revision, after.Status = "Renamed", m.Revision+1, migration.Finished
	h.must(h.ReplaceMigration(h.t.Context(), h.Act("ada"), audit.MigrationEdited, m, after))
	for _, s := range h.sealed {
		s.FileName, s.SHA256, s.Revision = "renamed.zip", "stated later", s.Revision+1
	}
}

// judge answers what was wrong with the time at which a thing was deleted, or was not.
func (h *history) judge(s *thing) string {
	for _, at := range h.sweeps {
		if at.Before(s.SealedAt) {
			continue
		}
		last := !s.deleted.IsZero() && !at.Before(s.deleted)
		if must := h.due(s, at) && !h.heldBy(s, at); must != last {
			return fmt.Sprintf("at the sweep of %s it had to go: %t; it went at %s", at, must, s.deleted)
		}
		if last {
			return ""
		}
	}
	return ""
}

func (h *history) due(s *thing, at time.Time) bool {
	ended := func(i *interval) bool { return i.at(at) && !at.Before(i.from.AddDate(0, 0, i.days)) }
	for _, i := range h.ends {
		if ended(i) {
			return true
		}
	}
	asked := !s.DeleteRequestedAt.IsZero() && !at.Before(s.DeleteRequestedAt)
	return asked || !at.Before(s.SealedAt.AddDate(0, 0, promised[s.Kind]))
}

func (h *history) heldBy(s *thing, at time.Time) bool {
	for _, i := range h.holds {
		if i.at(at) && (i.scope == h.ours.org || i.scope == s.Migration || i.scope == s.ID) {
			return true
		}
	}
	return false
}
