package main

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"waybill/internal/bundle"
	"waybill/internal/bundle/archive"
)

func bundleCommand() *cobra.Command {
	group := &cobra.Command{
		Use:   "bundle",
		Short: "Read a support.zip: what is in it, what matters; take out what must not leave",
		Long: `Reads a support.zip of Jira, Confluence or Bitbucket Data Center on this machine. Nothing is sent anywhere: these commands
need no network, no account and no WAYBILL_URL.`,
	}
	group.AddCommand(scanCommand(), redactCommand(), checkCommand(), revealCommand(), inventoryCommand(), entriesCommand())
	return group
}

// opened is a bundle in a file.
type opened struct {
	*os.File
	size int64
}

// memory is what these commands take at most, in bytes, whatever the bundle: 128 MiB with what is not Go's.
const memory = 120 << 20

func openBundle(name string) (opened, error) {
	debug.SetMemoryLimit(memory)
	file, err := os.Open(name)
	if err != nil {
		return opened{}, err
	}
	about, err := file.Stat()
	if err == nil && !about.Mode().IsRegular() {
		err = misused("%s is not a file", name)
	}
	if err != nil {
		file.Close()
		return opened{}, err
	}
	return opened{file, about.Size()}, nil
}

// scan reads a bundle once. An interrupted scan is an error: half a report would be taken for a whole.
func scan(ctx context.Context, name string) (*bundle.Report, error) {
	file, err := openBundle(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	scanner, err := bundle.NewScanner()
	if err != nil {
		return nil, err
	}
	report, err := scanner.Scan(ctx, file, file.size, bundle.Options{Workers: runtime.GOMAXPROCS(0), Limits: archive.DefaultLimits()})
	if err == nil {
		err = ctx.Err()
	}
	return report, err
}
