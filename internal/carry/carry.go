// Package carry takes a file from this machine to S3, by the ways that a cell signs.
//
// The file is read twice. The first time it is only hashed: the cell wants the digest of the whole before it opens an
// upload, and that of each part before it signs the part's way, and both come out of the same read, on two cores. Then the
// parts are sent, several at a time, straight from the file: nothing is hashed again, and memory does not grow with the
// file. The second read is served from the page cache when the file fits there.
//
// The whole's digest could be left out for large files. That would save the first read, 0.7 s of about 7 for 1 GB to a local
// S3, and less wherever S3 is farther away than the disk. But it is what lets a person hold the record, and one day the
// certificate of deletion, against sha256sum, and what tells a resumed run that the file is still the same: it is always
// stated.
//
// What was begun is remembered in a journal, and a later run goes on with it: it asks what S3 has, and skips a part only
// if its size and digest are those of the file as it is now. A file that has changed since is another upload. The journal
// is a directory of the user's with one JSON file for each file and place, named by a digest of both. It holds the upload's
// id and what was offered, never a token or a URL, and goes when the upload is sealed or, if nobody waits for that, sent:
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

	"golang.org/x/sync/errgroup"

	"waybill/internal/client"
)

// ErrChanged is answered when the file is no longer as it was when its digests were taken. Run again, it is another upload.
var ErrChanged = errors.New("the file changed while it was being sent")

// Carrier carries files. All its fields are needed, but for Meter and Ready.
type Carrier struct {
	Records  Records
	Ways     Ways
	Store    Store
	Journal  Journal
	Retry    client.Retry  // how often one part is sent; the Records and Ways have patience of their own
	Parallel int           // parts on their way at once
	Stall    time.Duration // without a byte moving for so long, a part is given up and sent again
	Wait     time.Duration // how long to wait for the seal once everything is in S3; 0 does not wait
	Meter    Meter
	Say      func(format string, args ...any) // what a person may want to know
	Ready    func(context.Context) error      // asked while the file is hashed; an error ends the journey before it begins
}

// Records is what the cell keeps of uploads.
type Records interface {
	// OfferUpload opens an upload; the same draft under the same once opens no other.
	OfferUpload(ctx context.Context, to client.Place, d client.UploadDraft, once string) (client.Record[client.Upload], error)
	Upload(ctx context.Context, id string) (client.Record[client.Upload], error)
	// CompleteUpload may answer a record that is still PENDING. Asking again is harmless.
	CompleteUpload(ctx context.Context, id string, parts []client.Part) (client.Record[client.Upload], error)
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
}

// record is what the cell said last of the upload.
type record = client.Record[client.Upload]

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
	if err := c.look(ctx, g); err != nil {
		return record{}, err
	}
	u, err := c.deliver(ctx, p, g)
	if err != nil && g.changed() {
		return u, ErrChanged
	}
	if err != nil || u.Value.State != client.Sealed && c.Wait > 0 {
		return u, err
	}
	return u, c.Journal.forget(p)
}

// look hashes the file while the cell is asked whether it would take it at all.
func (c Carrier) look(ctx context.Context, g *goods) error {
	both, ctx := errgroup.WithContext(ctx)
	if c.Ready != nil {
		both.Go(func() error { return c.Ready(ctx) })
	}
	both.Go(func() error { return c.survey(ctx, g, likelyPart(g.size)) })
	return both.Wait()
}

func (c Carrier) survey(ctx context.Context, g *goods, partSize int64) (err error) {
	c.Meter.Begin("hashing", g.size)
	defer c.Meter.End()
	g.manifest, err = survey(ctx, g.file, g.size, partSize, c.Meter.Add)
	return err
}

func (c Carrier) deliver(ctx context.Context, p Parcel, g *goods) (record, error) {
	draft := client.UploadDraft{FileName: filepath.Base(p.Path), Size: g.size, Kind: p.Kind, SHA256: g.manifest.SHA256}
	u, err := c.begin(ctx, p, draft)
	if err != nil || u.Value.State == client.Sealed {
		return u, err
	}
	if u.Value.Method == client.Single {
		err = c.single(ctx, g, u.Value)
	} else {
		u, err = c.multipart(ctx, g, u)
	}
	if err != nil || u.Value.State == client.Sealed {
		return u, err
	}
	return c.await(ctx, u)
}

// single sends the whole file by one PUT. S3 refuses a second one (If-None-Match): then the first had arrived after all.
func (c Carrier) single(ctx context.Context, g *goods, u client.Upload) error {
	d := delivery{file: g.file, size: g.size, resign: func(ctx context.Context) (client.Signed, error) { return c.Ways.SignPut(ctx, u.ID) }}
	var err error
	if u.Put != nil {
		d.way = *u.Put
	} else if d.way, err = d.resign(ctx); err != nil {
		return err
	}
	c.Meter.Begin("sending", g.size)
	defer c.Meter.End()
	if _, err = c.put(ctx, d); refusedWith(err, http.StatusPreconditionFailed) {
		return nil
	}
	return err
}
