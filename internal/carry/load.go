package carry

import (
	"io"
	"sync"
)

// load is a body on its way. The transport may go on reading it for a moment after it has answered, hence the lock.
type load struct {
	from  io.Reader
	meter Meter
	moved func() // called whenever bytes were taken

	mu   sync.Mutex
	sent int64
	over bool
}

func (l *load) Read(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over {
		return 0, io.ErrClosedPipe
	}
	n, err := l.from.Read(b)
	l.sent += int64(n)
	l.meter.Add(int64(n))
	l.moved()
	return n, err
}

// end is when nothing more may be taken. What did not arrive is taken off the meter.
func (l *load) end(arrived bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
	if !arrived {
		l.meter.Add(-l.sent)
	}
}

// Meter shows a person how far things are. Add is called by several goroutines, also with less than nothing, when bytes
// have to be sent again.
type Meter interface {
	Begin(what string, total int64) // bytes
	Add(n int64)
	End()
}

// quiet is a Meter that shows nothing.
type quiet struct{}

func (quiet) Begin(string, int64) {}
func (quiet) Add(int64)           {}
func (quiet) End()                {}
