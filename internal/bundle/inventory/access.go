package inventory

import (
	"bytes"
	"math/bits"
)

// Access is what the access logs of one name's days say: how many answers of each class of status, and how long they took
// where the log says. Nothing of who asked, and for what, is kept.
type Access struct {
	File     string `json:"file"`
	Requests int64  `json:"requests"`
	// Classes counts answers 1xx to 5xx.
	Classes [5]int64 `json:"classes"`
	Timed   int64    `json:"timed"`
	// P50 and P99 are in milliseconds, exact to an eighth.
	P50 int64 `json:"p50,omitempty"`
	P99 int64 `json:"p99,omitempty"`
}

// answers counts while reading. Durations go into buckets that are an eighth of their size wide.
type answers struct {
	classes [5]int64
	timed   int64
	took    [40 * 8]int64
	first   int // the line of the first server error
	firstAt string
}

func bucket(ms uint64) int {
	if ms < 8 {
		return int(ms)
	}
	shift := bits.Len64(ms) - 4
	return min(8*(shift+1)+int(ms>>shift)-8, 40*8-1)
}

// floor is the least duration of a bucket.
func floor(bucket int) int64 {
	if bucket < 8 {
		return int64(bucket)
	}
	return int64(8+bucket%8) << (bucket/8 - 1)
}

func (a *answers) with(o *answers) *answers {
	if a == nil || o == nil {
		if a == nil {
			return o
		}
		return a
	}
	sum := *a
	for i := range o.classes {
		sum.classes[i] += o.classes[i]
	}
	for i := range o.took {
		sum.took[i] += o.took[i]
	}
	sum.timed += o.timed
	if sum.first == 0 {
		sum.first, sum.firstAt = o.first, o.firstAt
	}
	return &sum
}

// quantile is the duration below which a share of the timed answers lie.
func (a *answers) quantile(share float64) int64 {
	want, seen := int64(share*float64(a.timed)), int64(0)
	for i, n := range a.took {
		if seen += n; seen > want || seen == a.timed && n > 0 {
			return floor(i)
		}
	}
	return 0
}

func (a *answers) report(file string) Access {
	r := Access{File: file, Classes: a.classes, Timed: a.timed, P50: a.quantile(0.5), P99: a.quantile(0.99)}
	for _, n := range a.classes {
		r.Requests += n
	}
	return r
}

// accessLines reads access logs in the shapes that the products and Tomcat write by default: behind HTTP/1.1 stand the
// status, the bytes and the milliseconds, or, in Confluence's, the status and "12ms"; Bitbucket's has columns.
func accessLines(s *Seen, b Block) {
	a := &answers{}
	eachLine(b.Text, b.Line, func(line []byte, number, _ int) {
		status, rest, ok := answer(line)
		if !ok {
			return
		}
		a.classes[status-'1']++
		if status == '5' && a.first == 0 {
			a.first, a.firstAt = number, accessStamp(line)
		}
		if ms, timed := duration(rest); timed {
			a.timed++
			a.took[bucket(ms)]++
		}
	})
	s.access = a
}

// answer finds the first digit of the status, and what stands behind it.
func answer(line []byte) (status byte, rest []byte, ok bool) {
	i := bytes.Index(line, []byte(" HTTP/"))
	if i < 0 || i+16 > len(line) {
		return 0, nil, false
	}
	rest = bytes.TrimLeft(line[i+len(" HTTP/1.1"):], "\"")
	if bytes.HasPrefix(rest, []byte(" | ")) {
		return column(line)
	}
	if len(rest) < 4 || rest[0] != ' ' || !isStatus(rest[1:4]) {
		return 0, nil, false
	}
	return rest[1], rest[4:], true
}

// column reads Bitbucket's lines, address | protocol | request | user | time | "action" | details | status | read | written
// | labels | milliseconds | session: only those that end a request, whose id begins with "o".
func column(line []byte) (status byte, rest []byte, ok bool) {
	c := bytes.SplitN(line, []byte(" | "), 14)
	if len(c) < 12 || len(c[2]) == 0 || c[2][0] != 'o' || !isStatus(c[7]) {
		return 0, nil, false
	}
	return c[7][0], append([]byte("- "), c[11]...), true
}

func isStatus(text []byte) bool {
	return len(text) == 3 && text[0] >= '1' && text[0] <= '5' && digit(text[1]) && digit(text[2])
}

// duration reads " 4567 123 …" (bytes, then milliseconds) and " 123ms 4567 …".
func duration(fields []byte) (ms uint64, timed bool) {
	first, rest, _ := bytes.Cut(bytes.TrimLeft(fields, " "), []byte(" "))
	if n := bytes.TrimSuffix(first, []byte("ms")); len(n) < len(first) {
		return whole(n)
	}
	second, _, _ := bytes.Cut(rest, []byte(" "))
	return whole(second)
}

func whole(digits []byte) (n uint64, ok bool) {
	if len(digits) == 0 || len(digits) > 12 {
		return 0, false
	}
	for _, c := range digits {
		if !digit(c) {
			return 0, false
		}
		n = n*10 + uint64(c-'0')
	}
	return n, true
}

// accessStamp is the time in brackets of an access log's line.
func accessStamp(line []byte) string {
	for i := 0; i < min(len(line)-22, 200); i++ {
		if line[i] == '\n' {
			return ""
		}
		if line[i] == '[' && line[i+3] == '/' && line[i+7] == '/' && line[i+12] == ':' {
			return spelt(line[i+1 : i+21])
		}
	}
	return ""
}
