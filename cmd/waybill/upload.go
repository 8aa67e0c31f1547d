package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"waybill/internal/carry"
	"waybill/internal/client"
)

// uploading is how `waybill upload` was called.
type uploading struct {
	to       client.Place
	kind     string
	parallel int
	wait     time.Duration
	redact   bool
	key      string // of pseudonyms
	receipt  string // where it is to be written
	printer  printer
}

func uploadCommand() *cobra.Command {
	var u uploading
	command := &cobra.Command{
		Use:   "upload FILE (--migration ID | --org ID)",
		Short: "Stage a file",
		Long: `Stages a file of any size straight to S3, in the cell's region and under the organisation's key, and prints the upload's
id as the last line (or the record, with --output json).

An upload that was interrupted, in whatever way, is gone on with when the same command is run again within 24 hours: what S3 has
already is compared with the file, and only what is missing or has changed since is sent. What that needs is remembered in the user's cache directory, or in the one
that WAYBILL_CACHE names; neither a token nor a URL stands in it.`,
		Args: wants("FILE"),
		RunE: func(c *cobra.Command, args []string) error { return u.run(c.Context(), args[0]) },
	}
	command.Flags().StringVar(&u.to.Migration, "migration", "", "the migration that the file belongs to")
	command.Flags().StringVar(&u.to.Org, "org", "", "the organisation, for a file that belongs to no migration")
	command.Flags().StringVar(&u.kind, "kind", "", "support-zip, export, assessment or other (support-zip for a .zip, or else other)")
	command.Flags().IntVar(&u.parallel, "parallel", 8, "how many parts to send at once")
	command.Flags().DurationVar(&u.wait, "wait", time.Minute, "how long to wait for the cell to seal it; 0 does not wait")
	command.Flags().BoolVar(&u.redact, "redact", false, "take out what must not leave first, as waybill bundle redact does, and bind the receipt to the record")
	command.Flags().StringVar(&u.key, "key", "", "with --redact: the file with the organisation's pseudonym key")
	command.Flags().StringVar(&u.receipt, "receipt", "", "with --redact: the file for the receipt (FILE.receipt.json)")
	_ = command.RegisterFlagCompletionFunc("kind", cobra.FixedCompletions(kinds(), cobra.ShellCompDirectiveNoFileComp))
	u.printer = prints(command)
	return command
}

func kinds() []string { return []string{"support-zip", "export", "assessment", "other"} }

func kindOf(file string) string {
	if strings.EqualFold(filepath.Ext(file), ".zip") {
		return "support-zip"
	}
	return "other"
}

func (u uploading) check() error {
	switch {
	case (u.to.Migration == "") == (u.to.Org == ""):
		return misused("name either the migration (--migration) or the organisation (--org) that the file belongs to")
	case u.kind != "" && !slices.Contains(kinds(), u.kind):
		return misused("--kind must be one of %s", strings.Join(kinds(), ", "))
	case u.parallel < 1 || u.parallel > 64:
		return misused("--parallel must be from 1 to 64")
	case !u.redact && u.key+u.receipt != "":
		return misused("--key and --receipt go with --redact")
	case u.wait < 0:
		return misused("--wait must not be less than 0")
	}
	return nil
}

func (u uploading) run(ctx context.Context, file string) error {
	if err := u.check(); err != nil {
		return err
	}
	api, err := connect()
	if err != nil {
		return err
	}
	carrier, err := u.carrier(api)
	if err != nil {
		return err
	}
	parcel := carry.Parcel{Path: file, To: u.to, Kind: cmp.Or(u.kind, kindOf(file))}
	if u.redact {
		if parcel.Path, parcel.Receipt, err = u.redacted(ctx, file); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	got, err := carrier.Send(ctx, parcel)
	if ctx.Err() != nil {
		err = errors.New("interrupted")
	}
	if err != nil {
		return hinted(err, got.Value)
	}
	if u.redact && got.Value.State == client.Sealed {
		os.RemoveAll(filepath.Dir(parcel.Path)) // the copy; the receipt is where it was asked for
	}
	return u.report(got)
}

// hinted says how to go on with what was begun, where that is possible.
func hinted(err error, u client.Upload) error {
	if u.State != client.Pending || errors.Is(err, carry.ErrChanged) {
		return err
	}
	return fmt.Errorf("%w; run the same command again to go on with %s", err, u.ID)
}

func (u uploading) carrier(api *client.Client) (carry.Carrier, error) {
	cache, err := cacheDir()
	if err != nil {
		return carry.Carrier{}, err
	}
	return carry.Carrier{
		Records: api, Ways: api, Store: carry.NewStore(u.parallel),
		Journal: carry.Journal{Dir: filepath.Join(cache, "uploads"), Cell: api.Address()},
		Retry:   client.Retry{Attempts: 8, First: 200 * time.Millisecond, Most: 20 * time.Second, Sleep: client.Sleep, Jitter: api.Retry.Jitter},
		OnePut:  onePut, Parallel: u.parallel, Stall: 2 * time.Minute, Wait: u.wait, Meter: newMeter(),
		Say: func(format string, args ...any) { fmt.Fprintln(os.Stderr, plain(fmt.Sprintf(format, args...))) },
	}, nil
}

// onePut is up to which size, in bytes, a cell wants a file's digest when it is offered, as infra/openapi.yaml says.
const onePut = 16 << 20

func cacheDir() (string, error) {
	if dir := os.Getenv("WAYBILL_CACHE"); dir != "" {
		return dir, nil
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", misused("there is no cache directory, set WAYBILL_CACHE to one: %w", err)
	}
	return filepath.Join(dir, "waybill"), nil
}

// report prints the id last, whatever else is to be said.
func (u uploading) report(got staged) error {
	err := u.printer.record(public(got), row{got.Value.ID})
	if err == nil && got.Value.State != client.Sealed && u.wait > 0 {
		err = fmt.Errorf("everything is in S3, but the cell did not seal it within %s; see waybill uploads get %s", u.wait, got.Value.ID)
	}
	return err
}
