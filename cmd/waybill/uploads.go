package main

import (
	"encoding/json"
	"strconv"

	"github.com/spf13/cobra"

	"waybill/internal/bundle"
	"waybill/internal/client"
)

// staged is what commands about an upload answer.
type staged = client.Record[client.Upload]

func uploadsCommand() *cobra.Command {
	command := &cobra.Command{Use: "uploads", Short: "See and delete what is staged"}
	p := prints(command)
	command.AddCommand(listUploads(p), getUpload(p), findingsCommand(p), deleteUpload(p))
	return command
}

func listUploads(p printer) *cobra.Command {
	var of client.Place
	var quarantined bool
	var l listing
	command := &cobra.Command{
		Use:   "list (--migration ID | --org ID | --quarantined)",
		Short: "List uploads, newest first",
		Args:  wants(),
		RunE: lists(p, &l, uploadColumns(), func(q asked, r client.Range) (client.Page[client.Upload], error) {
			switch {
			case given(of.Migration != "", of.Org != "", quarantined) != 1:
				return client.Page[client.Upload]{}, misused("name one of --migration, --org and --quarantined")
			case quarantined:
				return q.Quarantined(q.ctx, r)
			}
			return q.Uploads(q.ctx, of, r)
		}),
	}
	command.Flags().StringVar(&of.Migration, "migration", "", "those of a migration")
	command.Flags().StringVar(&of.Org, "org", "", "those of an organisation")
	command.Flags().BoolVar(&quarantined, "quarantined", false, "what arrived and matched nothing (for the operator)")
	l.flags(command)
	return command
}

// given counts the flags that were.
func given(flags ...bool) (n int) {
	for _, f := range flags {
		if f {
			n++
		}
	}
	return n
}

func uploadColumns() columns[client.Upload] {
	return columns[client.Upload]{row{"ID", "STATE", "KIND", "SIZE", "FILE", "DELETE BY"},
		func(u client.Upload) row {
			return row{u.ID, u.State, u.Kind, strconv.FormatInt(u.Size, 10), u.FileName, u.DeleteBy}
		}}
}

func getUpload(p printer) *cobra.Command {
	return &cobra.Command{
		Use:   "get ID",
		Short: "Show an upload",
		Args:  wants("ID"),
		RunE:  shows(p.upload, readUpload),
	}
}

func findingsCommand(p printer) *cobra.Command {
	return &cobra.Command{
		Use:   "findings ID",
		Short: "Show what was read in a support bundle that is staged",
		Args:  wants("ID"),
		RunE: func(c *cobra.Command, args []string) error {
			return shows(func(r client.Record[bundle.Report]) error {
				if *p.as == asJSON {
					return p.json(r.Raw)
				}
				return scanning{printer: p}.summary(args[0], &r.Value)
			}, func(q asked) (client.Record[bundle.Report], error) { return q.Findings(q.ctx, q.args[0]) })(c, args)
		},
	}
}

func readUpload(q asked) (staged, error) { return q.Upload(q.ctx, q.args[0]) }

func deleteUpload(p printer) *cobra.Command {
	var r revision
	command := &cobra.Command{
		Use:   "delete ID",
		Short: "Have an upload purged with the next sweep",
		Args:  wants("ID"),
		RunE: shows(p.upload, func(q asked) (staged, error) {
			return at(r, func() (staged, error) { return readUpload(q) },
				func(match string) (staged, error) { return q.DeleteUpload(q.ctx, q.args[0], match) })
		}),
	}
	r.flag(command)
	return command
}

func (p printer) upload(r staged) error {
	u := r.Value
	return p.record(public(r), row{"id", u.ID}, row{"organisation", u.Org}, row{"migration", u.Migration}, row{"file", u.FileName},
		row{"kind", u.Kind}, row{"size", strconv.FormatInt(u.Size, 10)}, row{"state", u.State}, row{"sha256", u.SHA256},
		row{"region", u.Region}, row{"key", u.KMSKeyARN}, row{"rule", u.Rule}, row{"created", u.CreatedAt}, row{"sealed", u.SealedAt},
		row{"read", u.InspectedAt}, row{"delete by", u.DeleteBy}, row{"purged", u.PurgedAt}, row{"certificate", u.Certificate}, row{"revision", r.ETag})
}

// public is the API's answer without the signed way to S3 that it may hold: whoever reads the output could use it.
func public(r staged) json.RawMessage {
	if r.Value.Put == nil {
		return r.Raw
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(r.Raw, &members) != nil {
		return nil
	}
	delete(members, "put")
	text, _ := json.Marshal(members) // what was just read can be written
	return text
}
