package inventory

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// The limits of an XML document. The real ones are some 10 deep and have some 20,000 elements.
const (
	maxDepth    = 64
	maxElements = 500_000
)

var (
	errDirective = errors.New("it has a document type or another declaration, which is refused")
	errBroken    = errors.New("it breaks off")
	errDeep      = fmt.Errorf("its elements are nested deeper than %d", maxDepth)
	errMany      = fmt.Errorf("it has more than %d elements", maxElements)
)

// node is an element's end: its names from below the root, its own text, and where it began. An attribute is a node whose
// last name is "@name".
type node struct {
	path []string
	text string
	line int
}

// name is the last name.
func (n node) name() string { return n.path[len(n.path)-1] }

// parent is the name before the last.
func (n node) parent() string {
	if len(n.path) < 2 {
		return ""
	}
	return n.path[len(n.path)-2]
}

// walkXML gives f every attribute and then, at its end, every element, names in small letters. Declarations are refused,
// and so is every entity that is not one of XML's five: nothing is expanded, nothing is fetched. The text is UTF-8 already,
// whatever its head says.
func walkXML(text []byte, f func(node)) (line int, err error) {
	d := xml.NewDecoder(bytes.NewReader(text))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	w := walker{f: f}
	for {
		token, err := d.RawToken()
		line, _ := d.InputPos()
		if errors.Is(err, io.EOF) {
			if w.depth() == 0 {
				return line, nil
			}
			return line, errBroken
		}
		if err == nil {
			err = w.token(token, line)
		}
		if err != nil {
			return line, err
		}
	}
}

// walker holds the open elements.
type walker struct {
	f        func(node)
	path     []string
	open     []element
	elements int
}

type element struct {
	name xml.Name
	text []byte
	line int
}

func (w *walker) depth() int { return len(w.open) }

func (w *walker) token(t xml.Token, line int) error {
	switch t := t.(type) {
	case xml.Directive:
		return errDirective
	case xml.StartElement:
		return w.start(t, line)
	case xml.CharData:
		if n := len(w.open); n > 0 && len(w.open[n-1].text) < longest {
			w.open[n-1].text = append(w.open[n-1].text, t[:min(len(t), longest)]...)
		}
	case xml.EndElement:
		return w.end(t)
	}
	return nil
}

func (w *walker) start(t xml.StartElement, line int) error {
	if w.elements += 1 + len(t.Attr); w.elements > maxElements {
		return errMany
	}
	if len(w.open) == maxDepth {
		return errDeep
	}
	w.open = append(w.open, element{name: t.Name, line: line})
	if len(w.open) > 1 {
		w.path = append(w.path, strings.ToLower(t.Name.Local))
	}
	for _, a := range t.Attr {
		w.f(node{append(w.path[:len(w.path):len(w.path)], "@"+strings.ToLower(a.Name.Local)), a.Value[:min(len(a.Value), longest)], line})
	}
	return nil
}

func (w *walker) end(t xml.EndElement) error {
	n := len(w.open)
	if n == 0 || w.open[n-1].name != t.Name {
		return errors.New("an element ends that did not begin")
	}
	if e := w.open[n-1]; n > 1 {
		w.f(node{w.path, string(bytes.TrimSpace(e.text)), e.line})
		w.path = w.path[:len(w.path)-1]
	}
	w.open = w.open[:n-1]
	return nil
}
