package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"waybill/internal/bundle"
	"waybill/internal/bundle/finding"
	"waybill/internal/bundle/sensitive"
)

// scanning is how `waybill bundle scan` was called.
type scanning struct {
	failOn  string
	printer printer
}

func scanCommand() *cobra.Command {
	var s scanning
	command := &cobra.Command{
		Use:   "scan FILE",
		Short: "Say what is wrong in a support.zip, and what in it must not leave",
		Long: `Reads a support.zip once and says which product it is of, what in it matters for running and moving that product, each
with file, line and advice, and how many sensitive values it holds and where. The values themselves are never printed.`,
		Example: `  waybill bundle scan support.zip
  waybill bundle scan support.zip --output json --fail-on high`,
		Args: wants("FILE"),
		RunE: func(c *cobra.Command, args []string) error { return s.run(c, args[0]) },
	}
	command.Flags().StringVar(&s.failOn, "fail-on", "", "end with status 1 when anything is this grave: info, low, medium, high or critical")
	s.printer = prints(command, asMarkdown)
	return command
}

func (s scanning) run(c *cobra.Command, file string) error {
	least := finding.Critical + 1 // nothing is so grave
	if s.failOn != "" {
		if err := least.UnmarshalText([]byte(s.failOn)); err != nil {
			return misused("--fail-on must be info, low, medium, high or critical")
		}
	}
	report, err := scan(c.Context(), file)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if err := s.print(file, report); err != nil {
		return err
	}
	if finding.Worst(report.Findings, least) {
		return fmt.Errorf("something in %s is of severity %s or graver", file, s.failOn)
	}
	return nil
}

func (s scanning) print(file string, r *bundle.Report) error {
	switch *s.printer.as {
	case asJSON:
		return s.printer.json(r)
	case asMarkdown:
		if err := finding.Markdown(s.printer.out, r.Findings); err != nil {
			return err
		}
		_, err := fmt.Fprintf(s.printer.out, "\n# Sensitive values\n\n%s\n", counted(r.Sensitive))
		return err
	}
	return s.summary(file, r)
}

// summary fits the screen.
func (s scanning) summary(file string, r *bundle.Report) error {
	width, height := screen()
	fmt.Fprintf(s.printer.out, "%s: %s, %d files, %s\n\n", plain(file), productName(r.Product), r.Entries, bytesOf(r.Bytes))
	if err := finding.Table(s.printer.out, r.Findings, width, height-4); err != nil {
		return err
	}
	_, err := fmt.Fprintf(s.printer.out, "\nSensitive values: %s\n", counted(r.Sensitive))
	return err
}

// screen is the size of the terminal, or of a usual one where the output goes elsewhere.
func screen() (width, height int) {
	if width, height, err := term.GetSize(int(os.Stdout.Fd())); err == nil && width >= 40 && height >= 12 {
		return width, height
	}
	return 120, 40
}

func productName(p bundle.Product) string {
	if p.Name == "" {
		return "of no product that is known"
	}
	return plain(strings.TrimSpace(p.Name + " " + p.Version))
}

// counted is "3 email, 1 private_key", in the order of kinds.
func counted(s bundle.Sensitive) string {
	var parts []string
	for _, kind := range sensitive.Kinds() {
		if n := s.Counts[kind.String()]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, kind))
		}
	}
	if len(parts) == 0 {
		return "none found"
	}
	if s.AtLeast {
		parts[0] = "at least " + parts[0]
	}
	return strings.Join(slices.Clip(parts), ", ")
}

// bytesOf is a size for reading, in units of 1,000.
func bytesOf(n int64) string {
	size, unit := float64(n), "bytes"
	for _, bigger := range []string{"kB", "MB", "GB", "TB"} {
		if size < 1000 {
			break
		}
		size, unit = size/1000, bigger
	}
	if unit == "bytes" {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.1f %s", size, unit)
}
