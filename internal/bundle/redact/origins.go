package redact

import "sync"

// origins are what each pseudonym stands for, both as they were written: that is what makes a bundle whole again. Most
// stand for one thing. Of the others, such as IPv4 addresses, which many machines have to share, the first is the rule
// and the rest are exceptions, which the map tells by their places.
type origins struct {
	wanted bool
	most   int

	mu         sync.Mutex
	first      map[string]string
	exceptions map[pair]uint32
	list       []pair // exception n is at n-1
}

// pair is a pseudonym and what it stands for.
type pair struct{ pseudonym, origin string }

func newOrigins(o Options) *origins {
	return &origins{wanted: o.Map != nil, most: o.Limits.Memory / 400, first: map[string]string{}, exceptions: map[pair]uint32{}}
}

// note remembers what a pseudonym stands for. It answers zero, or the number of the exception that it is.
func (o *origins) note(pseudonym, origin []byte) uint32 {
	if !o.wanted {
		return 0
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	first, known := o.first[string(pseudonym)]
	if !known && len(o.first) < o.most {
		o.first[string(pseudonym)] = string(origin)
		return 0
	}
	if first == string(origin) {
		return 0
	}
	p := pair{string(pseudonym), string(origin)}
	n := o.exceptions[p]
	if n == 0 && len(o.list) < o.most {
		o.list = append(o.list, p)
		n = uint32(len(o.list))
		o.exceptions[p] = n
	}
	return n
}

// full tells whether there was more to remember than may be.
func (o *origins) full() bool { return len(o.first) >= o.most || len(o.list) >= o.most }
