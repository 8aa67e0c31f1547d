// Package org is about organisations: where each is held, on which plan, and under whose key.
//
// An organisation lives in exactly one cell; asking another one answers the right cell's address. It starts under the
// operator's key and may bind a key of its own, which KMS itself must prove usable: when it is bound, and again before
// each new upload (package upload). A key that stops working stops that organisation's uploads and nobody else's.
//
// Its termination is a clock that a request starts and a withdrawal stops. While it runs, nothing new may be staged,
// planned or started; what is there can be read, deleted and held, and goes by its own rules meanwhile. When it has run
// out, package purge erases what is left.
//
// It does not move data: what was staged under an earlier key stays under it until it is purged.
package org

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/ident"
	"waybill/internal/text"
)

// Plan decides how long an organisation's data outlives its termination.
type Plan string

// The plans.
const (
	Evaluation Plan = "evaluation"
	Paid       Plan = "paid"
)

// Organisation is a customer.
type Organisation struct {
	ID        string
	Name      string
	Location  string
	Plan      Plan
	Regions   []string
	Key       Key
	CreatedAt time.Time

	Termination Termination
	EndingAt    time.Time // when its records began to be erased; zero until then
	Revision    int       // counts changes; an ETag shows it, a write is conditional on it
}

// Draft is what an operator says of a new organisation.
type Draft struct {
	Name     string `json:"name"`
	Location string `json:"location"`
	Plan     Plan   `json:"plan"`
}

// Registrar takes organisations into the cell and shows them.
type Registrar struct {
	Cell    Cell
	Records Records
}

// Records is what the use cases of this package need of the store.
type Records interface {
	// CreateOrganisation writes it and its audit entry, or answers *audit.Replayed.
	CreateOrganisation(ctx context.Context, act audit.Act, o Organisation) error
	// Organisation answers fault.NotFound when there is none.
	Organisation(ctx context.Context, id string) (Organisation, error)
	// BindKey replaces the key if the organisation is still at before's revision; fault.Stale otherwise.
	BindKey(ctx context.Context, act audit.Act, before, after Organisation) error
	// Note records an act that changed nothing else.
	Note(ctx context.Context, organisation string, entry audit.Entry) error
	// Replayed answers *audit.Replayed when the act's idempotency key was used for the same request, nil when it is new.
	Replayed(ctx context.Context, organisation string, act audit.Act) error
}

// Create takes in a new organisation under the operator's key. A location that is held elsewhere is fault.WrongCell.
func (r Registrar) Create(ctx context.Context, act audit.Act, d Draft) (Organisation, error) {
	location, err := d.check()
	if err != nil {
		return Organisation{}, err
	}
	if !r.Cell.serves(location) {
		return Organisation{}, &fault.Refusal{Kind: fault.WrongCell, Cell: r.Cell.elsewhere(location),
			Detail: fmt.Sprintf("The location %s is not held in %s.", location.Name, r.Cell.Region)}
	}
	id, err := ident.New(ident.Org, act.Time, rand.Reader)
	if err != nil {
		return Organisation{}, fmt.Errorf("naming an organisation: %w", err)
	}
	o := Organisation{ID: id, Name: d.Name, Location: location.Name, Plan: d.Plan, Regions: r.Cell.regions(location),
		Key: Key{Mode: OperatorKey, ARN: r.Cell.KeyARN, State: Usable}, CreatedAt: act.Time, Revision: 1}
	return r.created(ctx, act, o)
}

func (r Registrar) created(ctx context.Context, act audit.Act, o Organisation) (Organisation, error) {
	err := r.Records.CreateOrganisation(ctx, act, o)
	if first, repeated := audit.Repetition(err); repeated {
		return r.Records.Organisation(ctx, first)
	}
	return o, err
}

// Get shows an organisation.
func (r Registrar) Get(ctx context.Context, id string) (Organisation, error) {
	return r.Records.Organisation(ctx, id)
}

func (d Draft) check() (Location, error) {
	var broken fault.Fields
	text.Line(&broken, "/name", d.Name, 1, 255)
	location, known := locate(d.Location)
	broken.Check(known, "/location", "one-of", "The location must be one of: %s.", locationNames())
	broken.Check(d.Plan == Evaluation || d.Plan == Paid, "/plan", "one-of", "The plan must be evaluation or paid.")
	return location, broken.Err()
}
