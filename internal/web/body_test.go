package web

import (
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"waybill/internal/access"
	"waybill/internal/fault"
	"waybill/internal/org"
)

const (
	createOrg       = "POST /v1/orgs"
	bindKey         = "PUT /v1/orgs/" + ours + "/key"
	createMigration = "POST /v1/orgs/" + ours + "/migrations"
	editMigration   = "PATCH /v1/migrations/" + ourMig
	settleMigration = "POST /v1/migrations/" + runningMig + "/settle"
	runMigration    = "POST /v1/migrations/" + ourMig + "/run"
	offerUpload     = "POST /v1/migrations/" + ourMig + "/uploads"
	signParts       = "POST /v1/uploads/" + largeUpl + "/parts"
	completeUpload  = "POST /v1/uploads/" + largeUpl + "/complete"
)

// with is the document's example of a route's body, with one member put in the place of another.
func with(line, old, new string) string {
	route := strings.NewReplacer(ours, "{org}", ourMig, "{mig}", runningMig, "{mig}", largeUpl, "{upl}").Replace(line)
	example := exampleOf(route)
	if old != "" && !strings.Contains(example, old) {
		panic("no " + old + " in " + example)
	}
	return strings.Replace(example, old, new, 1)
}

// Each field, each of its rules: what is sent is named by its pointer, and nothing is written.
func TestBadInput(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 256)
	for _, test := range []struct {
		line, body string
		rules      []string
	}{
		{createOrg, `{}`, []string{"/name required", "/location one-of", "/plan one-of"}},
		{createOrg, with(createOrg, `"Example Ltd"`, `""`), []string{"/name required"}},
		{createOrg, with(createOrg, `"Example Ltd"`, `" Example"`), []string{"/name trimmed"}},
		{createOrg, with(createOrg, `"Example Ltd"`, `"a\u202eb"`), []string{"/name printable"}},
		{createOrg, with(createOrg, `"Example Ltd"`, `"a\ud800b"`), []string{"/name printable"}},
		{createOrg, with(createOrg, `"Example Ltd"`, `"`+long+`"`), []string{"/name max-length"}},
		{createOrg, with(createOrg, `"Germany"`, `"Atlantis"`), []string{"/location one-of"}},
		{createOrg, with(createOrg, `"evaluation"`, `"free"`), []string{"/plan one-of"}},
		{createOrg, with(createOrg, `"evaluation"`, `true`), []string{"/plan type"}},
		{createOrg, with(createOrg, `"evaluation"`, `null`), []string{"/plan type"}},
		{createOrg, with(createOrg, `"plan"`, `"Plan"`), []string{"/Plan unknown-field"}},

		{bindKey, `{}`, []string{"/keyArn key-arn"}},
		{bindKey, `{"keyArn":"alias/ours"}`, []string{"/keyArn key-arn"}},
		{bindKey, `{"keyArn":"arn:aws:kms:eu-central-1:111122223333:alias/ours"}`, []string{"/keyArn key-arn"}},

		{createMigration, `{}`, []string{"/name required", "/source/product one-of", "/source/serverId required", "/source/baseUrl required",
			"/source/version required", "/destination/url required"}},
		{createMigration, with(createMigration, `"name":"Engineering, first wave"`, `"name":7`), []string{"/name type"}},
		{createMigration, with(createMigration, `"jira"`, `"trello"`), []string{"/source/product one-of"}},
		{createMigration, with(createMigration, `"B8XH-2KPM-9QRT-51ZC"`, `"B8XH 2KPM"`), []string{"/source/serverId characters"}},
		{createMigration, with(createMigration, `"https://jira.example.com"`, `"http://jira.example.com"`), []string{"/source/baseUrl https-url"}},
		{createMigration, with(createMigration, `"https://jira.example.com"`, `"https://ada:pw@jira.example.com"`), []string{"/source/baseUrl https-url"}},
		{createMigration, with(createMigration, `"9.12.4"`, `"`+long+`"`), []string{"/source/version max-length"}},
		{createMigration, with(createMigration, `"https://example.cloud.test"`, `"https://example.cloud.test/?a=b"`), []string{"/destination/url https-url"}},
		{createMigration, with(createMigration, `"scoped"`, `"some"`), []string{"/scope/usersAndGroups one-of"}},
		{createMigration, with(createMigration, `"ENG"`, `"eng"`), []string{"/scope/projects/0/key project-key"}},
		{createMigration, with(createMigration, `"OPS"`, `"ENG"`), []string{"/scope/projects/1/key unique"}},
		{createMigration, with(createMigration, `"Operations"`, `"\t"`), []string{"/scope/projects/1/name printable", "/scope/projects/1/name trimmed"}},
		{createMigration, with(createMigration, `"Charts"`, `"`+long+`"`), []string{"/scope/apps/0/name max-length"}},
		{createMigration, with(createMigration, `"com.example.charts"`, `"com/example"`), []string{"/scope/apps/0/key characters"}},
		{createMigration, with(createMigration, `"key":"ENG"`, `"key":"ENG","lead":"ada"`), []string{"/scope/projects/0/lead unknown-field"}},
		{createMigration, with(createMigration, `"key":"ENG"`, `"key":"ENG","a/b~c":1`), []string{"/scope/projects/0/a~1b~0c unknown-field"}},
		{createMigration, `{"name":"n","source":[],"destination":"x","scope":{"projects":{},"apps":[7]}}`, []string{"/destination type", "/scope/apps/0 type", "/scope/projects type", "/source type"}},
		{createMigration, `{"scope":{"projects":[` + strings.Repeat(`{"key":"A"},`, 5000) + `{"key":"A"}]}}`, []string{"/name required", "/source/product one-of",
			"/source/serverId required", "/source/baseUrl required", "/source/version required", "/destination/url required", "/scope/projects max-items"}},

		{editMigration, `{"name":null}`, []string{"/name required"}},
		{editMigration, `{"source":{"product":null}}`, []string{"/source/product one-of"}},
		{editMigration, `{"status":"RUNNING"}`, []string{"/status unknown-field"}},
		{editMigration, `{"source":{"licence":null}}`, []string{"/source/licence unknown-field"}},
		{editMigration, `{"scope":{"projects":[null]}}`, []string{"/scope/projects/0 type"}},
		{editMigration, `{"scope":{"projects":[{"key":null}]}}`, []string{"/scope/projects/0/key type"}},
		{editMigration, `{"scope":{"projects":[{"key":"eng"}]}}`, []string{"/scope/projects/0/key project-key"}},
		{editMigration, `null`, []string{" type"}},
		{editMigration, `[]`, []string{" type"}},

		{settleMigration, `{}`, []string{"/status one-of"}},
		{settleMigration, `{"status":"SAVED"}`, []string{"/status one-of"}},
		{runMigration, `{"force":true}`, []string{"/force unknown-field"}},
		{runMigration, `[]`, []string{" type"}},

		{offerUpload, `{}`, []string{"/fileName required", "/size min", "/kind one-of", "/sha256 required"}},
		{offerUpload, with(offerUpload, `"support.zip"`, `"../support.zip"`), []string{"/fileName file-name"}},
		{offerUpload, with(offerUpload, `1048576`, `0`), []string{"/size min"}},
		{offerUpload, with(offerUpload, `1048576`, `5497558138881`), []string{"/size max"}},
		{offerUpload, with(offerUpload, `1048576`, `9223372036854775808`), []string{"/size type"}},
		{offerUpload, with(offerUpload, `1048576`, `1.5`), []string{"/size type"}},
		{offerUpload, with(offerUpload, `1048576`, `1e6`), []string{"/size type"}},
		{offerUpload, with(offerUpload, `1048576`, `"1048576"`), []string{"/size type"}},
		{offerUpload, with(offerUpload, `"kind":"support-zip"`, `"kind":"unmatched"`), []string{"/kind one-of"}},
		{offerUpload, with(offerUpload, digestOfSome, `abc`), []string{"/sha256 sha256"}},

		{placeHold, `{}`, []string{"/scope scope", "/reason required", "/reviewBy required"}},
		{placeHold, with(placeHold, `"Matter 7, order of the court"`, `""`), []string{"/reason required"}},
		{placeHold, with(placeHold, `"Matter 7, order of the court"`, `"`+strings.Repeat("x", 1001)+`"`), []string{"/reason max-length"}},
		{placeHold, with(placeHold, `"Matter 7, order of the court"`, `"a\u0000b"`), []string{"/reason printable"}},
		{placeHold, with(placeHold, `"2026-09-01T00:00:00Z"`, `"2026-03-02T09:29:59Z"`), []string{"/reviewBy future"}},
		{placeHold, with(placeHold, `"2026-09-01T00:00:00Z"`, `"2036-09-01T00:00:00Z"`), []string{"/reviewBy max"}},
		{placeHold, with(placeHold, `"2026-09-01T00:00:00Z"`, `"tomorrow"`), []string{"/reviewBy time"}},
		{placeHold, with(placeHold, `"2026-09-01T00:00:00Z"`, `1788220800`), []string{"/reviewBy type"}},
		{placeHold, with(placeHold, archivedMig, `all`), []string{"/scope scope"}},
		{placeHold, `{"scopes":[]}`, []string{"/scopes unknown-field"}},
		{releaseHold, `{}`, []string{"/reason required"}},
		{releaseHold, `{"reason":" "}`, []string{"/reason trimmed"}},
		{terminate, `{}`, []string{"/reason required"}},
		{terminate, `{"reason":"x","deleteBy":"2026-09-01T00:00:00Z"}`, []string{"/deleteBy unknown-field"}},

		{signParts, `{}`, []string{"/parts min-items"}},
		{signParts, `{"parts":[{"number":3,"sha256":"` + digestOfSome + `"}]}`, []string{"/parts/0/number range"}},
		{signParts, `{"parts":[{"number":1,"sha256":""}]}`, []string{"/parts/0/sha256 sha256"}},
		{signParts, `{"parts":[{"number":true}]}`, []string{"/parts/0/number type"}},
		{completeUpload, ``, []string{"/parts complete"}},
		{completeUpload, `{"parts":[]}`, []string{"/parts complete"}},
		{completeUpload, `{"sha256":"x"}`, []string{"/sha256 sha256"}},
		{completeUpload, `{"sha256":1}`, []string{"/sha256 type"}},
		{completeUpload, `{"parts":[{"number":1},{"number":1,"etag":"e","sha256":"` + digestOfSome + `"}]}`, []string{"/parts/0/sha256 sha256",
			"/parts/0/etag required", "/parts/1/number unique"}},
	} {
		c := newCell(t)
		switch test.line {
		case createOrg:
			c.as = person(access.Operator)
		case placeHold, releaseHold:
			c.as = person(access.SecurityOfficer)
		}
		got := c.refused(fault.BadInput, test.line, test.body, `If-Match: "1"`)
		if rules := got.rules(); !slices.Equal(rules, test.rules) {
			t.Errorf("%s %.100s: broken are %q, want %q", test.line, test.body, rules, test.rules)
		}
		if len(c.recorded()) > 0 {
			t.Errorf("%s %.100s: something was written", test.line, test.body)
		}
	}
}

