package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"waybill/internal/bundle/inventory"
)

func inventoryCommand() *cobra.Command {
	var p printer
	command := &cobra.Command{
		Use:   "inventory FILE",
		Short: "Say what a support.zip tells of its product",
		Long: `Reads a support.zip once and prints what it says of its product: version, machine, database, counts, apps, health and
what its logs count, each with the file and the line that says so. It names no person, no machine and no secret.`,
		Args: wants("FILE"),
		RunE: func(c *cobra.Command, args []string) error {
			report, err := scan(c.Context(), args[0])
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			return p.list(report.Inventory, factRows(report.Inventory))
		},
	}
	p = prints(command)
	return command
}

func factRows(inv *inventory.Inventory) []row {
	rows := []row{{"FACT", "VALUE", "FILE", "LINE"}}
	for _, path := range slices.Sorted(maps.Keys(inv.Facts)) {
		f := inv.Facts[path]
		rows = append(rows, row{string(path), spelled(f.Value), f.File, strconv.Itoa(f.Line)})
	}
	return rows
}

// spelled writes counts as people do, without exponents.
func spelled(value any) string {
	if n, ok := value.(float64); ok {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return fmt.Sprint(value)
}
