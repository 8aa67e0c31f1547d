package certificate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// Why a text is not read. What encoding/json would let pass, another reader may read otherwise: one file, two meanings.
var (
	errTruncated = errors.New("it ends in the middle: it was cut off")
	errTrailing  = errors.New("something follows after its end")
	errSpelling  = errors.New("it is not spelled as a cell writes it: it was re-encoded or altered")
)

// maxDepth is above that of any certificate.
const maxDepth = 16

// strictly reads one JSON document that has exactly the members of its struct, each once, in the one spelling there is.
// Writing it again shows whether it is: what was read from any other text is written otherwise.
func strictly(text []byte, into any) error {
	err := exactly(text, into)
	if err == nil {
		return nil
	}
	if reason := single(text); reason != nil {
		return reason // the more telling one
	}
	return err
}

func exactly(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("it is no certificate: %w", err)
	}
	again, err := spell(into)
	if err != nil {
		return err
	}
	if !bytes.Equal(again, text) {
		return errSpelling
	}
	return nil
}

// single wants one JSON value and nothing after it, no member of which has the name of another beside it, however either
// is spelled.
func single(text []byte) error {
	if !utf8.Valid(text) {
		return errors.New("it is not text in UTF-8")
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := value(decoder, 0); err != nil {
		return truncated(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errTrailing
	}
	return nil
}

func truncated(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errTruncated
	}
	return fmt.Errorf("reading its JSON: %w", err)
}

// value reads the next value, down to its last member.
func value(decoder *json.Decoder, depth int) error {
	token, err := decoder.Token()
	if err != nil {
		return err
	}
	opening, _ := token.(json.Delim)
	if opening == 0 {
		return nil
	}
	if depth == maxDepth {
		return errors.New("it is nested too deeply")
	}
	names := map[string]bool{}
	for decoder.More() {
		if opening == '{' {
			if err := name(decoder, names); err != nil {
				return err
			}
		}
		if err := value(decoder, depth+1); err != nil {
			return err
		}
	}
	_, err = decoder.Token()
	return err
}

func name(decoder *json.Decoder, names map[string]bool) error {
	token, err := decoder.Token()
	if err != nil {
		return err
	}
	name, _ := token.(string)
	if names[name] {
		return fmt.Errorf("the member %q stands there twice", name)
	}
	names[name] = true
	return nil
}
