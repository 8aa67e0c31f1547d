// Command bench measures Waybill beside a peer that does the same work in the same run, and prints one line a figure:
//
//	name  ours  peer  ratio
//
// A ratio below 1 is ahead. The lines are written to build/bench.json as well. It runs in a checkout after `make build
// venv`, starts cells and local AWSs of its own on free ports, and needs nothing else: `make bench` does it all, and
// `go run ./infra/bench purge ledger` what is named.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"text/tabwriter"

	"waybill/internal/localaws"
)

// Figure is one line. Peer and Ratio are zero where there is nobody to compare with.
type Figure struct {
	Name  string  `json:"name"`
	Unit  string  `json:"unit"`
	Ours  float64 `json:"ours"`
	Peer  float64 `json:"peer,omitempty"`
	Ratio float64 `json:"ratio,omitempty"`
	Bound float64 `json:"bound,omitempty"` // what was promised: of the ratio, or of ours where there is no peer
	About string  `json:"about"`           // what the peer is, or what is counted
}

func against(name, unit string, ours, peer, bound float64, about string) Figure {
	return Figure{name, unit, ours, peer, ours / peer, bound, about}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// measures are all there are, in the order in which they are taken.
var measures = []struct {
	name string
	take func(context.Context, string) ([]Figure, error)
}{
	{"coldstart", coldStarts}, {"calls", calls}, {"purge", on(purges)}, {"sweep", on(sweeps)}, {"ledger", on(appends)},
	{"verify", on(verifications)}, {"costs", on(costs)}, {"cell", inACell}, {"bundle", bundles},
}

func run(ctx context.Context, named []string) error {
	root, err := localaws.Checkout()
	if err != nil {
		return err
	}
	var all []Figure
	for _, m := range measures {
		if len(named) > 0 && !slices.Contains(named, m.name) {
			continue
		}
		figures, err := m.take(ctx, root)
		if err != nil {
			return err
		}
		print(os.Stdout, figures)
		all = append(all, figures...)
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, "build", "bench.json"), append(text, '\n'), 0o644)
}

func print(w io.Writer, figures []Figure) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, f := range figures {
		peer, ratio := "-", "-"
		if f.Peer != 0 {
			peer, ratio = fmt.Sprintf("%.4g %s", f.Peer, f.Unit), fmt.Sprintf("%.2f", f.Ratio)
		}
		bound := ""
		if f.Bound != 0 {
			bound = fmt.Sprintf("≤ %g", f.Bound)
		}
		fmt.Fprintf(table, "%s\t%.4g %s\t%s\t%s\t%s\t%s\n", f.Name, f.Ours, f.Unit, peer, ratio, bound, f.About)
	}
	table.Flush()
}
