package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"waybill/internal/bundle/archive"
	"waybill/internal/bundle/inventory"
)

// entry is a line of `waybill bundle ls`.
type entry struct {
	Name       string `json:"name"`
	Family     string `json:"family"`
	Size       int64  `json:"size"`
	Compressed int64  `json:"compressed"`
	Modified   string `json:"modified,omitempty"`
	Refused    string `json:"refused,omitempty"` // why its content is not read
}

func entriesCommand() *cobra.Command {
	var p printer
	command := &cobra.Command{
		Use:   "ls FILE",
		Short: "List what is in a support.zip",
		Long: `Lists the files of a support.zip as its directory has them, with what each is for, and what is wrong with the directory.
Names are shown so that they cannot steer a terminal; nothing is unpacked.`,
		Args: wants("FILE"),
		RunE: func(c *cobra.Command, args []string) error { return listEntries(c, p, args[0]) },
	}
	p = prints(command)
	return command
}

func listEntries(c *cobra.Command, p printer, name string) error {
	file, err := openBundle(name)
	if err != nil {
		return err
	}
	defer file.Close()
	a, err := archive.Open(c.Context(), file, file.size, archive.DefaultLimits())
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	var entries []entry
	for _, e := range a.Entries {
		if !e.IsDir() {
			entries = append(entries, entryOf(e))
		}
	}
	if err := p.list(map[string]any{"items": slices.Clip(entries)}, entryRows(entries)); err != nil {
		return err
	}
	for _, problem := range a.Problems() {
		fmt.Fprintln(os.Stderr, plain(problem.Error()))
	}
	return nil
}

func entryOf(e archive.Entry) entry {
	k := entry{Name: e.Name, Family: string(inventory.Classify(e.Name)), Size: e.Size, Compressed: e.Compressed, Refused: string(e.Refused)}
	if !e.Modified.IsZero() {
		k.Modified = e.Modified.Format(time.DateTime)
	}
	return k
}

func entryRows(entries []entry) []row {
	rows := []row{{"SIZE", "COMPRESSED", "MODIFIED", "FAMILY", "NAME"}}
	for _, e := range entries {
		family := e.Family
		if e.Refused != "" {
			family = "not read: " + e.Refused
		}
		rows = append(rows, row{strconv.FormatInt(e.Size, 10), strconv.FormatInt(e.Compressed, 10), e.Modified, family, e.Name})
	}
	return rows
}
