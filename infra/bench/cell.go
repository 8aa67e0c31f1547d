package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"

	"waybill/internal/cell"
	"waybill/internal/localaws"
)

// place is a running cell, an organisation in it, and what is needed to use both.
type place struct {
	root, url    string
	organisation string
	key          string // that it is under
	token        string // of a migration admin of the organisation
	aws          cloud
}

// cloud is how to reach the cell's AWS beside it.
type cloud struct {
	Endpoint, Region, AccessKeyID, SecretAccessKey, Bucket string
}

// inACell measures what only a deployed cell shows.
func inACell(ctx context.Context, root string) ([]Figure, error) {
	address, err := localaws.FreePort()
	if err != nil {
		return nil, err
	}
	aws, err := localaws.FreePort()
	if err != nil {
		return nil, err
	}
	running, err := cell.Start(ctx, cell.Options{Address: address, AWSAddress: aws, Region: "eu-central-1", Scratch: filepath.Join(root, "build"),
		Template: filepath.Join(root, "template.yaml"), Functions: filepath.Join(root, "build", "functions")})
	if err != nil {
		return nil, err
	}
	defer running.Stop()
	p, err := settle(ctx, root, running.URL)
	if err != nil {
		return nil, err
	}
	latencies, err := p.latencies(ctx)
	if err != nil {
		return nil, err
	}
	uploads, err := p.uploads(ctx)
	return append(latencies, uploads...), err
}

// settle takes an organisation into the cell.
func settle(ctx context.Context, root, url string) (place, error) {
	p := place{root: root, url: url}
	operator, err := p.tokenFor(ctx, "", "operator")
	if err != nil {
		return p, err
	}
	var o struct {
		ID  string
		Key struct{ KeyARN string }
	}
	p.token = operator
	if err := p.call(ctx, "POST", "/v1/orgs", map[string]any{"name": "Bench", "location": "EU", "plan": "paid"}, &o); err != nil {
		return p, err
	}
	p.organisation, p.key = o.ID, o.Key.KeyARN
	if err := p.call(ctx, "GET", "/dev/aws", nil, &p.aws); err != nil {
		return p, err
	}
	p.token, err = p.tokenFor(ctx, o.ID, "migration-admin")
	return p, err
}

func (p place) tokenFor(ctx context.Context, organisation, role string) (string, error) {
	var t struct{ Token string }
	err := p.call(ctx, "POST", "/dev/token", map[string]any{"sub": "bench", "org": organisation, "roles": []string{role}, "ttl": "12h"}, &t)
	return t.Token, err
}

func (p place) call(ctx context.Context, method, path string, body, into any) error {
	var text bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&text).Encode(body); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, p.url+path, &text)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if p.token != "" {
		req.Header.Set("Authorization", "Bearer "+p.token)
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 300 {
		var problem bytes.Buffer
		problem.ReadFrom(answer.Body)
		return fmt.Errorf("%s %s answered %d: %s", method, path, answer.StatusCode, problem.String())
	}
	return json.NewDecoder(answer.Body).Decode(into)
}
