// Package clock is the only place that reads the wall clock.
//
// Everything else takes the time as an argument, frozen once per operation. On AWS, Now is the wall clock. In a
// development cell it is the wall clock plus the duration held by the file that WAYBILL_CLOCK names, so that fourteen
// days pass in a second. The variable reaches the functions by inheritance from the local AWS and is never written in
// template.yaml: whoever could set it on AWS could hold back a deletion, or bring one forward.
package clock

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// Now is the cell's time, UTC. The file is read at every call: it is moved while functions run.
func Now() time.Time { return By(os.Getenv("WAYBILL_CLOCK")) }

// Wall is the wall clock, UTC, wherever the cell's was moved: for what others date, such as the issuer of a token.
func Wall() time.Time { return time.Now().UTC() }

// Place is when, by the cell's clock, something happened that another clock dates, such as S3's.
func Place(wall time.Time) time.Time { return wall.UTC().Add(offset(os.Getenv("WAYBILL_CLOCK"))) }

// By is the time by the named file, UTC. A file that is absent, or does not hold a Go duration, moves nothing.
func By(file string) time.Time { return time.Now().UTC().Add(offset(file)) }

// Move sets the time by the named file forward to an instant; an instant that has passed already changes nothing, so that
// no reader ever sees the time go back. The file is replaced whole: a reader never finds half of it.
func Move(file string, to time.Time) error {
	wall := time.Now()
	if !to.After(wall.Add(offset(file))) {
		return nil
	}
	next := file + ".next"
	if err := os.WriteFile(next, []byte(to.Sub(wall).String()+"\n"), 0o600); err != nil {
		return fmt.Errorf("moving the clock: %w", err)
	}
	if err := os.Rename(next, file); err != nil {
		return fmt.Errorf("moving the clock: %w", err)
	}
	return nil
}

func offset(file string) time.Duration {
	if file == "" {
		return 0
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	d, err := time.ParseDuration(strings.TrimSpace(string(b)))
	if err != nil {
		return 0
	}
	return d
}
