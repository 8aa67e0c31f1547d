package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"waybill/internal/certificate"
	"waybill/internal/client"
)

func certificateCommand() *cobra.Command {
	command := &cobra.Command{Use: "certificate", Short: "Certificates of what was deleted; see also waybill verify"}
	command.AddCommand(getCertificate(), listCertificates())
	return command
}

// keeping is where a certificate is written.
type keeping struct {
	file  string
	force bool
}

func getCertificate() *cobra.Command {
	var k keeping
	command := &cobra.Command{
		Use:   "get ID --out FILE",
		Short: "Write a certificate to a file, as it was served",
		Args:  wants("ID"),
		RunE: calls(func(q asked) error {
			if k.file == "" {
				return misused("--out is needed: a file, or - for standard output")
			}
			got, err := q.Certificate(q.ctx, q.args[0])
			if err != nil {
				return err
			}
			if len(got.Value.Inclusion) == 0 {
				fmt.Fprintln(os.Stderr, "It does not stand in the ledger yet: fetch it again in a minute.")
			}
			return k.keep(got.Raw)
		}),
	}
	command.Flags().StringVar(&k.file, "out", "", "the file to write (- for standard output)")
	command.Flags().BoolVar(&k.force, "force", false, "replace a file that has something else in it")
	return command
}

// keep writes the whole text or nothing of it. A file that is there already is left alone, unless it is the same or may
// be replaced.
func (k keeping) keep(text []byte) error {
	if k.file == "-" {
		_, err := os.Stdout.Write(append(bytes.Clone(text), '\n'))
		return err
	}
	there, err := content(k.file, certificate.MaxFile)
	switch {
	case err == nil && bytes.Equal(there, text):
		return nil
	case !k.force && !os.IsNotExist(err):
		return fmt.Errorf("%s is there already, with something else in it; --force replaces it", k.file)
	}
	if err := replace(k.file, text); err != nil {
		return fmt.Errorf("writing the certificate: %w", err)
	}
	return nil
}

func replace(file string, text []byte) error {
	draft, err := os.CreateTemp(filepath.Dir(file), ".waybill-*")
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name()) // it has another name by then, if all went well
	_, err = draft.Write(text)
	if closing := draft.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Chmod(draft.Name(), 0o644) // it is meant to be shown
	}
	if err == nil {
		err = os.Rename(draft.Name(), file)
	}
	return err
}

func listCertificates() *cobra.Command {
	var l listing
	var org string
	as := columns[client.Certificate]{row{"ID", "RULE", "REGION", "DUE", "ERASED", "SEEN ABSENT"},
		func(c client.Certificate) row {
			return row{c.ID, c.Rule, c.Region, c.Due, c.Erased, c.VerifiedAbsent}
		}}
	command := &cobra.Command{
		Use:   "list --org ID",
		Short: "List an organisation's certificates, newest first",
		Args:  wants(),
	}
	command.RunE = lists(prints(command), &l, as, func(q asked, r client.Range) (client.Page[client.Certificate], error) {
		if org == "" {
			return client.Page[client.Certificate]{}, misused("--org is needed")
		}
		return q.Certificates(q.ctx, org, r)
	})
	command.Flags().StringVar(&org, "org", "", "the organisation that they are about")
	l.flags(command)
	return command
}
