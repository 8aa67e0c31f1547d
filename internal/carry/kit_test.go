package carry_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill/internal/carry"
	"waybill/internal/client"
	"waybill/internal/client/standin"
)

// journey is a file, a cell, and what was said on the way. Nothing in it waits.
type journey struct {
	carry.Carrier
	cell   *standin.Cell
	parcel carry.Parcel
	bytes  []byte

	mu    sync.Mutex
	said  []string
	slept []time.Duration
}

func newJourney(t *testing.T, size int) *journey {
	t.Helper()
	j := &journey{cell: standin.New(t), bytes: content(size)}
	_, mig := j.cell.Migration()
	j.parcel = carry.Parcel{Path: filepath.Join(t.TempDir(), "support.zip"), To: client.Place{Migration: mig}, Kind: "support-zip"}
	j.write(t, j.bytes)
	api, err := client.New(j.cell.URL, standin.Token)
	if err != nil {
		t.Fatal(err)
	}
	api.Retry.Sleep = j.sleep
	retry := client.Patient()
	retry.Sleep = j.sleep
	j.Carrier = carry.Carrier{Records: api, Ways: api, Store: carry.NewStore(3), Journal: carry.Journal{Dir: t.TempDir(), Cell: j.cell.URL},
		OnePut: j.cell.SingleUpTo, Retry: retry, Parallel: 3, Stall: time.Minute, Wait: time.Minute, Say: j.say}
	return j
}

func (j *journey) write(t *testing.T, b []byte) {
	t.Helper()
	if err := os.WriteFile(j.parcel.Path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func (j *journey) sleep(ctx context.Context, d time.Duration) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.slept = append(j.slept, d)
	return context.Cause(ctx)
}

func (j *journey) say(format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.said = append(j.said, fmt.Sprintf(format, args...))
}

// arrives sends, and checks that S3 has the file's bytes and the cell has sealed them, under their digest.
func (j *journey) arrives(t *testing.T) client.Upload {
	t.Helper()
	u, err := j.Send(t.Context(), j.parcel)
	if err != nil {
		t.Fatal(err)
	}
	if u.Value.State != client.Sealed || !bytes.Equal(j.cell.Object(u.Value.ID), j.bytes) {
		t.Fatalf("%s is %s, with %d bytes of %d", u.Value.ID, u.Value.State, len(j.cell.Object(u.Value.ID)), len(j.bytes))
	}
	if sum := sha256.Sum256(j.bytes); u.Value.SHA256 != base64.StdEncoding.EncodeToString(sum[:]) {
		t.Errorf("its digest is said to be %q", u.Value.SHA256)
	}
	return u.Value
}

// breaks sends, and checks that it failed, without a secret in the error.
func (j *journey) breaks(t *testing.T) error {
	t.Helper()
	_, err := j.Send(t.Context(), j.parcel)
	if err == nil {
		t.Fatal("it arrived")
	}
	if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), standin.Token) {
		t.Fatalf("the error tells a secret: %v", err)
	}
	return err
}

func (j *journey) heard(t *testing.T, words string) {
	t.Helper()
	if all := strings.Join(j.said, "\n"); !strings.Contains(all, words) {
		t.Errorf("nobody said %q, only:\n%s", words, all)
	}
}

// puts counts how often a part was put, failures included.
func (j *journey) puts() (n int) {
	for _, call := range j.cell.Calls() {
		if strings.HasPrefix(call, "PUT part") {
			n++
		}
	}
	return n
}

func content(size int) []byte {
	b := make([]byte, size)
	source := rand.NewChaCha8([32]byte{1})
	_, _ = source.Read(b)
	return b
}

const (
	small = 70 << 10
	large = 300 << 10 // five parts of 64 KiB, the last one shorter
	parts = 5
)
