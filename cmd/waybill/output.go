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
	asTable format = "table"
	asJSON  format = "json"
)

// String is the value as it is given.
func (f *format) String() string { return string(*f) }

// Set admits the formats there are.
func (f *format) Set(s string) error {
	if s != string(asTable) && s != string(asJSON) {
		return errors.New("it must be table or json")
	}
	*f = format(s)
	return nil
}

// Type names the value in the help.
func (f *format) Type() string { return "table|json" }

// printer writes what a command found to standard output.
type printer struct {
	out io.Writer
	as  *format
}

// prints gives a command, and those below it, the flag --output.
func prints(c *cobra.Command) printer {
	as := asTable
	c.PersistentFlags().VarP(&as, "output", "o", "how to print: table or json")
	_ = c.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"table", "json"}, cobra.ShellCompDirectiveNoFileComp))
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
