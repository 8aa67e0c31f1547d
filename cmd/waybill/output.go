package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/spf13/cobra"
)

// format is the value of --output.
type format string

const (
	asTable    format = "table"
	asJSON     format = "json"
	asMarkdown format = "markdown"
)

// choice is --output: one of some formats.
type choice struct {
	chosen *format
	of     []string
}

// String is the value as it is given.
func (c choice) String() string {
	if c.chosen == nil {
		return ""
	}
	return string(*c.chosen)
}

// Set admits the formats there are.
func (c choice) Set(s string) error {
	if !slices.Contains(c.of, s) {
		return errors.New("it must be " + either(c.of))
	}
	*c.chosen = format(s)
	return nil
}

// Type names the value in the help.
func (c choice) Type() string { return strings.Join(c.of, "|") }

func either(of []string) string {
	last := len(of) - 1
	return strings.Join(of[:last], ", ") + " or " + of[last]
}

// printer writes what a command found to standard output.
type printer struct {
	out io.Writer
	as  *format
}

// prints gives a command, and those below it, the flag --output: table, json, and what else it can print.
func prints(c *cobra.Command, more ...format) printer {
	as := asTable
	formats := []string{string(asTable), string(asJSON)}
	for _, f := range more {
		formats = append(formats, string(f))
	}
	c.PersistentFlags().VarP(choice{&as, formats}, "output", "o", "how to print: "+either(formats))
	_ = c.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp))
	return printer{os.Stdout, &as}
}

// row is a line of a table.
type row []string

// record prints one thing: a line for each member that it has, or the API's own answer.
func (p printer) record(answer json.RawMessage, rows ...row) error {
	if *p.as == asJSON {
		return p.json(answer)
	}
	return p.table(slices.DeleteFunc(rows, func(r row) bool { return len(r) == 2 && r[1] == "" }))
}

// list prints a page of things, or the page as the API would have answered it.
func (p printer) list(page any, rows []row) error {
	if *p.as == asJSON {
		return p.json(page)
	}
	return p.table(rows)
}

func (p printer) json(document any) error {
	encoder := json.NewEncoder(p.out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(document)
}

func (p printer) table(rows []row) error {
	aligned := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		for i, cell := range r {
			if i > 0 {
				fmt.Fprint(aligned, "\t")
			}
			fmt.Fprint(aligned, plain(cell))
		}
		fmt.Fprintln(aligned)
	}
	return aligned.Flush()
}

// plain keeps what others wrote from steering the terminal.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return '\uFFFD'
		}
		return r
	}, s)
}
