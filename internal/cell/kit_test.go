package cell_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"waybill/internal/cell"
	"waybill/internal/cell/celltest"
)

func start(t *testing.T, o cell.Options) *cell.Cell {
	t.Helper()
	c, err := cell.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Stop)
	return c
}

// shared is one cell for the tests that change nothing in it. It ends with the test binary.
func shared(t *testing.T) *cell.Cell {
	t.Helper()
	common.Do(func() {
		o := celltest.Options(t)
		o.Say = nil
		if o.Scratch, common.err = celltest.Scratch(); common.err == nil {
			common.cell, common.err = cell.Start(context.Background(), o)
		}
	})
	if common.err != nil {
		t.Fatal(common.err)
	}
	return common.cell
}

var common struct {
	sync.Once
	cell *cell.Cell
	err  error
}

// call answers with the status and the body, which is also read as JSON when there is something to read it into.
func call(t *testing.T, method, url, body string, into any) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if into != nil && json.Unmarshal(text, into) != nil {
		t.Fatalf("%s %s: %s", method, url, text)
	}
	return resp.StatusCode, string(text)
}
