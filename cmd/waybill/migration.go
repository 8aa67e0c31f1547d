package main

import (
	"strconv"

	"github.com/spf13/cobra"

	"waybill/internal/client"
)

// plan is what commands about a migration answer.
type plan = client.Record[client.Migration]

func migrationCommand() *cobra.Command {
	command := &cobra.Command{Use: "migration", Short: "Plans of what moves, and their lives"}
	p := prints(command)
	command.AddCommand(createMigration(p), listMigrations(p), getMigration(p), editMigration(p), copyMigration(p), settleMigration(p),
		stepMigration(p, "run", "Run a saved migration"), stepMigration(p, "archive", "Put a migration away"),
		stepMigration(p, "unarchive", "Bring an archived migration back"), deleteMigration())
	return command
}

func createMigration(p printer) *cobra.Command {
	var d document
	var org string
	command := &cobra.Command{
		Use:   "create --org ID (--file plan.json | --name NAME …)",
		Short: "Save a plan",
		Args:  wants(),
	}
	command.RunE = shows(p.migration, func(q asked) (plan, error) {
		if org == "" {
			return plan{}, misused("--org is needed")
		}
		text, err := d.text(command)
		if err != nil {
			return plan{}, err
		}
		return q.CreateMigration(q.ctx, org, text)
	})
	command.Flags().StringVar(&org, "org", "", "the organisation whose plan it is")
	d.flags(command)
	return command
}

func editMigration(p printer) *cobra.Command {
	var d document
	var r revision
	command := &cobra.Command{
		Use:   "edit ID (--file patch.json | --name NAME …)",
		Short: "Change a saved plan; a file is a JSON merge patch",
		Args:  wants("ID"),
	}
	command.RunE = shows(p.migration, func(q asked) (plan, error) {
		patch, err := d.text(command)
		if err != nil {
			return plan{}, err
		}
		return change(q, r, func(match string) (plan, error) { return q.EditMigration(q.ctx, q.args[0], patch, match) })
	})
	d.flags(command)
	r.flag(command)
	return command
}

func listMigrations(p printer) *cobra.Command {
	var f client.MigrationFilter
	var org string
	var l listing
	command := &cobra.Command{
		Use:   "list --org ID",
		Short: "List migrations, newest first",
		Args:  wants(),
		RunE: lists(p, &l, migrationColumns(), func(q asked, r client.Range) (client.Page[client.Migration], error) {
			if org == "" {
				return client.Page[client.Migration]{}, misused("--org is needed")
			}
			return q.Migrations(q.ctx, org, f, r)
		}),
	}
	command.Flags().StringVar(&org, "org", "", "the organisation whose they are")
	command.Flags().StringVar(&f.Status, "status", "", "only SAVED, RUNNING, FINISHED, INCOMPLETE or FAILED")
	command.Flags().StringVar(&f.Archived, "archived", "", "only archived ones (true), or only others (false)")
	l.flags(command)
	return command
}

func migrationColumns() columns[client.Migration] {
	return columns[client.Migration]{row{"ID", "STATUS", "ARCHIVED", "NAME", "CREATED"},
		func(m client.Migration) row {
			return row{m.ID, m.Status, strconv.FormatBool(m.Archived), m.Name, m.CreatedAt}
		}}
}

func getMigration(p printer) *cobra.Command {
	return &cobra.Command{
		Use:   "get ID",
		Short: "Show a migration",
		Args:  wants("ID"),
		RunE:  shows(p.migration, readMigration),
	}
}

func readMigration(q asked) (plan, error) { return q.Migration(q.ctx, q.args[0]) }

func (p printer) migration(r plan) error {
	m := r.Value
	return p.record(r.Raw, row{"id", m.ID}, row{"organisation", m.Org}, row{"name", m.Name}, row{"status", m.Status},
		row{"archived", strconv.FormatBool(m.Archived)}, row{"source", m.Source.Product + " " + m.Source.Version + " " + m.Source.BaseURL},
		row{"destination", m.Destination.URL}, row{"projects", strconv.Itoa(len(m.Scope.Projects))}, row{"apps", strconv.Itoa(len(m.Scope.Apps))},
		row{"users and groups", m.Scope.UsersAndGroups}, row{"created", m.CreatedAt}, row{"updated", m.UpdatedAt}, row{"revision", r.ETag})
}
