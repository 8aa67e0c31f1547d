package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"waybill/internal/clock"
)

const (
	clients = 8
	each    = 100 // requests of one client
)

// latencies are those of reading and of creating a migration, with eight clients at once. The peer is a path that does
// not exist, which passes the gateway, the authorizer and the function, and asks DynamoDB nothing. One failed request
// fails the benchmark.
func (p place) latencies(ctx context.Context) ([]Figure, error) {
	var m struct{ ID string }
	plan := map[string]any{"name": "Wave 1", "source": map[string]any{"product": "jira", "serverId": "B000-0000-0000-0000", "baseUrl": "https://jira.example", "version": "9.12.2"},
		"destination": map[string]any{"url": "https://cloud.example"}, "scope": map[string]any{"projects": []any{}, "usersAndGroups": "none", "apps": []any{}}}
	create := func() error { return p.call(ctx, "POST", "/v1/orgs/"+p.organisation+"/migrations", plan, &m) }
	if err := create(); err != nil {
		return nil, err
	}
	id := m.ID
	read := func() error {
		var one struct{ ID string }
		return p.call(ctx, "GET", "/v1/migrations/"+id, nil, &one)
	}
	write := func() error {
		var one struct{ ID string }
		return p.call(ctx, "POST", "/v1/orgs/"+p.organisation+"/migrations", plan, &one)
	}
	var figures []Figure
	floor, err := sample(func() error { return p.absent(ctx) })
	if err != nil {
		return nil, err
	}
	for _, measured := range []struct {
		name string
		do   func() error
	}{{"read a migration", read}, {"create a migration", write}} {
		times, err := sample(measured.do)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", measured.name, err)
		}
		figures = append(figures,
			against(fmt.Sprintf("%s, %d clients, p50", measured.name, clients), "ms", quantile(times, 0.5), quantile(floor, 0.5), 0, "a path that does not exist"),
			against(fmt.Sprintf("%s, %d clients, p99", measured.name, clients), "ms", quantile(times, 0.99), quantile(floor, 0.99), 0, "a path that does not exist"))
	}
	return figures, nil
}

func (p place) absent(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, "GET", p.url+"/v1/nothing", nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+p.token)
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	io.Copy(io.Discard, answer.Body)
	if answer.StatusCode != http.StatusNotFound {
		return fmt.Errorf("a path that does not exist answered %d", answer.StatusCode)
	}
	return nil
}

// sample has every client do it so often, after a warm-up, and answers how long each took.
func sample(do func() error) ([]time.Duration, error) {
	for range clients {
		if err := do(); err != nil {
			return nil, err
		}
	}
	times := make([]time.Duration, clients*each)
	var g errgroup.Group
	for c := range clients {
		g.Go(func() error {
			for i := range each {
				begun := clock.Now()
				if err := do(); err != nil {
					return err
				}
				times[c*each+i] = clock.Now().Sub(begun)
			}
			return nil
		})
	}
	err := g.Wait()
	slices.Sort(times)
	return times, err
}

func quantile(sorted []time.Duration, q float64) float64 {
	return ms(sorted[int(q*float64(len(sorted)-1))])
}
