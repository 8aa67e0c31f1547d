// Package faultline is the test kit for what AWS does when it does not do what it was asked. It hooks into the SDK's
// middleware, so that everything else, serialisation, signing, the local AWS behind it, stays real.
//
//	line := faultline.New()
//	line.Attach(&cfg)                                    // every client made of cfg from now on
//	line.FailAt(3, faultline.HappenedUnacknowledged)     // the fourth call
//	line.Answer("GenerateDataKey", err, 1)               // the next such call ends in err, unsent
//	line.Reply("DeleteObjects", faultline.SlowDown(), 2) // two attempts are answered so; the SDK may try again
//
// A call is one operation, however often the SDK tries it; an injected failure is never tried again. Presigning sends
// nothing, so it is no call.
package faultline

import (
	"context"
	"errors"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
)

// ErrInjected is what a failed call answers.
var ErrInjected = errors.New("the connection was lost (injected)")

// Mode is the way a call fails.
type Mode int

// The modes. A caller cannot tell one from the other.
const (
	DidNotHappen           Mode = iota // it was never sent
	HappenedUnacknowledged             // AWS carried it out; the answer was lost
)

// Call is one operation: {"S3", "DeleteObjects"}.
type Call struct{ Service, Operation string }

// Line watches the calls of the clients that it is attached to. It may be shared between them, and between goroutines.
type Line struct {
	mu      sync.Mutex
	paused  bool
	calls   []Call
	inputs  []any
	faults  map[int]fault
	crashed bool
	struck  bool
	answers map[string]*answer
	replies map[string]*reply
}

// New makes a line that only records.
func New() *Line {
	l := &Line{}
	l.Heal()
	return l
}

// Attach puts the line into every client that is made of the configuration from now on.
func (l *Line) Attach(cfg *aws.Config) {
	cfg.APIOptions = append(cfg.APIOptions[:len(cfg.APIOptions):len(cfg.APIOptions)], l.install)
}

// Calls lists what was called, the failed ones included, in the order of their beginning.
func (l *Line) Calls() []Call {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]Call(nil), l.calls...)
}

// Inputs lists what the calls were asked, in the same order: the SDK's own input structs.
func (l *Line) Inputs() []any {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]any(nil), l.inputs...)
}

// Counts counts the calls of each operation.
func (l *Line) Counts() map[string]int {
	counts := map[string]int{}
	for _, c := range l.Calls() {
		counts[c.Operation]++
	}
	return counts
}

// install runs for each operation as its middleware is put together.
func (l *Line) install(stack *middleware.Stack) error {
	if _, presigning := stack.Initialize.Get("AsIsPresigningMiddleware"); presigning {
		return nil
	}
	calls := middleware.InitializeMiddlewareFunc("faultline", l.call)
	replies := middleware.DeserializeMiddlewareFunc("faultlineReply", l.attempt)
	return errors.Join(stack.Initialize.Add(calls, middleware.Before), stack.Deserialize.Add(replies, middleware.After))
}

// call stands before everything else, so outside the SDK's retries.
func (l *Line) call(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (out middleware.InitializeOutput, m middleware.Metadata, err error) {
	mode, failure := l.begin(Call{awsmiddleware.GetServiceID(ctx), awsmiddleware.GetOperationName(ctx)}, in.Parameters)
	if failure == nil {
		return next.HandleInitialize(ctx, in)
	}
	if mode == HappenedUnacknowledged {
		next.HandleInitialize(ctx, in)
	}
	return out, m, failure
}

// begin notes a call and says whether and how it fails.
func (l *Line) begin(c Call, input any) (Mode, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.paused {
		return DidNotHappen, nil
	}
	index := len(l.calls)
	l.calls, l.inputs = append(l.calls, c), append(l.inputs, input)
	if l.crashed {
		return DidNotHappen, ErrInjected
	}
	if f, planned := l.faults[index]; planned {
		l.struck, l.crashed = true, f.fatal
		return f.mode, ErrInjected
	}
	if a := l.answers[c.Operation]; a != nil && a.left > 0 {
		a.left--
		return DidNotHappen, a.err
	}
	return DidNotHappen, nil
}
