package bundle

import (
	"sync"

	"waybill/internal/bundle/archive"
	"waybill/internal/bundle/finding"
	"waybill/internal/bundle/inventory"
	"waybill/internal/bundle/sensitive"
)

// pass is one reading of one bundle.
type pass struct {
	*Scanner
	desks sync.Pool

	mu       sync.Mutex
	files    map[*archive.File]*file // those being read
	values   sensitive.Tally         // of the files that were read
	accounts []*inventory.Account
	tallies  []*finding.Tally
	bytes    int64
}

func newPass(s *Scanner) *pass {
	return &pass{Scanner: s, desks: sync.Pool{New: s.newSeen}, files: map[*archive.File]*file{}}
}

// file is what is known of one file so far.
type file struct {
	name    string // safe to show
	values  sensitive.Tally
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
		k = &file{name: name, account: inventory.NewAccount(name), tally: p.book.NewTally(), whole: inventory.Classify(name).Whole()}
		p.files[f] = k
	}
	return k
}

// take is called in the order of a file's blocks.
func (p *pass) take(f *archive.File, k *seen) {
	to := p.file(f)
	to.values.Take(to.name, &k.values)
	to.tally.Take(k.matches)
	if to.whole {
		to.keep(k.text)
	} else {
		to.account.Take(k.facts)
	}
	k.text = nil
	p.desks.Put(k)
}

// keep gathers a document, up to what the inventory reads of one.
func (k *file) keep(text []byte) {
	room := inventory.MaxDocument + 1 - len(k.text)
	k.text = append(k.text, text[:max(0, min(room, len(text)))]...)
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
	p.values.Add(&k.values)
	p.accounts = append(p.accounts, k.account)
	p.tallies = append(p.tallies, k.tally)
	p.bytes += f.Size
}
