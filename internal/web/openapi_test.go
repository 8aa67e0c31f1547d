package web

import (
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"go.yaml.in/yaml/v3"

	"waybill/infra"
	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/migration"
	"waybill/internal/org"
	"waybill/internal/policy"
)

// tree is the document as it stands.
var tree = sync.OnceValue(func() map[string]any {
	var all map[string]any
	if err := yaml.Unmarshal(infra.OpenAPI, &all); err != nil {
		panic(err)
	}
	return all
})

// at walks down a tree.
func at(tree any, path ...string) any {
	for _, name := range path {
		node, _ := tree.(map[string]any)
		tree = node[name]
	}
	return tree
}

// closed is a validator for the document in which nothing may be answered that does not stand there. The document itself
// leaves answers open: clients must bear with members to come.
var closed = sync.OnceValue(func() validator.Validator {
	var all map[string]any
	if err := yaml.Unmarshal(infra.OpenAPI, &all); err != nil {
		panic(err)
	}
	bases := map[string]bool{}
	schemas := at(all, "components", "schemas").(map[string]any)
	for _, s := range schemas {
		list, _ := at(s, "allOf").([]any)
		for _, base := range list {
			bases[strings.TrimPrefix(at(base, "$ref").(string), "#/components/schemas/")] = true
		}
	}
	for name, s := range schemas {
		if at(s, "type") == "object" && at(s, "additionalProperties") == nil && !bases[name] {
			s.(map[string]any)["unevaluatedProperties"] = false
		}
	}
	text, err := yaml.Marshal(all)
	if err != nil {
		panic(err)
	}
	return validatorFor(text)
})

func validatorFor(text []byte) validator.Validator {
	document, err := libopenapi.NewDocument(text)
	if err != nil {
		panic(err)
	}
	v, errs := validator.NewValidator(document)
	if errs != nil {
		panic(errs[0])
	}
	return v
}

var oneAtATime sync.Mutex

// described holds an answer against the document, and the request too if it was granted. What is at a path or by a method
// that the document does not have is only looked at for being a problem document.
func described(t testing.TB, r *http.Request, body string, answer *http.Response) {
	t.Helper()
	route := r.Method + " " + r.Pattern
	if r.Pattern == "/" || r.Pattern == "" || answer.StatusCode == http.StatusMethodNotAllowed ||
		r.Method == http.MethodHead || answer.StatusCode == http.StatusNotModified {
		return
	}
	oneAtATime.Lock()
	defer oneAtATime.Unlock()
	asked := r.Clone(r.Context())
	asked.Header.Set("Authorization", "Bearer token")
	if ok, errs := closed().ValidateHttpResponse(asked, answer); !ok {
		for _, e := range errs {
			t.Errorf("%s answered %d, which is not as described: %v", route, answer.StatusCode, e)
		}
	}
	if answer.StatusCode >= 300 {
		named(t, route, answer.StatusCode)
		return
	}
	asked.Body = io.NopCloser(strings.NewReader(body))
	if ok, errs := closed().ValidateHttpRequest(asked); !ok {
		for _, e := range errs {
			t.Errorf("%s was granted to a request that is not as described: %v", route, e)
		}
	}
}

// named wants the refusals that are a route's own to stand with it; the others share a default.
func named(t testing.TB, route string, status int) {
	t.Helper()
	method, path, _ := strings.Cut(route, " ")
	own := slices.Contains([]int{409, 412, 421, 422, 428}, status)
	if own && at(tree(), "paths", path, strings.ToLower(method), "responses", strconv.Itoa(status)) == nil {
		t.Errorf("%s answered %d, of which the document says nothing", route, status)
	}
}

func TestDocumentIsOpenAPI(t *testing.T) {
	t.Parallel()
	if ok, errs := validatorFor(infra.OpenAPI).ValidateDocument(); !ok {
		t.Fatalf("%v", errs)
	}
}

func TestDocumentHasEveryRouteAndNoOther(t *testing.T) {
	t.Parallel()
	var written, served []string
	for path, item := range at(tree(), "paths").(map[string]any) {
		for member := range item.(map[string]any) {
			if member != "parameters" {
				written = append(written, strings.ToUpper(member)+" "+path)
			}
		}
	}
	for _, rt := range (API{}).routes() {
		served = append(served, rt.at)
	}
	slices.Sort(written)
	slices.Sort(served)
	if !slices.Equal(written, served) {
		t.Errorf("the document has\n%s\nand we serve\n%s", strings.Join(written, "\n"), strings.Join(served, "\n"))
	}
}

func TestDocumentKnowsEveryParameter(t *testing.T) {
	t.Parallel()
	for _, rt := range (API{}).routes() {
		var written []string
		method, path, _ := strings.Cut(rt.at, " ")
		list, _ := at(tree(), "paths", path, strings.ToLower(method), "parameters").([]any)
		for _, p := range list {
			if ref, isRef := at(p, "$ref").(string); isRef {
				p = at(tree(), strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
			}
			if at(p, "in") == "query" {
				written = append(written, at(p, "name").(string))
			}
		}
		known := slices.Clone(rt.query)
		slices.Sort(written)
		slices.Sort(known)
		if !slices.Equal(written, known) {
			t.Errorf("%s: the document has the parameters %v, the route %v", rt.at, written, known)
		}
	}
}

// What the document enumerates is what the code knows.
func TestDocumentKnowsEveryWord(t *testing.T) {
	t.Parallel()
	var locations, types []string
	for _, l := range org.Locations() {
		locations = append(locations, l.Name)
	}
	for k := range kinds {
		types = append(types, "urn:waybill:problem:"+string(k))
	}
	for path, want := range map[string][]string{
		"Location":                  locations,
		"MigrationStatus":           strings.Split(words(migration.Statuses()), ", "),
		"Action":                    strings.Split(words(audit.Actions()), ", "),
		"HoldingKind":               kindsOfHoldings(),
		"Holding/properties/basis":  {string(policy.Schedule), string(policy.Request), string(policy.Termination)},
		"End/properties/rule":       {policy.Evaluation.Name, policy.Paid.Name},
		"Source/properties/product": migration.Products(),
		"Problem/properties/type":   types,
		"Key/properties/mode":       {string(org.OperatorKey), string(org.CustomerKey)},
	} {
		var got []string
		schema := at(at(tree(), "components", "schemas"), strings.Split(path, "/")...)
		for _, word := range at(schema, "enum").([]any) {
			got = append(got, word.(string))
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: the document has %v, the code %v", path, got, want)
		}
	}
}

// Every refusal that the core can make has its line in the table.
func TestEveryKindHasAStatus(t *testing.T) {
	t.Parallel()
	for _, k := range []fault.Kind{fault.NotFound, fault.Unauthenticated, fault.IssuerUnavailable, fault.Forbidden, fault.BadInput, fault.Malformed,
		fault.TooLarge, fault.UnsupportedMedia, fault.Conflict, fault.Unconditional, fault.Stale, fault.KeyReused, fault.KeyRefused, fault.KeyUnusable,
		fault.WrongCell, fault.TooManyRequests, fault.Unavailable} {
		if !known(k) {
			t.Errorf("%s has no status", k)
		}
	}
}
