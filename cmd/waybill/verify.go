package main

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"waybill/internal/certificate"
	"waybill/internal/ident"
)

// verifying is how `waybill verify` was called.
type verifying struct {
	key      string
	org      string
	unlogged bool
	printer  printer
}

func verifyCommand() *cobra.Command {
	var v verifying
	command := &cobra.Command{
		Use:   "verify FILE… --key PEM",
		Short: "Check certificates offline",
		Long: `Checks certificates with nothing but the cell's public key, as GET /v1/ledger/key serves it: no network, no token and no
WAYBILL_URL are needed. It says what was erased, where, when, under which key and by which rule, and what the file proves
and what it does not.

It ends with status 0 only if every certificate holds: signed with that key, standing in the cell's ledger, and not altered
by a single byte. A file of - is standard input.`,
		Args: someFiles,
		RunE: func(_ *cobra.Command, files []string) error { return v.run(files) },
	}
	command.Flags().StringVar(&v.key, "key", "", "the file with the cell's public key, in PEM")
	command.Flags().StringVar(&v.org, "org", "", "the organisation that all of them must be about")
	command.Flags().BoolVar(&v.unlogged, "without-inclusion", false, "admit certificates that bring no proof of standing in the ledger")
	v.printer = prints(command)
	return command
}

func someFiles(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("%s needs a FILE; see %s --help", c.CommandPath(), c.CommandPath())
	}
	return nil
}

// verdict is what is said of one file.
type verdict struct {
	File   string `json:"file"`
	Holds  bool   `json:"holds"`
	Reason string `json:"reason,omitempty"` // why it does not
	*certificate.Report
}

func (v verifying) run(files []string) error {
	if v.key == "" {
		return misused("--key is needed: the file with the cell's public key")
	}
	if v.org != "" && !ident.Valid(ident.Org, v.org) {
		return misused("--org must be an organisation's id, such as org_01kb2rq1c0h3m8z5v7x9y2w4t6")
	}
	key, err := readKey(v.key)
	if err != nil {
		return err
	}
	verdicts := make([]verdict, len(files))
	var failed []error
	for i, file := range files {
		verdicts[i], err = v.judge(file, key)
		if err != nil {
			failed = append(failed, err)
		}
	}
	if err := v.print(verdicts); err != nil {
		return err
	}
	return among(failed, len(files))
}

// among tells of every failure but the last, which the command ends with.
func among(failed []error, of int) error {
	if len(failed) == 0 || of == 1 {
		return errors.Join(failed...)
	}
	for _, err := range failed {
		tell(os.Stderr, err)
	}
	return fmt.Errorf("%d of %d certificates do not hold", len(failed), of)
}

func readKey(file string) (ed25519.PublicKey, error) {
	text, err := content(file, certificate.MaxKey)
	if err != nil {
		return nil, fmt.Errorf("reading the key: %w", err)
	}
	key, err := certificate.ReadKey(text)
	if err != nil {
		return nil, fmt.Errorf("reading the key %s: %w", file, err)
	}
	return key, nil
}

// content reads a file, or standard input, and stops one byte past the most that it may have: bigger ones are told by
// their size, whatever they are.
func content(file string, most int64) ([]byte, error) {
	var in io.ReadCloser = os.Stdin
	if file != "-" {
		opened, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		in = opened
	}
	defer in.Close()
	return io.ReadAll(io.LimitReader(in, most+1))
}

func (v verifying) judge(file string, key ed25519.PublicKey) (verdict, error) {
	text, err := content(file, certificate.MaxFile)
	if err != nil {
		return verdict{File: file, Reason: err.Error()}, err
	}
	r, err := certificate.Verify(text, key)
	if v.unlogged && errors.Is(err, certificate.ErrNotInLedger) {
		err = nil
	}
	if err == nil && v.org != "" && !r.About(v.org) {
		err = fmt.Errorf("it is not about %s", v.org)
	}
	if err != nil {
		return verdict{File: file, Reason: err.Error()}, fmt.Errorf("%s does not hold: %w", file, err)
	}
	return verdict{File: file, Holds: true, Report: &r}, nil
}

func (v verifying) print(verdicts []verdict) error {
	if *v.printer.as == asJSON {
		return v.printer.json(map[string]any{"items": verdicts})
	}
	for i, one := range verdicts {
		if !one.Holds {
			continue // nothing can be said of what it says
		}
		if i > 0 {
			fmt.Fprintln(v.printer.out)
		}
		if err := v.printer.verdict(one); err != nil {
			return err
		}
	}
	return nil
}

// verdict prints what a certificate says, and what that proves.
func (p printer) verdict(v verdict) error {
	rows := []row{{v.File, "holds"}}
	for _, s := range v.Says {
		rows = append(rows, row{s.Name, s.Value})
	}
	if err := p.table(rows); err != nil {
		return err
	}
	p.sentences("It proves", v.Proves)
	p.sentences("It does not prove", v.ProvesNot)
	return nil
}

func (p printer) sentences(heading string, list []string) {
	fmt.Fprintln(p.out, "\n"+heading)
	for _, s := range list {
		fmt.Fprintln(p.out, "  -", plain(s))
	}
}
