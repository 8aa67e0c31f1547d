package clockwork

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"waybill/internal/clock"
)

// world is a cell of a few records. Times in it are minutes after its beginning.
type world struct {
	began   time.Time
	items   map[string]Item
	act     map[string]func() // what a function does to the records
	failure string
	broken  error
	events  []string
}

func (w *world) Look(context.Context) (*Picture, error) {
	var items []Item
	for _, item := range w.items {
		items = append(items, item)
	}
	return NewPicture(items), nil
}

func (w *world) Remove(_ context.Context, item Item, _ time.Time) (bool, error) {
	sk := item["sk"].(*types.AttributeValueMemberS).Value
	_, there := w.items[sk]
	delete(w.items, sk)
	return there, nil
}

func (w *world) Invoke(_ context.Context, function string, event []byte) (string, error) {
	w.events = append(w.events, string(event))
	if act := w.act[function]; act != nil {
		act()
	}
	return w.failure, w.broken
}

func (w *world) Settle(context.Context) error { return nil }

// holding adds a record; -1 is no time.
func (w *world) holding(sk string, due, expires int) *world {
	item := Item{"pk": &types.AttributeValueMemberS{Value: "org_1"}, "sk": &types.AttributeValueMemberS{Value: sk}}
	if due >= 0 {
		item["dueAt"] = &types.AttributeValueMemberS{Value: w.minute(due).Format("2006-01-02T15:04:05.000Z")}
	}
	if expires >= 0 {
		item["expiresAt"] = &types.AttributeValueMemberN{Value: strconv.FormatInt(w.minute(expires).Unix(), 10)}
	}
	w.items[sk] = item
	return w
}

func (w *world) minute(n int) time.Time { return w.began.Add(time.Duration(n) * time.Minute) }

// advance moves the clock from minute 0 and tells what ran, as "purge 15".
func (w *world) advance(t *testing.T, minutes int) string {
	t.Helper()
	p := &Player{File: filepath.Join(t.TempDir(), "clock"), Functions: w, Records: w, Arrivals: w}
	if err := clock.Move(p.File, w.began); err != nil { // however long ago the world was made
		t.Fatal(err)
	}
	p.Stream = Stream{Name: "reap", Function: "reap", Filters: []any{
		pattern(`{"eventName":["REMOVE"],"dynamodb":{"Keys":{"sk":{"S":[{"prefix":"upl#"}]}}}}`),
	}}
	for _, name := range []string{"tick", "purge"} {
		p.Schedules = append(p.Schedules, Schedule{Name: name, Function: name, Rule: rate{w.began, 15 * time.Minute}})
	}
	ran, err := p.Advance(t.Context(), time.Duration(minutes)*time.Minute)
	if !errors.Is(err, w.broken) {
		t.Errorf("advancing: %v", err)
	}
	var all []string
	for _, r := range ran {
		minute := int(r.At.Sub(w.began).Round(time.Minute).Minutes())
		all = append(all, fmt.Sprintf("%s %d%s", r.Function, minute, r.Error))
	}
	return strings.Join(all, ", ")
}

func pattern(text string) (p any) {
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		panic(err)
	}
	return p
}

func newWorld() *world {
	began := time.Now().UTC().Truncate(time.Second)
	return &world{began: began, items: map[string]Item{}, act: map[string]func(){}}
}

// does lets a function act on the records, as often as it runs.
func (w *world) does(function string, act func(items map[string]Item)) *world {
	w.act[function] = func() { act(w.items) }
	return w
}
