// Package migration is the plan of a move from self-hosted software to the cloud, and its life.
//
// A plan is saved, run, and settles as finished, incomplete or failed; status.go is the whole state machine. Only a
// saved plan can be edited, so what was run is what stands in the record. A migration that is running can be neither
// deleted nor archived.
//
// It does not move the data: it says what was decided. What is staged for it is package upload's.
package migration

import (
	"time"
)

// Migration is the record of one.
type Migration struct {
	ID, Org    string
	Draft      Draft
	Status     Status
	Archived   bool
	CopiedFrom string // the migration that it was copied from
	CreatedAt  time.Time
	UpdatedAt  time.Time
	StartedAt  time.Time // zero before it is run
	SettledAt  time.Time // zero before it has ended
	Revision   int       // counts changes; an ETag shows it, a write is conditional on it
}

// Filter narrows a list. A nil Archived means both.
type Filter struct {
	Status   Status
	Archived *bool
}
