package standin

import (
	"io"
	"net/http"
	"net/http/httptest"
	"time"
)

// Fault is how a call fails; do carries it out.
type Fault func(w http.ResponseWriter, r *http.Request, do http.HandlerFunc)

type fault struct {
	call  string
	times int
	fails Fault
}

// Fail has the next so many calls of that name fail.
func (c *Cell) Fail(call string, times int, f Fault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults = append(c.faults, &fault{call, times, f})
}

// guarded notes the call, and fails it when it is its turn.
func (c *Cell) guarded(name func(*http.Request) string, do http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if f := c.noted(name(r)); f != nil {
			f(w, r, do)
			return
		}
		do(w, r)
	}
}

func (c *Cell) noted(call string) Fault {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = append(c.calls, call)
	for _, f := range c.faults {
		if f.call == call && f.times > 0 {
			f.times--
			return f.fails
		}
	}
	return nil
}

// Status answers with a status and a problem, without doing anything.
func Status(status int, retryAfter string) Fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		refuse(w, status, "It failed as it was told to.")
	}
}

// Reset reads half of the body and breaks the connection: the call did not happen.
func Reset(_ http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
	_, _ = io.CopyN(io.Discard, r.Body, r.ContentLength/2)
	panic(http.ErrAbortHandler)
}

// Unheard does what was asked and breaks the connection: the call happened, unacknowledged.
func Unheard(_ http.ResponseWriter, r *http.Request, do http.HandlerFunc) {
	do(httptest.NewRecorder(), r)
	panic(http.ErrAbortHandler)
}

// Spoil changes a byte on the way.
func Spoil(w http.ResponseWriter, r *http.Request, do http.HandlerFunc) {
	r.Body = io.NopCloser(&spoiler{from: r.Body})
	do(w, r)
}

type spoiler struct {
	from io.Reader
	done bool
}

func (s *spoiler) Read(b []byte) (int, error) {
	n, err := s.from.Read(b)
	if n > 0 && !s.done {
		b[0], s.done = b[0]+1, true
	}
	return n, err
}

// Hold does not answer until whoever called has gone, and tells when it began to wait.
func Hold(reached chan<- struct{}) Fault {
	return func(_ http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
		reached <- struct{}{}
		_, _ = io.Copy(io.Discard, r.Body) // the server notices a caller who left only when the body was read
		select {
		case <-r.Context().Done():
		case <-time.After(time.Minute):
		}
		panic(http.ErrAbortHandler)
	}
}

// Mend ends every fault.
func (c *Cell) Mend() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults = nil
}
