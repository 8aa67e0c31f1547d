// Package carry takes a file from this machine to S3, by the ways that a cell signs.
//
// A large file is hashed while it is sent. One pass goes through it in order and takes, out of the same read, the digest of
// each part and that of the whole. A part is sent as soon as its way is signed for its digest, several at a time; the
// digest of the whole is stated when the upload is completed. The pass runs ahead of what is signed by no more than 256 MiB
// or one part, so that the parts are sent from the page cache: memory does not grow with the file, nor with its parts,
// which may be larger than a buffer should be. Whatever a file was changed to after its part was hashed, S3 refuses it,
// and one that was changed by the end of the pass is not completed. A file that travels by one PUT is hashed first: its
// way is signed for its digest.
//
// What was begun is remembered in a journal, and a later run goes on with it: it asks what S3 has, and as the pass comes
// to a part, the part is skipped only if size and digest are those of the file as it is now. A file that has changed since
// is sent again where it differs, never mixed with what it was; one of another size is another upload, as is one that was
// joined in S3 already and has changed. The journal is a directory of the user's with one JSON file for each file and
// place, named by a digest of both. It holds the upload's id and what was offered, never a token or a URL, and goes when
// the upload is sealed or, if nobody waits for that, sent:
//
//	{"draft":{"fileName","size","kind","sha256"},"once","upload"}
//
// It will not encrypt or compress, and it does not look into the file. An upload that is not gone on with costs nothing
// and expires by itself.
package carry

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"time"

	"waybill/internal/client"
)

// ErrChanged is answered when the file is no longer as it was when it was opened. Run again, what differs is sent again.
var ErrChanged = errors.New("the file changed while it was being sent")

// Carrier carries files. All its fields are needed, but for Meter.
type Carrier struct {
	Records  Records
	Ways     Ways
	Store    Store
	Journal  Journal
	Retry    client.Retry  // how often one part is sent; the Records and Ways have patience of their own
	OnePut   int64         // bytes; the cell wants the digest of a file up to so large when it is offered
	Parallel int           // parts on their way at once
	Stall    time.Duration // without a byte moving for so long, a part is given up and sent again
	Wait     time.Duration // how long to wait for the seal once everything is in S3; 0 does not wait
	Meter    Meter
	Say      func(format string, args ...any) // what a person may want to know
}

// Records is what the cell keeps of uploads.
type Records interface {
	// OfferUpload opens an upload; the same draft under the same once opens no other.
	OfferUpload(ctx context.Context, to client.Place, d client.UploadDraft, once string) (client.Record[client.Upload], error)
	Upload(ctx context.Context, id string) (client.Record[client.Upload], error)
	// CompleteUpload may answer a record that is still PENDING. Asking again is harmless.
	CompleteUpload(ctx context.Context, id string, all client.Completion) (client.Record[client.Upload], error)
}

// Ways is what the cell signs, and what it sees at the other end.
type Ways interface {
	SignPut(ctx context.Context, id string) (client.Signed, error)
	SignParts(ctx context.Context, id string, parts []client.PartDigest) ([]client.SignedPart, error)
	// Parts lists what S3 has already.
	Parts(ctx context.Context, id string) ([]client.Part, error)
}

// Store is S3; NewStore makes one.
type Store interface {
	Do(*http.Request) (*http.Response, error)
}

// Parcel is a file and where it is to go.
type Parcel struct {
	Path string
	To   client.Place
	Kind string // one of the API's kinds
	// Receipt is the SHA-256 of the receipt of a redaction, in base64; empty where nothing was redacted.
	Receipt string
}

// record is what the cell said last of the upload.
type record = client.Record[client.Upload]

// errand is one parcel on its way.
type errand struct {
	Carrier
	parcel Parcel
	goods  *goods
	draft  client.UploadDraft // what the cell is told of it at first
}

// Send carries a parcel and answers its record. When all bytes are in S3 but the seal did not come within Wait, the record
// is PENDING and there is no error; every other end without a seal is an error, together with the record if there is one.
func (c Carrier) Send(ctx context.Context, p Parcel) (record, error) {
	if c.Meter == nil {
		c.Meter = quiet{}
	}
	g, err := open(p.Path)
	if err != nil {
		return record{}, err
	}
	defer g.file.Close()
	e, err := c.errand(ctx, p, g)
	if err != nil {
		return record{}, err
	}
	u, err := e.run(ctx)
	if err != nil && g.changed() {
		return u, ErrChanged
	}
	if err != nil || u.Value.State != client.Sealed && c.Wait > 0 {
		return u, err
	}
	return u, c.Journal.forget(p)
}

// errand takes the digest of a file that travels by one PUT: its way is signed for it.
func (c Carrier) errand(ctx context.Context, p Parcel, g *goods) (e errand, err error) {
	e = errand{c, p, g, client.UploadDraft{FileName: filepath.Base(p.Path), Size: g.size, Kind: p.Kind, ReceiptSHA256: p.Receipt}}
	if g.size <= c.OnePut {
		e.draft.SHA256, err = c.whole(ctx, g)
	}
	return e, err
}

func (e errand) run(ctx context.Context) (u record, err error) {
	u, resumed, err := e.begin(ctx)
	switch {
	case err != nil:
	case u.Value.State == client.Sealed || e.joined(u.Value):
	case u.Value.Method == client.Single:
		err = e.single(ctx, u.Value)
	default:
		u, err = e.multipart(ctx, u, resumed)
	}
	if err != nil || u.Value.State == client.Sealed {
		return u, err
	}
	return e.await(ctx, u)
}

// single sends the whole file by one PUT. S3 refuses a second one (If-None-Match): then the first had arrived after all.
func (e errand) single(ctx context.Context, u client.Upload) error {
	d := delivery{file: e.goods.file, size: e.goods.size, resign: func(ctx context.Context) (client.Signed, error) { return e.Ways.SignPut(ctx, u.ID) }}
	var err error
	if u.Put != nil {
		d.way = *u.Put
	} else if d.way, err = d.resign(ctx); err != nil {
		return err
	}
	e.Meter.Begin("sending", e.goods.size)
	defer e.Meter.End()
	if _, err = e.put(ctx, d); refusedWith(err, http.StatusPreconditionFailed) {
		return nil
	}
	return err
}
