package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"waybill/internal/bundle/redact/receipt"
)

// checking is how `waybill bundle check` was called.
type checking struct {
	receipt, key string
	printer      printer
}

func checkCommand() *cobra.Command {
	var k checking
	command := &cobra.Command{
		Use:   "check FILE --receipt FILE",
		Short: "Check that a support.zip is the one that a receipt is about",
		Long: `Compares a redacted support.zip with the receipt of its redaction, and says what the receipt states. With --key, the receipt
must be signed with that Ed25519 key; without, it is believed as it stands.`,
		Args: wants("FILE"),
		RunE: func(_ *cobra.Command, args []string) error { return k.run(args[0]) },
	}
	command.Flags().StringVar(&k.receipt, "receipt", "", "the receipt")
	command.Flags().StringVar(&k.key, "key", "", "the file with the signer's public key, in PEM")
	k.printer = prints(command)
	return command
}

func (k checking) run(file string) error {
	if k.receipt == "" {
		return misused("--receipt is needed")
	}
	r, err := k.read()
	if err != nil {
		return fmt.Errorf("%s: %w", k.receipt, err)
	}
	if !r.Is(digestOf(file)) {
		return fmt.Errorf("%s: %w", file, receipt.ErrBundle)
	}
	if *k.printer.as == asJSON {
		return k.printer.json(r)
	}
	return k.printer.table([]row{
		{file, "is the bundle that the receipt is about"},
		{"redacted", r.When.UTC().Format(time.RFC3339)}, {"by the rules", r.Rules}, {"under the key", r.KeyID},
		{"passed on", strconv.Itoa(len(r.Files)) + " files"}, {"left out", strconv.Itoa(len(r.Dropped) + len(r.Withheld))},
		{"second look", fmt.Sprintf("found %d of %d values in %s", r.Residual.Found, r.Residual.Values, bytesOf(r.Residual.Bytes))},
	})
}

func (k checking) read() (r receipt.Receipt, err error) {
	text, err := content(k.receipt, receipt.MaxSize)
	if err != nil {
		return r, err
	}
	if k.key != "" {
		key, err := readKey(k.key)
		if err != nil {
			return r, err
		}
		return receipt.Verify(text, key)
	}
	if err := json.Unmarshal(text, &r); err != nil || r.Version != receipt.Version {
		return r, errors.New("this is no receipt of a redaction without a signature, or one of a later version; a signed one needs --key")
	}
	return r, nil
}
