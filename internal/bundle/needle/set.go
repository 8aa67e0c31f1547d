package needle

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// ErrTooMany says that the needles together need more states than a Set has: some ten thousand literals.
var ErrTooMany = errors.New("too many needles for one set")

// maxStates keeps a state in 16 bits, so that the rows in use stay in the first cache.
const maxStates = 1 << 16

// Set is many needles, made into one automaton. It is immutable.
type Set struct {
	class    [256]uint8
	shift    uint     // of a state, to its row in next
	next     []uint16 // by state and class
	matching uint16   // the first state in which a needle has ended; all after it are such
	ends     [][]int32
	longest  int
	needles  int
}

// New makes a set. A needle's number in what is found is its place in the list. An empty needle, or one longer than 64
// bytes, is an error.
func New(needles []Needle) (*Set, error) {
	b := &builder{ids: map[string]int{}, known: map[bytes]int{}, tree: make([]node, 1)}
	for id, n := range needles {
		if err := b.add(int32(id), n); err != nil {
			return nil, err
		}
	}
	b.classify()
	if err := b.build(); err != nil {
		return nil, err
	}
	s := b.set()
	s.needles = len(needles)
	return s, nil
}

// Len is how many needles the set has.
func (s *Set) Len() int { return s.needles }

// builder makes a deterministic automaton of all ways to write all needles. The ways are branches of one tree whose edges
// are sets of bytes; a state of the automaton is the set of nodes that could have been reached, apart from the root, from
// which every needle always can begin.
type builder struct {
	sets    []bytes
	known   map[bytes]int
	tree    []node
	longest int

	class   [256]uint8
	members []byte    // a byte of each class
	accepts [][]uint8 // by set, the classes in it
	first   [][]int32 // by class, the nodes it leads to from the root

	ids    map[string]int
	states [][]int32
	rows   [][]uint16
}

type node struct {
	edges []edge
	ends  []int32
}

type edge struct{ set, to int32 }

func (b *builder) add(id int32, n Needle) error {
	if len(n.ways) == 0 {
		return fmt.Errorf("needle %d is empty", id)
	}
	for _, way := range n.ways {
		if len(way) == 0 || len(way) > maxLength {
			return fmt.Errorf("needle %d has %d bytes, and 1 to %d are allowed", id, len(way), maxLength)
		}
		at := int32(0)
		for _, set := range way {
			at = b.branch(at, b.intern(set))
		}
		b.tree[at].ends = append(b.tree[at].ends, id)
		b.longest = max(b.longest, len(way))
	}
	return nil
}

func (b *builder) intern(set bytes) int32 {
	id, ok := b.known[set]
	if !ok {
		id = len(b.sets)
		b.known[set] = id
		b.sets = append(b.sets, set)
	}
	return int32(id)
}

func (b *builder) branch(at, set int32) int32 {
	for _, e := range b.tree[at].edges {
		if e.set == set {
			return e.to
		}
	}
	to := int32(len(b.tree))
	b.tree = append(b.tree, node{})
	b.tree[at].edges = append(b.tree[at].edges, edge{set, to})
	return to
}

// classify numbers the bytes so that those which no needle tells apart have one number: bytes are alike when they are in
// the same sets.
func (b *builder) classify() {
	classes := map[string]uint8{}
	for c := range 256 {
		in := make([]byte, len(b.sets))
		for i := range b.sets {
			if b.sets[i][c] {
				in[i] = 1
			}
		}
		id, ok := classes[string(in)]
		if !ok {
			id = uint8(len(classes))
			classes[string(in)] = id
			b.members = append(b.members, byte(c))
		}
		b.class[c] = id
	}
	b.index()
}

func (b *builder) index() {
	b.accepts, b.first = make([][]uint8, len(b.sets)), make([][]int32, len(b.members))
	for c, member := range b.members {
		for i := range b.sets {
			if b.sets[i][member] {
				b.accepts[i] = append(b.accepts[i], uint8(c))
			}
		}
		for _, e := range b.tree[0].edges {
			if b.sets[e.set][member] {
				b.first[c] = append(b.first[c], e.to)
			}
		}
	}
}

// build walks from state to state until none is new. Where a state leads nowhere by itself, it leads where the root does.
func (b *builder) build() error {
	root := make([]uint16, len(b.members))
	if _, err := b.number(nil); err != nil {
		return err
	}
	for at := 0; at < len(b.states); at++ {
		next := b.follow(b.states[at])
		row := slices.Clone(root)
		for c := range row {
			if at > 0 && next[c] == nil {
				continue
			}
			id, err := b.number(append(next[c], b.first[c]...))
			if err != nil {
				return err
			}
			row[c] = uint16(id)
		}
		if at == 0 {
			root = row
		}
		b.rows = append(b.rows, row)
	}
	return nil
}

// follow is, by class, the nodes that follow any of some nodes.
func (b *builder) follow(nodes []int32) [][]int32 {
	next := make([][]int32, len(b.members))
	for _, n := range nodes {
		for _, e := range b.tree[n].edges {
			for _, c := range b.accepts[e.set] {
				next[c] = append(next[c], e.to)
			}
		}
	}
	return next
}

// number gives a set of nodes the number of its state, a new one if need be.
func (b *builder) number(nodes []int32) (int, error) {
	slices.Sort(nodes)
	nodes = slices.Compact(nodes)
	key := make([]byte, 0, 4*len(nodes))
	for _, n := range nodes {
		key = binary.LittleEndian.AppendUint32(key, uint32(n))
	}
	if id, ok := b.ids[string(key)]; ok {
		return id, nil
	}
	if len(b.states) == maxStates {
		return 0, ErrTooMany
	}
	b.ids[string(key)] = len(b.states)
	b.states = append(b.states, nodes)
	return len(b.states) - 1, nil
}

func (b *builder) ends(nodes []int32) (ids []int32) {
	for _, n := range nodes {
		ids = append(ids, b.tree[n].ends...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// set lays the automaton out: quiet states first, so that one comparison tells that something has ended.
func (b *builder) set() *Set {
	s := &Set{class: b.class, longest: b.longest}
	for 1<<s.shift < len(b.members) {
		s.shift++
	}
	order := make([]uint16, len(b.states)) // from the old number to the new
	place := 0
	for _, loud := range []bool{false, true} {
		if loud {
			s.matching = uint16(min(place, maxStates-1))
		}
		for old, nodes := range b.states {
			ends := b.ends(nodes)
			if len(ends) > 0 != loud {
				continue
			}
			order[old] = uint16(place)
			place++
			if loud {
				s.ends = append(s.ends, ends)
			}
		}
	}
	s.next = make([]uint16, len(b.states)<<s.shift)
	for old, row := range b.rows {
		for c, to := range row {
			s.next[int(order[old])<<s.shift|c] = order[to]
		}
	}
	return s
}
