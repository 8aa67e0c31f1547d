// Package memory is a cell without AWS, for the tests of the core: its records, its staging bucket and its KMS keys, as
// the interfaces of packages org, hold, migration, upload, purge and restore describe them.
//
// It keeps what those interfaces promise and nothing more: writes guarded by what was read, the audit entry in the same
// breath, idempotency keys, versions and delete markers, the notification of each object. Every call can be lost, or
// happen without its caller hearing of it, or be preceded by something else (see Fate). Check is the one checker of the
// whole state.
//
// It proves nothing about AWS: packages dynamo, staging and kms are tested against the local AWS.
package memory

import (
	"crypto/ed25519"
	"maps"
	"slices"
	"sync"
	"time"

	"waybill/internal/audit"
	"waybill/internal/hold"
	"waybill/internal/inspection"
	"waybill/internal/migration"
	"waybill/internal/org"
	"waybill/internal/purge"
	"waybill/internal/restore"
	"waybill/internal/upload"
)

// Cell is all of it. It implements the Records, Objects, Keys and Drops of every use case.
type Cell struct {
	mu   sync.Mutex
	now  time.Time
	fate func(call string) Fate
	made map[string]int // calls by name

	keys          map[string]org.KeyState // by ARN; usable unless it stands here
	organisations map[string]org.Organisation
	migrations    map[id]migration.Migration
	uploads       map[id]upload.Upload
	inspections   map[id]inspection.Inspection
	holds         map[id]hold.Hold
	guards        map[string]int            // by organisation
	purging       map[string][]hold.Purging // by organisation
	spent         map[id]spent
	trail         []Line
	undone        []Line            // what a restore from backup took out of the trail
	certificates  []Certified       // oldest first
	ended         map[string]string // the certificate of each organisation that has ended
	verified      int               // how many of them Check has verified
	private       ed25519.PrivateKey
	notes         map[string]restore.Finding // by certificate

	objects    []object               // oldest first
	returned   map[purge.Version]bool // by a restore from backup
	unfinished map[string]unfinished
	poisoned   map[string]bool
	queue      []upload.Arrival
	erasures   []erasure
	spared     map[purge.Version]bool // by the lifecycle
	wrong      []error                // about what was erased of organisations that have ended
	serial     int
}

// id is a thing of an organisation, as a key of the table would be.
type id struct{ organisation, name string }

// Line is one audit entry and whose it is.
type Line struct {
	Organisation string
	audit.Entry
}

// New is an empty cell at that time.
func New(now time.Time) *Cell {
	return &Cell{now: audit.At(now), made: map[string]int{}, keys: map[string]org.KeyState{},
		organisations: map[string]org.Organisation{}, migrations: map[id]migration.Migration{},
		uploads: map[id]upload.Upload{}, inspections: map[id]inspection.Inspection{}, holds: map[id]hold.Hold{}, guards: map[string]int{},
		purging: map[string][]hold.Purging{}, spent: map[id]spent{}, unfinished: map[string]unfinished{},
		poisoned: map[string]bool{}, ended: map[string]string{}, spared: map[purge.Version]bool{},
		notes: map[string]restore.Finding{}, returned: map[purge.Version]bool{},
		private: ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))}
}

// Clone is another cell in the same state, in which every call succeeds.
func (c *Cell) Clone() *Cell {
	c.mu.Lock()
	defer c.mu.Unlock()
	parted := maps.Clone(c.unfinished)
	for name, m := range parted {
		m.parts = maps.Clone(m.parts)
		parted[name] = m
	}
	return &Cell{now: c.now, made: map[string]int{}, keys: maps.Clone(c.keys),
		organisations: maps.Clone(c.organisations), migrations: maps.Clone(c.migrations),
		uploads: maps.Clone(c.uploads), inspections: maps.Clone(c.inspections), holds: maps.Clone(c.holds), guards: maps.Clone(c.guards),
		purging: intents(c.purging), spent: maps.Clone(c.spent), trail: slices.Clone(c.trail), undone: slices.Clone(c.undone),
		objects: slices.Clone(c.objects), unfinished: parted, poisoned: maps.Clone(c.poisoned),
		certificates: slices.Clone(c.certificates), ended: maps.Clone(c.ended), spared: maps.Clone(c.spared), verified: c.verified, private: c.private,
		notes: maps.Clone(c.notes), returned: maps.Clone(c.returned),
		queue: slices.Clone(c.queue), erasures: slices.Clone(c.erasures), wrong: slices.Clone(c.wrong), serial: c.serial}
}

func intents(open map[string][]hold.Purging) map[string][]hold.Purging {
	other := map[string][]hold.Purging{}
	for organisation, list := range open {
		other[organisation] = slices.Clone(list)
	}
	return other
}

// Now is the cell's time.
func (c *Cell) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the cell's time.
func (c *Cell) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Act is a deed of that actor, now.
func (c *Cell) Act(actor audit.Actor) audit.Act {
	return audit.Act{Actor: actor, Time: c.Now(), RequestID: "req-" + string(actor)}
}

// Trail is the audit record, oldest first.
func (c *Cell) Trail() []Line {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.trail)
}

// Told is what was done to a resource, oldest first.
func (c *Cell) Told(resource string) []audit.Action {
	var actions []audit.Action
	for _, l := range c.Trail() {
		if l.Resource == resource {
			actions = append(actions, l.Action)
		}
	}
	return actions
}
