package main

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"

	"filippo.io/age"
	"github.com/spf13/cobra"

	"waybill/internal/bundle/archive"
	"waybill/internal/bundle/redact"
	"waybill/internal/bundle/redact/pseudonym"
	"waybill/internal/bundle/redact/receipt"
	"waybill/internal/clock"
)

// redaction is how `waybill bundle redact` was called.
type redaction struct {
	out, key, receipt, mapFile, signKey string
	recipients                          []string
	binaries                            bool
	printer                             printer
}

func redactCommand() *cobra.Command {
	var r redaction
	command := &cobra.Command{
		Use:   "redact FILE --out FILE",
		Short: "Write a support.zip without what must not leave",
		Long: `Writes a support.zip anew: names, addresses and numbers become pseudonyms of the same shape, and keys, passwords and tokens
are removed. Everything else stays as it is, down to the number of lines. What cannot be read is not passed on; nor are
binaries (heap dumps, JFR), unless --keep-binaries. At last a second method, which shares no code with the first, searches
what was written; if it finds anything, there is no output file, and the status is 1.

The same key gives the same pseudonyms in every bundle, so that they can be compared; it is a file of 64 hexadecimal digits.
Without --key, one is made for you at first use, and kept. --map writes what each pseudonym stands for, encrypted to the
recipients (age1…); keys and passwords are in no map. ` + "`waybill bundle reveal`" + ` turns pseudonyms back with it.`,
		Example: `  waybill bundle redact support.zip --out redacted.zip --receipt receipt.json
  waybill bundle redact support.zip --out redacted.zip --map names.age --recipient age1…`,
		Args: wants("FILE"),
		RunE: func(c *cobra.Command, args []string) error { return r.run(c.Context(), args[0]) },
	}
	flags := command.Flags()
	flags.StringVar(&r.out, "out", "", "the file to write")
	flags.StringVar(&r.key, "key", "", "the file with the organisation's pseudonym key")
	flags.StringVar(&r.receipt, "receipt", "", "a file for what was done: counts, digests, what was left out")
	flags.StringVar(&r.signKey, "sign-key", "", "the file with your Ed25519 key (PEM, PKCS #8), to sign the receipt")
	flags.StringVar(&r.mapFile, "map", "", "a file for what each pseudonym stands for, encrypted")
	flags.StringArrayVar(&r.recipients, "recipient", nil, "who can read the map (age1…); may be repeated")
	flags.BoolVar(&r.binaries, "keep-binaries", false, "pass binaries on as they are; nobody has looked into them")
	r.printer = prints(command)
	return command
}

func (r redaction) run(ctx context.Context, file string) error {
	if r.out == "" {
		return misused("--out is needed: the file to write")
	}
	if (r.mapFile == "") != (len(r.recipients) == 0) {
		return misused("--map and --recipient go together")
	}
	if r.signKey != "" && r.receipt == "" {
		return misused("--sign-key needs --receipt")
	}
	done, err := r.redact(ctx, file)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return r.print(done)
}

// redact writes all files or none.
func (r redaction) redact(ctx context.Context, name string) (done receipt.Receipt, err error) {
	source, err := openBundle(name)
	if err != nil {
		return done, err
	}
	defer source.Close()
	var files pending
	defer files.discard()
	out, err := files.create(r.out)
	if err != nil {
		return done, err
	}
	options, err := r.options(&files)
	if err != nil {
		return done, err
	}
	signer, err := r.signer()
	if err != nil {
		return done, err
	}
	done, err = redact.Redact(ctx, source, source.size, out, options)
	if err == nil {
		err = ctx.Err()
	}
	if err == nil && r.receipt != "" {
		err = r.writeReceipt(&files, done, signer)
	}
	if err == nil {
		err = files.keep()
	}
	return done, err
}

func (r redaction) options(files *pending) (o redact.Options, err error) {
	o = redact.Options{When: clock.Now(), Workers: runtime.GOMAXPROCS(0), Limits: redact.DefaultLimits()}
	if r.binaries {
		o.Keep = func(*archive.File) bool { return true }
	}
	if o.Key, err = pseudonymKey(r.key); err != nil {
		return o, err
	}
	if o.Scratch, err = files.scratch(filepath.Dir(r.out)); err != nil || r.mapFile == "" {
		return o, err
	}
	for _, text := range r.recipients {
		recipient, err := age.ParseX25519Recipient(text)
		if err != nil {
			return o, misused("--recipient %s: %v", text, err)
		}
		o.Recipients = append(o.Recipients, recipient)
	}
	o.Map, err = files.create(r.mapFile)
	return o, err
}

// signer is the customer's key; nil when the receipt is not to be signed.
func (r redaction) signer() (ed25519.PrivateKey, error) {
	if r.signKey == "" {
		return nil, nil
	}
	return signingKey(r.signKey)
}

func (r redaction) writeReceipt(files *pending, done receipt.Receipt, signer ed25519.PrivateKey) error {
	to, err := files.create(r.receipt)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(done, "", "  ")
	if err == nil && signer != nil {
		text, err = receipt.Sign(done, filepath.Base(r.out), signer)
	}
	if err == nil {
		_, err = to.Write(append(text, '\n'))
	}
	return err
}

// print says what was done, and what was left out.
func (r redaction) print(done receipt.Receipt) error {
	if *r.printer.as == asJSON {
		return r.printer.json(done)
	}
	rows := []row{{"KIND", "VALUES", "PLACES", "BECAME"}}
	for _, kind := range slices.Sorted(maps.Keys(done.Counts)) {
		n := done.Counts[kind]
		became := "removed"
		if n.Kept {
			became = "pseudonyms"
		}
		rows = append(rows, row{kind, strconv.Itoa(n.Values), strconv.Itoa(n.Places), became})
	}
	if err := r.printer.table(rows); err != nil {
		return err
	}
	for _, left := range slices.Concat(done.Dropped, done.Withheld) {
		fmt.Fprintf(r.printer.out, "left out: %s (%s)\n", plain(left.Name), plain(left.Reason))
	}
	fmt.Fprintf(r.printer.out, "%s: %d files, %s; the second look found %d of %d values\n", plain(r.out), len(done.Files), bytesOf(done.After.Size), done.Residual.Found, done.Residual.Values)
	return nil
}

// pseudonymKey reads the organisation's key, or the one that is kept for whoever runs this.
func pseudonymKey(file string) (pseudonym.Key, error) {
	if file == "" {
		return ownKey()
	}
	text, err := content(file, 200)
	if err != nil {
		return pseudonym.Key{}, fmt.Errorf("reading the key: %w", err)
	}
	key, err := parseKey(text)
	if err != nil {
		return key, misused("--key %s: %v", file, err)
	}
	return key, nil
}

var errKeyForm = errors.New("a pseudonym key is 64 hexadecimal digits")

func signingKey(file string) (ed25519.PrivateKey, error) {
	text, err := content(file, 10_000)
	if err != nil {
		return nil, fmt.Errorf("reading the signing key: %w", err)
	}
	key, err := parseSigningKey(text)
	if err != nil {
		return nil, misused("--sign-key %s: %v", file, err)
	}
	return key, nil
}