// JSON that two readers could read differently, or that no client means.
func TestHostileBodies(t *testing.T) {
	t.Parallel()
	nested := func(n int) string {
		return `{"name":` + strings.Repeat(`[`, n) + strings.Repeat(`]`, n) + `}`
	}
	for _, test := range []struct {
		name, body string
		kind       fault.Kind
		detail     string
	}{
		{"nothing", ``, fault.Malformed, "needed"},
		{"white space", `  `, fault.Malformed, "not one JSON value"},
		{"half a value", `{"name":"x"`, fault.Malformed, "at byte 11"},
		{"two values", `{} {}`, fault.Malformed, "at byte 4"},
		{"a comma too many", `{"name":"x",}`, fault.Malformed, "at byte 13"},
		{"a comment", `{/**/}`, fault.Malformed, "at byte 2"},
		{"NaN", `{"size":NaN}`, fault.Malformed, "not one JSON value"},
		{"a byte order mark", "\ufeff{}", fault.Malformed, "not one JSON value"},
		{"UTF-16", "\xff\xfe{\x00}\x00", fault.Malformed, "UTF-8"},
		{"overlong UTF-8", "{\"name\":\"\xc0\xaf\"}", fault.Malformed, "UTF-8"},
		{"a member twice", `{"name":"x","name":"y"}`, fault.Malformed, "twice"},
		{"a member twice, spelled differently", `{"name":"x","n\u0061me":"y"}`, fault.Malformed, "twice"},
		{"a nested member twice", `{"scope":{"apps":[{"key":"a","key":"b"}]}}`, fault.Malformed, "twice"},
		{"32 levels", nested(31), fault.BadInput, ""},
		{"33 levels", nested(32), fault.Malformed, "deeper"},
		{"half a million levels", nested(500_000), fault.Malformed, "not one JSON value"},
		{"a megabyte", `{"name":"` + strings.Repeat("x", maxBody-11) + `"}`, fault.BadInput, ""},
		{"a megabyte and a byte", `{"name":"` + strings.Repeat("x", maxBody-10) + `"}`, fault.TooLarge, "1048576"},
		{"ten thousand unknown members", `{"b":0` + manyMembers(10_000) + `}`, fault.BadInput, "100 fields"},
		{"an endless name", `{"` + strings.Repeat("x", 100_000) + `":1}`, fault.BadInput, ""},
		{"text", `"x"`, fault.BadInput, ""},
		{"null", `null`, fault.BadInput, ""},
	} {
		c := newCell(t)
		got := c.refused(test.kind, createMigration, test.body)
		if !strings.Contains(got.get("detail"), test.detail) {
			t.Errorf("%s: the detail is %q, which says nothing of %q", test.name, got.get("detail"), test.detail)
		}
		if len(got.text) > 64<<10 {
			t.Errorf("%s: the answer has %d bytes", test.name, len(got.text))
		}
		if len(c.recorded()) > 0 {
			t.Errorf("%s: something was written", test.name)
		}
	}
}

