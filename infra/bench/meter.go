package main

import (
	"context"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"

	"waybill/internal/clock"
)

// meter counts the calls of every client that is made of a configuration from now on. A call counts once, however often
// the SDK tries it.
type meter struct {
	mu    sync.Mutex
	calls map[string]int           // by operation
	waits map[string]time.Duration // by service: the time of all calls, one after another
	units units
}

func metered(cfg aws.Config) (aws.Config, *meter) {
	m := &meter{calls: map[string]int{}, waits: map[string]time.Duration{}}
	cfg.APIOptions = append(cfg.APIOptions[:len(cfg.APIOptions):len(cfg.APIOptions)], func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("meter", m.call), middleware.Before)
	})
	return cfg, m
}

func (m *meter) call(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
	begun := clock.Now()
	out, meta, err := next.HandleInitialize(ctx, in)
	took := clock.Now().Sub(begun)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls[awsmiddleware.GetOperationName(ctx)]++
	m.waits[awsmiddleware.GetServiceID(ctx)] += took
	m.units.add(in.Parameters, out.Result)
	return out, meta, err
}

func (m *meter) wait() (all time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, w := range m.waits {
		all += w
	}
	return all
}
