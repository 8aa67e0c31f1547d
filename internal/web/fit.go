package web

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"waybill/internal/fault"
)

// maxBroken is how many broken rules one answer names.
const maxBroken = 100

// extent says how much of a type a text speaks of.
type extent bool

const (
	whole extent = false // all of it: nothing is null
	part  extent = true  // a merge patch: null takes a member away
)

// fit holds a parsed text against the type that was asked for, and answers fault.BadInput for every member that the type
// does not know and every value of another type. Names are compared letter by letter, which encoding/json does not do.
func fit(tree any, t reflect.Type, e extent) error {
	f := fitting{members: map[reflect.Type]map[string]reflect.Type{}}
	f.value("", tree, t, e)
	return f.broken.Err()
}

type fitting struct {
	broken  fault.Fields
	members map[reflect.Type]map[string]reflect.Type
}

func (f *fitting) value(at string, v any, t reflect.Type, e extent) {
	if len(f.broken) >= maxBroken || v == nil && e == part && at != "" {
		return
	}
	switch t.Kind() {
	case reflect.Struct:
		f.object(at, v, t, e)
	case reflect.Slice:
		f.array(at, v, t.Elem())
	case reflect.String:
		_, ok := v.(string)
		f.check(ok, at, "text")
	case reflect.Bool:
		_, ok := v.(bool)
		f.check(ok, at, "true or false")
	case reflect.Int, reflect.Int64:
		number, _ := v.(json.Number)
		_, err := strconv.ParseInt(number.String(), 10, 64)
		f.check(err == nil, at, "a whole number")
	default:
		panic("web: no body holds a " + t.String())
	}
}

func (f *fitting) check(ok bool, at, wanted string) bool {
	return f.broken.Check(ok, at, "type", "It must be %s.", wanted)
}

func (f *fitting) object(at string, v any, t reflect.Type, e extent) {
	object, ok := v.(map[string]any)
	if !f.check(ok, at, "an object") {
		return
	}
	known := f.membersOf(t)
	for _, name := range sorted(object) {
		if len(f.broken) >= maxBroken {
			return
		}
		member, found := known[name]
		if !found {
			f.broken.Check(false, below(at, name), "unknown-field", "There is no such field here.")
			continue
		}
		f.value(below(at, name), object[name], member, e)
	}
}

// array holds each item against its type. A merge patch replaces arrays as a whole (RFC 7396, 1), so nothing in them may
// be null.
func (f *fitting) array(at string, v any, item reflect.Type) {
	array, ok := v.([]any)
	if !f.check(ok, at, "an array") {
		return
	}
	for i, v := range array {
		f.value(below(at, strconv.Itoa(i)), v, item, whole)
	}
}

// membersOf lists the names that a struct has in JSON.
func (f *fitting) membersOf(t reflect.Type) map[string]reflect.Type {
	if known, found := f.members[t]; found {
		return known
	}
	known := make(map[string]reflect.Type, t.NumField())
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		known[name] = t.Field(i).Type
	}
	f.members[t] = known
	return known
}

func sorted(object map[string]any) []string {
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
