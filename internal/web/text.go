package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"waybill/internal/fault"
)

// maxDepth is how deep objects and arrays may nest.
const maxDepth = 32

// parse takes a JSON text apart into maps, slices, strings, json.Numbers, booleans and nils.
//
// It refuses what readers differ about (RFC 8259): invalid UTF-8, members of one name, anything after the value; and what
// only an attacker sends, nesting beyond all need. encoding/json alone accepts each of these.
func parse(text []byte) (any, error) {
	if !utf8.Valid(text) {
		return nil, fault.Malformed.Because("The body is not valid UTF-8.")
	}
	var all json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, fault.Malformed.Because("The body is not one JSON value%s.", where(err))
	}
	p := parser{json.NewDecoder(bytes.NewReader(text))}
	p.UseNumber()
	return p.value("", maxDepth)
}

func where(err error) string {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return ""
	}
	return ": it breaks off or goes wrong at byte " + strconv.FormatInt(syntax.Offset, 10)
}

type parser struct{ *json.Decoder }

// value reads the next value, which stands at that pointer and may nest so deep.
func (p parser) value(at string, depth int) (any, error) {
	token, err := p.Token()
	if err != nil {
		return nil, fault.Malformed.Because("The body is not one JSON value.")
	}
	if token != json.Delim('{') && token != json.Delim('[') {
		return token, nil
	}
	if depth == 0 {
		return nil, fault.Malformed.Because("The body nests deeper than %d levels.", maxDepth)
	}
	if token == json.Delim('{') {
		return p.object(at, depth-1)
	}
	return p.array(at, depth-1)
}

func (p parser) object(at string, depth int) (any, error) {
	object := map[string]any{}
	for p.More() {
		token, err := p.Token()
		name, isName := token.(string)
		if err != nil || !isName {
			return nil, fault.Malformed.Because("The body is not one JSON value.")
		}
		if _, twice := object[name]; twice {
			return nil, duplicate(below(at, name))
		}
		if object[name], err = p.value(below(at, name), depth); err != nil {
			return nil, err
		}
	}
	return object, p.close()
}

func (p parser) array(at string, depth int) (any, error) {
	array := []any{}
	for p.More() {
		item, err := p.value(below(at, strconv.Itoa(len(array))), depth)
		if err != nil {
			return nil, err
		}
		array = append(array, item)
	}
	return array, p.close()
}

func (p parser) close() error {
	_, err := p.Token()
	return err
}

func duplicate(at string) error {
	return &fault.Refusal{Kind: fault.Malformed, Detail: "A member of the body is given twice.",
		Fields: fault.Fields{{Pointer: at, Rule: "duplicate", Detail: "It is given twice; nobody could say which is meant."}}}
}

// below is the JSON pointer (RFC 6901) of a member or an item.
func below(at, name string) string {
	return at + "/" + strings.ReplaceAll(strings.ReplaceAll(cut(name), "~", "~0"), "/", "~1")
}
