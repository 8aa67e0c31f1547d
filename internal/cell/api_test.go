package cell_test

import (
	"encoding/json"
	"strings"
	"testing"

	"waybill/internal/cell/celltest"
	"waybill/internal/localaws"
)

func TestTheAPIIsBehindTheFront(t *testing.T) {
	t.Parallel()
	c := shared(t)
	var told struct {
		Event struct{ RawPath, RawQueryString string }
	}
	const query = "from=2026-01-01T00%3A00%3A00Z&limit=5"
	status, text := call(t, "GET", c.URL+"/v1/orgs/org_1//events%2Fx?"+query, "", &told)
	if e := told.Event; status != 200 || e.RawPath != "/v1/orgs/org_1//events/x" || e.RawQueryString != query {
		t.Errorf("%d %s", status, text)
	}
}

func TestNothingOfTheUsersReachesTheFunctions(t *testing.T) {
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "AKIATHEIRS", "AWS_SECRET_ACCESS_KEY": "theirs", "AWS_PROFILE": "theirs",
		"AWS_ENDPOINT_URL_S3": "https://s3.theirs.example", "AWS_CONFIG_FILE": "/theirs/config",
		"HTTPS_PROXY": "http://proxy.theirs.example",
	} {
		t.Setenv(name, value)
	}
	o := celltest.Options(t)
	c := start(t, o)
	var told struct{ Environment []string }
	if status, text := call(t, "GET", c.URL+"/", "", &told); status != 200 || len(told.Environment) == 0 {
		t.Fatalf("%d %s", status, text)
	}
	for _, v := range told.Environment {
		if strings.Contains(strings.ToLower(v), "theirs") {
			t.Errorf("a function has %s", v)
		}
		if value, ok := strings.CutPrefix(v, "AWS_ENDPOINT_URL="); ok && value != "http://"+o.AWSAddress {
			t.Errorf("a function calls %s", value)
		}
	}
}

func TestDevelopmentTellsWhatTheCLINeeds(t *testing.T) {
	t.Parallel()
	c := shared(t)
	var told struct {
		Endpoint, Region, AccessKeyID, SecretAccessKey, Bucket string
		Tables, Functions                                      map[string]string
	}
	call(t, "GET", c.URL+"/dev/aws", "", &told)
	if localaws.Loopback(told.Endpoint) != nil || told.Region != "eu-central-1" ||
		told.AccessKeyID == "" || told.SecretAccessKey == "" || told.Bucket == "" || told.Tables["records"] == "" || told.Functions["purge"] != "waybill-purge" {
		t.Errorf("%+v", told)
	}
}

func TestTokensOfDevelopment(t *testing.T) {
	t.Parallel()
	c := shared(t)
	for body, want := range map[string]int{
		`{"sub":"ada"}`: 200,
		`{"sub":"ada","org":"org_1","roles":["viewer"],"ttl":"-1h","claims":{"app":"x"}}`: 200,
		``: 400, `{`: 400, `{}`: 400, `{"sub":""}`: 400, `{"sub":"ada","ttl":"soon"}`: 400,
		`{"sub":"ada","role":"viewer"}`: 400, `{"sub":"ada","roles":"viewer"}`: 400, `{"sub":5}`: 400, `{"sub":"` + strings.Repeat("a", 1<<20) + `"}`: 413,
	} {
		status, text := call(t, "POST", c.URL+"/dev/token", body, nil)
		var told map[string]any
		err := json.Unmarshal([]byte(text), &told)
		if err != nil || status != want || (told["token"] != nil) != (want == 200) {
			t.Errorf("%.60s: %d %s", body, status, text)
		}
	}
}
