package inventory

import "math"

// Statistic is a number that a bundle says many times: how often, how much together, and its ends with their places.
type Statistic struct {
	Count int64   `json:"count"`
	Sum   float64 `json:"sum"`
	Min   float64 `json:"min"`
	Max   float64 `json:"max"`
	MinAt Place   `json:"minAt"`
	MaxAt Place   `json:"maxAt"`
	First Place   `json:"first"`
	Last  Place   `json:"last"`
}

// Mean is the sum over the count.
func (s Statistic) Mean() float64 {
	if s.Count == 0 {
		return 0
	}
	return s.Sum / float64(s.Count)
}

// One is the statistic of one measured value. What is summed is rounded to a 1024th, so that sums are exact and the order
// of adding does not show.
func One(value float64, at Place) Statistic {
	return Statistic{Count: 1, Sum: math.Round(value*1024) / 1024, Min: value, Max: value, MinAt: at, MaxAt: at, First: at, Last: at}
}

// Plus adds what another part of the bundle counted. It is commutative: of equal ends the earlier place stays.
func (s Statistic) Plus(o Statistic) Statistic {
	if s.Count == 0 {
		return o
	}
	if o.Max > s.Max || o.Max == s.Max && o.MaxAt.Before(s.MaxAt) {
		s.Max, s.MaxAt = o.Max, o.MaxAt
	}
	if o.Min < s.Min || o.Min == s.Min && o.MinAt.Before(s.MinAt) {
		s.Min, s.MinAt = o.Min, o.MinAt
	}
	if o.First.Before(s.First) {
		s.First = o.First
	}
	if s.Last.Before(o.Last) {
		s.Last = o.Last
	}
	s.Count, s.Sum = s.Count+o.Count, s.Sum+o.Sum
	return s
}

// The statistics of fixed name. Beside them there are "jira.stats.<metric>" (averages in milliseconds, as the product
// printed them) and "ipd.<label>.<attribute>" (as printed).
const (
	ProcessDBR    = "jira.processDBR"      // milliseconds, the averages of all metrics that begin so
	SlowJQL       = "jql.slow"             // milliseconds of one query
	GCPause       = "gc.pause"             // milliseconds
	GCFull        = "gc.full"              // milliseconds of a full collection
	JstatFull     = "jstat.full"           // full collections since the start
	JstatOld      = "jstat.old"            // percent of the old generation
	Apdex         = "apdex.overall"        // 0 to 100
	OpenShare     = "files.openPercent"    // of what the system allows
	DBLatency     = "db.latency"           // milliseconds
	PoolShare     = "db.poolPercent"       // of the pool's size
	CPULoad       = "cpu.loadPercent"      // of all processors
	DiskShare     = "disk.usedPercent"     // of a home's filesystem
	BlockedOnLock = "threads.blockedOnOne" // threads blocked on one lock, per dump
	SameStack     = "threads.sameStack"    // busy threads with the same stack, per dump
	Deadlocks     = "threads.deadlocks"    // per dump
	BusyThreads   = "threads.busyPercent"  // of one processor, by one thread
	ServerErrors  = "access.5xxPercent"    // of the answers of one access log
	SlowAnswers   = "access.p99"           // milliseconds, per access log
)

// statistics gathers while reading.
type statistics map[string]Statistic

// add notes one measured value at its place.
func (s statistics) add(name string, value float64, at Place) { s.merge(name, One(value, at)) }

// maxStatistics bounds how many names one file may bring.
const maxStatistics = 2000

func (s statistics) merge(name string, o Statistic) {
	if _, known := s[name]; known || len(s) < maxStatistics {
		s[name] = s[name].Plus(o)
	}
}

func (s statistics) mergeAll(o statistics) {
	for _, name := range sortedKeys(o) {
		s.merge(name, o[name])
	}
}
