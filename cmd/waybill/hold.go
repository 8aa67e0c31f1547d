package main

import (
	"strconv"

	"github.com/spf13/cobra"

	"waybill/internal/client"
)

// held is what commands about a legal hold answer.
type held = client.Record[client.Hold]

func holdCommand() *cobra.Command {
	command := &cobra.Command{Use: "hold", Short: "Legal holds: what must not be deleted, and why"}
	p := prints(command)
	command.AddCommand(placeHold(p), listHolds(p), getHold(p), releaseHold(p))
	return command
}

func placeHold(p printer) *cobra.Command {
	var d client.HoldDraft
	var org string
	command := &cobra.Command{
		Use:   "place SCOPE --org ID --reason TEXT --review-by TIME",
		Short: "Hold an organisation, a migration or an upload (for the security officer)",
		Args:  wants("SCOPE"),
		RunE: shows(p.hold, func(q asked) (held, error) {
			if org == "" || d.Reason == "" || d.ReviewBy == "" {
				return held{}, misused("--org, --reason and --review-by are needed")
			}
			d.Scope = q.args[0]
			return q.PlaceHold(q.ctx, org, d)
		}),
	}
	command.Flags().StringVar(&org, "org", "", "the organisation whose thing it is")
	command.Flags().StringVar(&d.Reason, "reason", "", "why it must not be deleted")
	command.Flags().StringVar(&d.ReviewBy, "review-by", "", "when to look at it again (RFC 3339), at most 366 days ahead")
	return command
}

func listHolds(p printer) *cobra.Command {
	var org string
	var l listing
	as := columns[client.Hold]{row{"ID", "SCOPE", "REVIEW BY", "OVERDUE", "RELEASED", "REASON"},
		func(h client.Hold) row {
			return row{h.ID, h.Scope, h.ReviewBy, strconv.FormatBool(h.ReviewOverdue), h.ReleasedAt, h.Reason}
		}}
	command := &cobra.Command{
		Use:   "list --org ID",
		Short: "List legal holds, newest first",
		Args:  wants(),
		RunE: lists(p, &l, as, func(q asked, r client.Range) (client.Page[client.Hold], error) {
			if org == "" {
				return client.Page[client.Hold]{}, misused("--org is needed")
			}
			return q.Holds(q.ctx, org, r)
		}),
	}
	command.Flags().StringVar(&org, "org", "", "the organisation whose they are")
	l.flags(command)
	return command
}

func getHold(p printer) *cobra.Command {
	return &cobra.Command{
		Use:   "get ID",
		Short: "Show a legal hold",
		Args:  wants("ID"),
		RunE:  shows(p.hold, readHold),
	}
}

func readHold(q asked) (held, error) { return q.Hold(q.ctx, q.args[0]) }

func releaseHold(p printer) *cobra.Command {
	var reason string
	var r revision
	command := &cobra.Command{
		Use:   "release ID --reason TEXT",
		Short: "End a legal hold (for the security officer)",
		Args:  wants("ID"),
		RunE: shows(p.hold, func(q asked) (held, error) {
			if reason == "" {
				return held{}, misused("--reason is needed")
			}
			return at(r, func() (held, error) { return readHold(q) },
				func(match string) (held, error) { return q.ReleaseHold(q.ctx, q.args[0], reason, match) })
		}),
	}
	command.Flags().StringVar(&reason, "reason", "", "why it may be deleted again")
	r.flag(command)
	return command
}

func (p printer) hold(r held) error {
	h := r.Value
	return p.record(r.Raw, row{"id", h.ID}, row{"organisation", h.Org}, row{"scope", h.Scope}, row{"reason", h.Reason},
		row{"placed by", h.PlacedBy}, row{"placed", h.PlacedAt}, row{"review by", h.ReviewBy}, row{"overdue", strconv.FormatBool(h.ReviewOverdue)},
		row{"released", h.ReleasedAt}, row{"released by", h.ReleasedBy}, row{"release reason", h.ReleaseReason}, row{"revision", r.ETag})
}
