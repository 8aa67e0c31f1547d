package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"waybill/internal/client"
)

// The exit statuses, as the contract has them.
const (
	exitFailed = 1
	exitUsage  = 2
)

// misuse is an error of how the command was called, not of what it did.
type misuse struct{ error }

func (m misuse) Unwrap() error { return m.error }

func misused(format string, args ...any) error { return misuse{fmt.Errorf(format, args...)} }

func exitStatus(err error) int {
	if _, found := errors.AsType[misuse](err); found {
		return exitUsage
	}
	return exitFailed
}

// tell says what went wrong: a sentence and, for a refusal of the API, every field that broke a rule.
func tell(w io.Writer, err error) {
	fmt.Fprintln(w, "waybill:", plain(err.Error()))
	p, found := errors.AsType[*client.Problem](err)
	if !found {
		return
	}
	fields := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, f := range p.Errors {
		fmt.Fprintf(fields, "  %s\t%s\t%s\n", plain(f.Pointer), plain(f.Rule), plain(f.Detail))
	}
	fields.Flush()
}

// strict has every command below it answer misuse for flags and arguments that are not its own, and groups of commands
// for a command that they do not have.
func strict(c *cobra.Command) {
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return misuse{err} })
	if c.RunE == nil && c.Run == nil {
		c.Args, c.RunE = cobra.ArbitraryArgs, choose
	}
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return misuse{err}
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		strict(sub)
	}
}

// choose runs when a group of commands was called, but none of them.
func choose(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return misused("%s has no command %q; see %s --help", c.CommandPath(), args[0], c.CommandPath())
	}
	if c.HasParent() {
		return misused("%s needs a command; see %s --help", c.CommandPath(), c.CommandPath())
	}
	return c.Help()
}

// wants is for commands that take these arguments, each of them once and not empty.
func wants(names ...string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		for i, name := range names {
			if i >= len(args) || strings.TrimSpace(args[i]) == "" {
				return fmt.Errorf("%s needs %s; see %s --help", c.CommandPath(), name, c.CommandPath())
			}
		}
		if len(args) > len(names) {
			return fmt.Errorf("%s does not know what to do with %q", c.CommandPath(), args[len(names)])
		}
		return nil
	}
}
