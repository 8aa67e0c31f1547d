package cell_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"waybill/internal/cell"
	"waybill/internal/cell/celltest"
)

type moved struct {
	Now time.Time
	Ran []struct {
		Function, Error string
		At              time.Time
	}
}

func TestTheClockPlaysSchedulesAndTimeToLive(t *testing.T) {
	t.Parallel()
	o := celltest.Options(t)
	o.State = t.TempDir()
	c := start(t, o)
	from := clockOf(t, c)
	put(t, c, "upl#1", from.Add(20*time.Minute), from.Add(40*time.Minute))
	put(t, c, "once#1", time.Time{}, from.Add(40*time.Minute))

	var m moved
	if status, text := call(t, "POST", c.URL+"/dev/clock", `{"advance":"2h"}`, &m); status != 200 {
		t.Fatalf("%d %s", status, text)
	}
	const want = "purge 30, purge 45, reap 45, tick 60, purge 60, tick 120, purge 120"
	var ran []string
	for _, r := range m.Ran {
		ran = append(ran, r.Function+" "+strconv.Itoa(int(r.At.Sub(from).Round(time.Minute).Minutes())))
	}
	if got := strings.Join(ran, ", "); got != want {
		t.Errorf("ran %s\nwant %s", got, want)
	}
	if m.Now.Before(from.Add(2 * time.Hour)) {
		t.Errorf("from %v by two hours to %v", from, m.Now)
	}
	traced(t, filepath.Join(o.State, "home", "trace"), m)
}

// traced holds what the functions wrote down against what the cell says it ran.
func traced(t *testing.T, file string, m moved) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	if len(lines) != len(m.Ran) {
		t.Fatalf("%d functions ran, %d wrote:\n%s", len(m.Ran), len(lines), b)
	}
	for i, r := range m.Ran {
		name, rest, _ := strings.Cut(lines[i], " ")
		at, event, _ := strings.Cut(rest, " ")
		saw, err := time.Parse(time.RFC3339, at)
		if name != "waybill-"+r.Function || err != nil || saw.Sub(r.At).Abs() > 10*time.Second {
			t.Errorf("%s at %v wrote %s at %s", r.Function, r.At, name, at)
		}
		if !strings.Contains(strings.ReplaceAll(event, " ", ""), expected(r.Function)) {
			t.Errorf("%s was sent %s", r.Function, event)
		}
	}
}

func expected(function string) string {
	if function == "reap" {
		return `"userIdentity":{"principalId":"dynamodb.amazonaws.com","type":"Service"}`
	}
	return `{"schedule":"` + function + `"}`
}

func TestFourteenDaysPassInASecondOrSo(t *testing.T) {
	t.Parallel()
	c := start(t, celltest.Options(t))
	from := clockOf(t, c)
	put(t, c, "upl#1", from.Add(14*24*time.Hour-time.Minute), time.Time{})
	var m moved
	began := time.Now()
	call(t, "POST", c.URL+"/dev/clock", `{"advance":"14d"}`, &m)
	t.Logf("took %v, ran %d", time.Since(began), len(m.Ran))
	if took := time.Since(began); took > 10*time.Second || len(m.Ran) > 5 {
		t.Errorf("took %v, ran %v", took, m.Ran)
	}
}

func TestTheClockRefuses(t *testing.T) {
	t.Parallel()
	c := shared(t)
	for _, body := range []string{
		``, `{}`, `[]`, `{"advance":"-1h"}`, `{"advance":"-1d"}`, `{"advance":"1.5d"}`, `{"advance":"soon"}`, `{"advance":5}`,
		`{"advance":"99999h"}`, `{"advance":"9999d"}`, `{"advance":"1h","by":"1h"}`, `{"advance":"1h"} {}`,
	} {
		var p struct {
			Status        int
			Title, Detail string
		}
		if status, text := call(t, "POST", c.URL+"/dev/clock", body, &p); status != 400 || p.Status != 400 || p.Detail == "" {
			t.Errorf("%s: %d %s", body, status, text)
		}
	}
}

func clockOf(t *testing.T, c *cell.Cell) time.Time {
	t.Helper()
	var m moved
	if status, text := call(t, "GET", c.URL+"/dev/clock", "", &m); status != 200 {
		t.Fatalf("the clock: %d %s", status, text)
	}
	return m.Now
}

// put writes a record as root, which is also what /dev/aws is for.
func put(t *testing.T, c *cell.Cell, sk string, due, expires time.Time) {
	t.Helper()
	var a struct {
		Endpoint, Region, AccessKeyID, SecretAccessKey string
		Tables                                         struct{ Records string }
	}
	call(t, "GET", c.URL+"/dev/aws", "", &a)
	db := dynamodb.New(dynamodb.Options{
		BaseEndpoint: &a.Endpoint, Region: a.Region,
		Credentials: credentials.NewStaticCredentialsProvider(a.AccessKeyID, a.SecretAccessKey, ""),
	})
	text := func(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
	item := map[string]types.AttributeValue{"pk": text("org_1"), "sk": text(sk)}
	if !due.IsZero() {
		item["dueAt"] = text(due.Format("2006-01-02T15:04:05.000Z"))
	}
	if !expires.IsZero() {
		item["expiresAt"] = &types.AttributeValueMemberN{Value: strconv.FormatInt(expires.Unix(), 10)}
	}
	if _, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &a.Tables.Records, Item: item}); err != nil {
		t.Fatal(err)
	}
}
