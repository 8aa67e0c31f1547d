package main

import "github.com/spf13/cobra"

// change does something to a migration at the revision that it is meant for.
func change[U any](q asked, r revision, do func(match string) (U, error)) (U, error) {
	return at(r, func() (plan, error) { return readMigration(q) }, do)
}

// stepMigration makes the command of a step that needs no more to be said.
func stepMigration(p printer, step, short string) *cobra.Command {
	var r revision
	command := &cobra.Command{
		Use:   step + " ID",
		Short: short,
		Args:  wants("ID"),
		RunE: shows(p.migration, func(q asked) (plan, error) {
			return change(q, r, func(match string) (plan, error) { return q.Step(q.ctx, q.args[0], step, match) })
		}),
	}
	r.flag(command)
	return command
}

func settleMigration(p printer) *cobra.Command {
	var r revision
	command := &cobra.Command{
		Use:   "settle ID STATUS",
		Short: "Say how a running migration ended: FINISHED, INCOMPLETE or FAILED",
		Args:  wants("ID", "STATUS"),
		RunE: shows(p.migration, func(q asked) (plan, error) {
			return change(q, r, func(match string) (plan, error) { return q.SettleMigration(q.ctx, q.args[0], q.args[1], match) })
		}),
	}
	r.flag(command)
	return command
}

func copyMigration(p printer) *cobra.Command {
	return &cobra.Command{
		Use:   "copy ID",
		Short: "Save a new plan like it",
		Args:  wants("ID"),
		RunE:  shows(p.migration, func(q asked) (plan, error) { return q.CopyMigration(q.ctx, q.args[0]) }),
	}
}

// deleteMigration prints nothing: nothing is left to be shown.
func deleteMigration() *cobra.Command {
	var r revision
	command := &cobra.Command{
		Use:   "delete ID",
		Short: "Delete a migration, and have what was staged for it purged",
		Args:  wants("ID"),
		RunE: calls(func(q asked) error {
			_, err := change(q, r, func(match string) (none struct{}, err error) { return none, q.DeleteMigration(q.ctx, q.args[0], match) })
			return err
		}),
	}
	r.flag(command)
	return command
}
