// Package page makes the cursors of lists: opaque to clients, and worth something only where they were given.
//
// A cursor is the last id shown and a message authentication code (HMAC-SHA-256, cut to 128 bits) over it, the
// organisation and the listing with its filters. So it can be neither forged nor altered, nor carried to another
// organisation or another list. It holds no secret: an id is no more than the caller was shown.
package page

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"

	"waybill/internal/fault"
)

// The limits of a page.
const (
	DefaultLimit = 50
	MaxLimit     = 100
)

const macSize = 16

// Cursors seals and opens cursors.
type Cursors struct {
	Key func(context.Context) ([]byte, error) // the cell's secret; asked at each use, so whoever supplies it keeps it
}

// Listing is one list of one organisation, with the filters that shape it.
type Listing struct {
	Organisation string
	Name         string // the path and the filters
}

// Seal makes the cursor for what comes after the id.
func (c Cursors) Seal(ctx context.Context, l Listing, last string) (string, error) {
	key, err := c.Key(ctx)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(append(mac(key, l, last), last...)), nil
}

// Open answers the id in a cursor that was sealed for this listing, "" for no cursor, and fault.BadInput for any other.
func (c Cursors) Open(ctx context.Context, l Listing, cursor string) (string, error) {
	if cursor == "" {
		return "", nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(raw) <= macSize || len(raw) > 256 {
		return "", refuse()
	}
	last := string(raw[macSize:])
	sealed, err := c.Seal(ctx, l, last)
	if err != nil {
		return "", err
	}
	if !hmac.Equal([]byte(cursor), []byte(sealed)) { // the whole spelling: Go's base64 skips line breaks
		return "", refuse()
	}
	return last, nil
}

// mac writes each field with its length before it, so that no two sets of fields read the same.
func mac(key []byte, l Listing, last string) []byte {
	h := hmac.New(sha256.New, key)
	for _, field := range []string{l.Organisation, l.Name, last} {
		h.Write([]byte(strconv.Itoa(len(field)) + ":" + field))
	}
	return h.Sum(nil)[:macSize]
}

func refuse() error {
	var broken fault.Fields
	broken.Check(false, "?cursor", "cursor", "The cursor was not given for this list; begin again without one.")
	return broken.Err()
}
