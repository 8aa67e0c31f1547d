package faultline

type fault struct {
	mode  Mode
	fatal bool // nothing is sent after it
}

type answer struct {
	err  error
	left int
}

// FailAt makes the call of that index fail, counted from 0.
func (l *Line) FailAt(index int, mode Mode) { l.plan(index, fault{mode: mode}) }

// CrashAt is FailAt, and the end of the process: no later call is sent until Heal.
func (l *Line) CrashAt(index int, mode Mode) { l.plan(index, fault{mode: mode, fatal: true}) }

func (l *Line) plan(index int, f fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults[index] = f
}

// Struck tells whether a call failed as FailAt or CrashAt asked: a test that never came to its fault has shown nothing.
func (l *Line) Struck() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.struck
}

// Heal forgets all that was planned. What was called stays known.
func (l *Line) Heal() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.crashed = false
	l.faults, l.answers, l.replies = map[int]fault{}, map[string]*answer{}, map[string]*reply{}
}

// Pause runs f while the line neither counts nor fails anything.
func (l *Line) Pause(f func()) {
	l.pause(true)
	defer l.pause(false)
	f()
}

func (l *Line) pause(paused bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.paused = paused
}

// Answer makes the next so many calls of an operation end in that error, after no retry and unsent.
func (l *Line) Answer(operation string, err error, times int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answers[operation] = &answer{err, times}
}
