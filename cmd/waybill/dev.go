package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"waybill/internal/cell"
	"waybill/internal/localaws"
)

func devCommand() *cobra.Command {
	var region string
	command := &cobra.Command{
		Use:   "dev",
		Short: "Run a whole cell on this machine",
		Long: `Starts the local AWS, deploys template.yaml into it and serves the cell, until it is interrupted.
It is run in a checkout, after "make build venv" ("make run" does all three), and never reaches a real AWS account.

  WAYBILL_ADDR      address of the cell (127.0.0.1:8080)
  WAYBILL_AWS_ADDR  address of the local AWS (127.0.0.1:4566)
  WAYBILL_STATE     directory in which everything outlives the command; without it, nothing does`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return dev(c, region) },
	}
	command.Flags().StringVar(&region, "region", "eu-central-1", "AWS region that the cell is in")
	return command
}

func dev(c *cobra.Command, region string) error {
	root, err := localaws.Checkout()
	if err != nil {
		return err
	}
	running, err := cell.Start(c.Context(), cell.Options{
		Address:    cmp.Or(os.Getenv("WAYBILL_ADDR"), "127.0.0.1:8080"),
		AWSAddress: cmp.Or(os.Getenv("WAYBILL_AWS_ADDR"), "127.0.0.1:4566"),
		State:      os.Getenv("WAYBILL_STATE"),
		Region:     region,
		Template:   filepath.Join(root, "template.yaml"),
		Functions:  filepath.Join(root, "build", "functions"),
		Scratch:    filepath.Join(root, "build"),
		Say:        func(format string, args ...any) { fmt.Fprintf(c.OutOrStdout(), format+"\n", args...) },
	})
	if err != nil && c.Context().Err() != nil { // interrupted while it came up: what was asked for
		return nil
	}
	if err != nil {
		return err
	}
	defer running.Stop()
	welcome(c.OutOrStdout(), running.URL)
	select {
	case <-c.Context().Done():
		return nil
	case <-running.Done():
		return errors.New("the local AWS ended by itself")
	}
}

// welcome says that the cell is ready, and what to do with it.
func welcome(w io.Writer, url string) {
	fmt.Fprintf(w, `ready %[1]s

Try, in another terminal:

  token=$(curl -s %[1]s/dev/token -d '{"sub":"olga","roles":["operator"]}' | cut -d'"' -f4)
  curl -s %[1]s/v1/orgs -H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
    -d '{"name":"Example","location":"EU","plan":"paid"}'
  curl -s %[1]s/dev/clock -d '{"advance":"14d"}'

Ctrl-C ends the cell.
`, url)
}
