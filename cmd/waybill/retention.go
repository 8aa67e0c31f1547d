package main

import (
	"cmp"
	"strings"

	"github.com/spf13/cobra"

	"waybill/internal/client"
)

// ending is what commands about a termination answer.
type ending = client.Record[client.Termination]

func terminateOrg(p printer) *cobra.Command {
	var reason string
	command := &cobra.Command{
		Use:   "terminate ID --reason TEXT",
		Short: "Start the clock of an organisation's end: 15 days, or 60 on the plan paid",
		Args:  wants("ID"),
		RunE: shows(p.ending, func(q asked) (ending, error) {
			if reason == "" {
				return ending{}, misused("--reason is needed")
			}
			return q.Terminate(q.ctx, q.args[0], reason)
		}),
	}
	command.Flags().StringVar(&reason, "reason", "", "why it ends")
	return command
}

// withdrawOrg prints nothing: the organisation is as it was.
func withdrawOrg() *cobra.Command {
	var r revision
	command := &cobra.Command{
		Use:   "withdraw ID",
		Short: "Stop the clock of an organisation's end",
		Args:  wants("ID"),
		RunE: calls(func(q asked) error {
			read := func() (ending, error) { return q.Termination(q.ctx, q.args[0]) }
			_, err := at(r, read, func(match string) (none struct{}, err error) {
				return none, q.WithdrawTermination(q.ctx, q.args[0], match)
			})
			return err
		}),
	}
	r.flag(command)
	return command
}

func (p printer) ending(r ending) error {
	t := r.Value
	return p.record(r.Raw, row{"delete by", t.DeleteBy}, row{"rule", t.Rule}, row{"requested", t.RequestedAt},
		row{"requested by", t.RequestedBy}, row{"reason", t.Reason}, row{"revision", r.ETag})
}

func holdingsCommand() *cobra.Command {
	var of client.Place
	var l listing
	command := &cobra.Command{
		Use:   "holdings (--migration ID | --org ID)",
		Short: "The data map: what is held, where, under whose key, by which rule, until when",
		Args:  wants(),
	}
	command.RunE = lists(prints(command), &l, holdingColumns(), func(q asked, r client.Range) (client.Page[client.Holding], error) {
		if given(of.Migration != "", of.Org != "") != 1 {
			return client.Page[client.Holding]{}, misused("name one of --migration and --org")
		}
		return q.Holdings(q.ctx, of, r)
	})
	command.Flags().StringVar(&of.Migration, "migration", "", "what is held of a migration")
	command.Flags().StringVar(&of.Org, "org", "", "what is held of an organisation")
	l.flags(command)
	return command
}

func holdingColumns() columns[client.Holding] {
	return columns[client.Holding]{row{"KIND", "ID", "WHERE", "REGION", "KEY", "RULE", "DELETE BY", "HOLDS", "PURGED BY"},
		func(h client.Holding) row {
			return row{h.Kind, h.ID, cmp.Or(h.Bucket, h.Table), h.Region, h.KMSKeyARN, h.Rule, h.DeleteBy, strings.Join(h.Holds, ","), h.PredictedPurge}
		}}
}
