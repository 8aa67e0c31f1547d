// Command waybill is the command line: a whole cell on this machine (dev), and a client of any cell.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends at once
	if err := rootCommand().ExecuteContext(ctx); err != nil {
		tell(os.Stderr, err)
		os.Exit(exitStatus(err))
	}
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "waybill",
		Short:         "The paper that travels with data in migration",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.AddCommand(devCommand(), orgCommand(), migrationCommand(), uploadCommand(), uploadsCommand(),
		certificateCommand(), verifyCommand(), holdCommand(), holdingsCommand(), restoreCommand(), bundleCommand())
	strict(root)
	return root
}
