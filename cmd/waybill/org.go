package main

import (
	"strings"

	"github.com/spf13/cobra"

	"waybill/internal/client"
)

func orgCommand() *cobra.Command {
	command := &cobra.Command{Use: "org", Short: "Organisations: where each is held, under whose key, and until when"}
	p := prints(command)
	command.AddCommand(createOrg(p), getOrg(p), bindKey(p), listEvents(p), terminateOrg(p), withdrawOrg())
	return command
}

func createOrg(p printer) *cobra.Command {
	var d client.OrgDraft
	command := &cobra.Command{
		Use:   "create --name NAME --location LOCATION [--plan PLAN]",
		Short: "Take an organisation into the cell (for the operator)",
		Args:  wants(),
		RunE: shows(p.org, func(q asked) (client.Record[client.Org], error) {
			if d.Name == "" || d.Location == "" {
				return client.Record[client.Org]{}, misused("--name and --location are needed")
			}
			return q.CreateOrg(q.ctx, d)
		}),
	}
	command.Flags().StringVar(&d.Name, "name", "", "what it is called")
	command.Flags().StringVar(&d.Location, "location", "", "where it is held, such as Germany")
	command.Flags().StringVar(&d.Plan, "plan", "paid", "evaluation or paid")
	return command
}

func getOrg(p printer) *cobra.Command {
	return &cobra.Command{
		Use:   "get ID",
		Short: "Show an organisation",
		Args:  wants("ID"),
		RunE:  shows(p.org, readOrg),
	}
}

func readOrg(q asked) (client.Record[client.Org], error) { return q.Org(q.ctx, q.args[0]) }

func bindKey(p printer) *cobra.Command {
	var r revision
	command := &cobra.Command{
		Use:   "key ID ARN",
		Short: "Put an organisation under a KMS key of its own",
		Args:  wants("ID", "ARN"),
		RunE: shows(p.org, func(q asked) (client.Record[client.Org], error) {
			read := func() (client.Record[client.Org], error) { return readOrg(q) }
			return at(r, read, func(match string) (client.Record[client.Org], error) {
				return q.BindKey(q.ctx, q.args[0], q.args[1], match)
			})
		}),
	}
	r.flag(command)
	return command
}

func (p printer) org(r client.Record[client.Org]) error {
	o := r.Value
	return p.record(r.Raw, row{"id", o.ID}, row{"name", o.Name}, row{"location", o.Location}, row{"regions", strings.Join(o.Regions, ", ")},
		row{"plan", o.Plan}, row{"key", o.Key.ARN}, row{"key mode", o.Key.Mode}, row{"key state", o.Key.State},
		row{"created", o.CreatedAt}, row{"delete by", o.Termination.DeleteBy}, row{"revision", r.ETag})
}

func listEvents(p printer) *cobra.Command {
	var f client.EventFilter
	var l listing
	as := columns[client.Event]{row{"TIME", "ACTION", "ACTOR", "RESOURCE", "OUTCOME"},
		func(e client.Event) row { return row{e.Time, e.Action, e.Actor, e.Resource, e.Outcome} }}
	command := &cobra.Command{
		Use:   "events ID",
		Short: "List what was done, newest first",
		Args:  wants("ID"),
		RunE: lists(p, &l, as, func(q asked, r client.Range) (client.Page[client.Event], error) {
			return q.Events(q.ctx, q.args[0], f, r)
		}),
	}
	command.Flags().StringVar(&f.From, "from", "", "from this time on (RFC 3339)")
	command.Flags().StringVar(&f.To, "to", "", "up to this time (RFC 3339)")
	command.Flags().StringVar(&f.Action, "action", "", "only this action, such as upload.sealed")
	command.Flags().StringVar(&f.Actor, "actor", "", "only this actor, such as ada")
	l.flags(command)
	return command
}
