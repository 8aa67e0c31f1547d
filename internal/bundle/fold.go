package bundle

import (
	"hash/maphash"
	"sync"

	"waybill/internal/bundle/archive"
	"waybill/internal/bundle/finding"
	"waybill/internal/bundle/inventory"
	"waybill/internal/bundle/sensitive"
)

// pass is one reading of one bundle.
type pass struct {
	*Scanner
	seed  maphash.Seed
	desks sync.Pool

	mu       sync.Mutex
	files    map[*archive.File]*file // those being read
	known    known
	places   places // of the files that were read
	accounts []*inventory.Account
	tallies  []*finding.Tally
	bytes    int64
}

func newPass(s *Scanner) *pass {
	return &pass{Scanner: s, seed: maphash.MakeSeed(), desks: sync.Pool{New: s.newSeen}, files: map[*archive.File]*file{},
		known: known{marks: map[mark]bool{}}, places: newPlaces()}
}

// file is what is known of one file so far.
type file struct {
	name    string // safe to show
	carry   sensitive.Carry
	places  places
	account *inventory.Account
	tally   *finding.Tally
	whole   bool   // a document: it is read when all of it is there
	text    []byte // of a document
}

// file finds a file's state, and begins it at its first block.
func (p *pass) file(f *archive.File) *file {
	p.mu.Lock()
	defer p.mu.Unlock()
	k := p.files[f]
	if k == nil {
		name := p.safe(f.Name)
		k = &file{name: name, places: newPlaces(), account: inventory.NewAccount(name), tally: p.book.NewTally(), whole: inventory.Classify(name).Whole()}
		p.files[f] = k
	}
	return k
}

// safe is a name without the values in it: a file may be called after whom it is about.
func (s *Scanner) safe(name string) string {
	var found sensitive.Found
	text := []byte(name)
	s.detector.Search(text, 1, &found)
	var shown []byte
	at := int32(0)
	for _, place := range found.Places {
		if place.Start >= at {
			shown = append(append(shown, text[at:place.Start]...), "["+place.Kind.String()+"]"...)
			at = place.End
		}
	}
	return string(append(shown, text[at:]...))
}

// take is called in the order of a file's blocks.
func (p *pass) take(f *archive.File, k *seen) {
	to := p.file(f)
	before := len(k.values.Places)
	if to.carry.Complete(&k.values); len(k.values.Places) != before {
		k.fresh = k.memory.fresh(p.seed, &k.values, k.fresh)
	}
	to.places.add(to.name, k.values.Places)
	if to.whole {
		to.keep(k.text)
	} else {
		to.account.Take(k.facts)
		to.tally.Take(k.matches)
	}
	p.learn(k.fresh)
	k.text = nil
	p.desks.Put(k)
}

// keep gathers a document, up to what the inventory reads of one.
func (k *file) keep(text []byte) {
	room := inventory.MaxDocument + 1 - len(k.text)
	k.text = append(k.text, text[:max(0, min(room, len(text)))]...)
}

func (p *pass) learn(fresh []mark) {
	if len(fresh) == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.known.add(fresh)
}

func (p *pass) end(f *archive.File) {
	k := p.file(f)
	if k.whole {
		k.account.Document(k.text)
		k.text = nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.files, f)
	p.places.join(k.places)
	p.accounts = append(p.accounts, k.account)
	p.tallies = append(p.tallies, k.tally)
	p.bytes += f.Size
}
