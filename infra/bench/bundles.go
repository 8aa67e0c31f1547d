package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"waybill/internal/bundle/specimen"
	"waybill/internal/clock"
)

const bundleRuns = 5

// bundles are support bundles that are scanned beside `unzip -tqq`, which inflates the same bytes and looks at none of
// them, and beside a smaller one: what a MB costs must not depend on how many there are.
func bundles(ctx context.Context, root string) ([]Figure, error) {
	dir, err := os.MkdirTemp("", "waybill-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	waybill := filepath.Join(root, "build", "waybill")
	var costs []float64
	var figures []Figure
	for _, size := range []int64{64, 512, 4096} {
		file := filepath.Join(dir, fmt.Sprintf("%d.zip", size))
		if err := composeBundle(file, size<<20); err != nil {
			return nil, err
		}
		c := command{ctx: ctx}
		ours := c.median([]string{waybill, "bundle", "scan", file, "--output", "json"})
		peak := c.peak
		theirs := c.median([]string{"unzip", "-tqq", file})
		if c.err != nil {
			return nil, c.err
		}
		name := fmt.Sprintf("scan of a support.zip of %d MB", size)
		figures = append(figures, against(name, "s", ours, theirs, scanBound(size), "unzip -tqq"),
			Figure{Name: name + ", memory", Unit: "MiB", Ours: peak, Bound: 128, About: "the process's peak"})
		costs = append(costs, ours/float64(size))
	}
	redacted, err := redactions(ctx, waybill, dir)
	if err != nil {
		return nil, err
	}
	figures = append(figures, redacted...)
	return append(figures, against("a MB of 4,096", "ms", 1000*costs[2], 1000*costs[1], 0, "a MB of 512")), nil
}

// redactions are beside `unzip` to a folder and `zip -1` of it, which write the same files anew and look at none.
func redactions(ctx context.Context, waybill, dir string) ([]Figure, error) {
	file, c := filepath.Join(dir, "512.zip"), command{ctx: ctx}
	ours := c.median([]string{waybill, "bundle", "redact", file, "--out", filepath.Join(dir, "redacted.zip"), "--key", keyIn(dir), "--output", "json"})
	peak := c.peak
	script := `rm -rf "$1/all" "$1/all.zip" && unzip -qq "$0" -d "$1/all" && cd "$1/all" && zip -1 -qr ../all.zip .`
	theirs := c.median([]string{"sh", "-c", script, file, dir})
	name := "redaction of a support.zip of 512 MB"
	return []Figure{against(name, "s", ours, theirs, 1, "unzip to a folder, then zip -1"),
		{Name: name + ", memory", Unit: "MiB", Ours: peak, Bound: 128, About: "the process's peak"}}, c.err
}

// keyIn writes a pseudonym key, so that none of whoever runs this is used.
func keyIn(dir string) string {
	file := filepath.Join(dir, "pseudonym.key")
	_ = os.WriteFile(file, []byte(strings.Repeat("0f", 32)), 0o600) // without it the command says so
	return file
}

// scanBound is the promise: of 512 MB, no slower than unzip.
func scanBound(size int64) float64 {
	if size == 512 {
		return 1
	}
	return 0
}

func composeBundle(name string, size int64) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = specimen.Write(file, specimen.Options{Seed: 1, Size: size})
	return err
}

// command measures a program as a whole process.
type command struct {
	ctx  context.Context
	err  error
	peak float64 // MiB, of the last runs
}

func (c *command) median(args []string) float64 {
	var took []time.Duration
	c.peak = 0
	for range bundleRuns {
		if c.err == nil {
			took = append(took, c.once(args))
		}
	}
	if c.err != nil {
		return 0
	}
	return seconds(took)
}

func (c *command) once(args []string) time.Duration {
	run := exec.CommandContext(c.ctx, args[0], args[1:]...)
	run.Stdout, run.Stderr = io.Discard, os.Stderr
	begun := clock.Now()
	if err := run.Run(); err != nil {
		c.err = fmt.Errorf("%s: %w", filepath.Base(args[0]), err)
		return 0
	}
	if usage, known := run.ProcessState.SysUsage().(*syscall.Rusage); known {
		c.peak = max(c.peak, float64(usage.Maxrss)/1024)
	}
	return clock.Now().Sub(begun)
}
