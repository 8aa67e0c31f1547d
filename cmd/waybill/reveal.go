package main

import (
	"fmt"
	"io"
	"os"

	"filippo.io/age"
	"github.com/spf13/cobra"

	"waybill/internal/bundle/redact/reversal"
)

// mostText is how much text is turned back at once, in bytes.
const mostText = 64 << 20

func revealCommand() *cobra.Command {
	var mapFile, identity string
	command := &cobra.Command{
		Use:   "reveal FILE --map FILE --identity FILE",
		Short: "Turn the pseudonyms in a text back",
		Long: `Reads a text out of a redacted bundle (a line of a ticket, a log; - is standard input) and prints it with what its pseudonyms
stand for. It needs the map that the redaction wrote, and an age identity that the map is encrypted to. What was removed
is in no map.`,
		Example: `  pbpaste | waybill bundle reveal - --map names.age --identity key.txt`,
		Args:    wants("FILE"),
		RunE: func(_ *cobra.Command, args []string) error {
			if mapFile == "" || identity == "" {
				return misused("--map and --identity are needed")
			}
			return reveal(args[0], mapFile, identity)
		},
	}
	command.Flags().StringVar(&mapFile, "map", "", "the file that the redaction wrote")
	command.Flags().StringVar(&identity, "identity", "", "the file with your age identity (AGE-SECRET-KEY-1…)")
	return command
}

func reveal(file, mapFile, identity string) error {
	names, err := readMap(mapFile, identity)
	if err != nil {
		return err
	}
	text, err := content(file, mostText)
	if err == nil && len(text) > mostText {
		err = fmt.Errorf("it has more than %d bytes", mostText)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	restored, left := names.RestoreExcerpt(text)
	if left > 0 {
		fmt.Fprintf(os.Stderr, "%d pseudonyms stand for several things each, and were left\n", left)
	}
	_, err = os.Stdout.Write(restored)
	return err
}

func readMap(mapFile, identity string) (*reversal.Map, error) {
	keys, err := os.Open(identity)
	if err != nil {
		return nil, err
	}
	defer keys.Close()
	identities, err := age.ParseIdentities(io.LimitReader(keys, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", identity, err)
	}
	from, err := os.Open(mapFile)
	if err != nil {
		return nil, err
	}
	defer from.Close()
	names, err := reversal.Read(from, identities...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", mapFile, err)
	}
	return names, nil
}