func manyMembers(n int) string {
	var all strings.Builder
	for i := range n {
		all.WriteString(`,"a` + strconv.Itoa(i) + `":0`)
	}
	return all.String()
}

func TestMediaTypes(t *testing.T) {
	t.Parallel()
	body := exampleOf("POST /v1/orgs/{org}/migrations")
	for contentType, status := range map[string]int{
		"application/json":                    201,
		"Application/JSON":                    201,
		"application/json; charset=utf-8":     201,
		`application/json; charset="UTF-8"`:   201,
		"application/json; charset=utf-16":    415,
		"application/merge-patch+json":        415,
		"application/x-www-form-urlencoded":   415,
		"text/json":                           415,
		"application/json, application/json":  415,
		"application/json; charset=a;charset": 415,
		"":                                    415,
	} {
		c := newCell(t)
		c.want(status, createMigration, body, "Content-Type: "+contentType)
	}
	c := newCell(t)
	c.refused(fault.UnsupportedMedia, createMigration, body, "Content-Encoding: gzip")
	c.want(201, createMigration, body, "Content-Encoding: identity")
	c.want(200, editMigration, `{"name":"Another"}`, `If-Match: "1"`, "Content-Type: application/json")
	c.want(200, editMigration, `{"name":"And another"}`, `If-Match: "2"`, "Content-Type: application/merge-patch+json")
	c.refused(fault.UnsupportedMedia, editMigration, `{"name":"x"}`, `If-Match: "3"`, "Content-Type: application/json-patch+json")
	c.want(200, runMigration, ``)
}

func TestBodyThatBreaksOff(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	r := httptest.NewRequest("POST", "/v1/orgs/"+ours+"/migrations", torn{})
	r.Header.Set("Content-Type", jsonType)
	if got := c.send(r, ""); got.status != 400 {
		t.Errorf("got %d, want 400: %s", got.status, got.text)
	}
}

// The keys that cannot be bound: the reason is the rule, and the refusal is on record.
func TestKeysThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	for _, state := range []org.KeyState{org.Absent, org.Disabled, org.PendingDeletion, org.Asymmetric, org.NotPermitted, org.Unavailable} {
		c := newCell(t)
		c.store.SetKey(customerKey, state)
		got := c.refused(fault.KeyRefused, bindKey, `{"keyArn":"`+customerKey+`"}`)
		if want := []string{"/keyArn " + string(state)}; !slices.Equal(got.rules(), want) {
			t.Errorf("%s: broken are %q, want %q", state, got.rules(), want)
		}
		if on := c.recorded(); len(on) != 1 || on[0].Detail != string(state) {
			t.Errorf("%s: on record is %+v", state, on)
		}
	}
}
