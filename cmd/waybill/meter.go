package main

import (
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"waybill/internal/carry"
)

// meter draws how far an upload is, on a terminal.
type meter struct{ bar *progressbar.ProgressBar }

// newMeter answers nil where nobody looks.
func newMeter() carry.Meter {
	if !term.IsTerminal(int(os.Stderr.Fd())) {
		return nil
	}
	return &meter{}
}

// Begin starts a bar of so many bytes.
func (m *meter) Begin(what string, total int64) {
	m.bar = progressbar.NewOptions64(total, progressbar.OptionSetDescription(what), progressbar.OptionSetWriter(os.Stderr),
		progressbar.OptionShowBytes(true), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionFullWidth(),
		progressbar.OptionClearOnFinish())
}

// Add moves the bar; what it cannot draw does not stop the upload.
func (m *meter) Add(n int64) { _ = m.bar.Add64(n) }

// End takes the bar away.
func (m *meter) End() { _ = m.bar.Exit() }
