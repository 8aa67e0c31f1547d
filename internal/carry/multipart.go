package carry

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash"

	"waybill/internal/client"
)

// transfer is a multipart upload under way. Each part has its own place in parts: the pass writes number and digest
// there, and whoever sends it, later, its ETag; so nothing needs a lock.
type transfer struct {
	errand
	id       string
	partSize int64               // bytes
	there    map[int]client.Part // what S3 has already
	parts    []client.Part
	all      hash.Hash // of the whole file
}

// multipart sends the parts that S3 does not have yet, and has S3 join them. S3 held each to the digest that was taken in
// the same read as the whole's, so what it joins is what is stated; that it is also the file as it was at one time, and
// not one half before and one after a change, is what the last look is for.
func (e errand) multipart(ctx context.Context, u record, resumed bool) (record, error) {
	t, err := e.transfer(ctx, u.Value, resumed)
	if err == nil {
		err = t.send(ctx)
	}
	if err == nil && e.goods.changed() {
		err = ErrChanged
	}
	if err != nil {
		return u, err
	}
	joined, err := e.Records.CompleteUpload(ctx, t.id, client.Completion{Parts: t.parts, SHA256: sum(t.all)})
	if err != nil {
		return u, err
	}
	return joined, nil
}

// transfer asks what S3 has, unless the upload is new.
func (e errand) transfer(ctx context.Context, u client.Upload, resumed bool) (transfer, error) {
	if u.PartSize <= 0 || int64(u.Parts) != (e.goods.size+u.PartSize-1)/u.PartSize {
		return transfer{}, fmt.Errorf("the cell wants %d parts of %d bytes, which is not this file", u.Parts, u.PartSize)
	}
	t := transfer{errand: e, id: u.ID, partSize: u.PartSize, there: map[int]client.Part{}, parts: make([]client.Part, u.Parts), all: sha256.New()}
	if !resumed {
		return t, nil
	}
	there, err := e.Ways.Parts(ctx, u.ID)
	for _, p := range there {
		t.there[p.Number] = p
	}
	if len(there) > 0 {
		e.Say("S3 has %d of %d parts already; they are compared with the file.", len(there), u.Parts)
	}
	return t, err
}

// pass reads the file once, in order, and hands on the parts that S3 does not have as they are now.
func (t transfer) pass(ctx context.Context, hashed chan<- client.PartDigest) error {
	one := sha256.New()
	for n := 1; n <= len(t.parts); n++ {
		one.Reset()
		if err := digest(ctx, t.goods.file, t.start(n), t.length(n), func(int64) {}, one, t.all); err != nil {
			return err
		}
		t.parts[n-1] = client.Part{Number: n, SHA256: sum(one)}
		if t.found(n) {
			continue
		}
		select {
		case hashed <- t.digest(n):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// found takes over what S3 has of a part, if it is the file's.
func (t transfer) found(n int) bool {
	p, is := t.there[n]
	same := is && p.SHA256 == t.parts[n-1].SHA256 && p.Size == t.length(n)
	switch {
	case same:
		t.parts[n-1].ETag = p.ETag
		t.Meter.Add(t.length(n))
	case is:
		t.Say("Part %d in S3 differs from the file; it is sent again.", n)
	}
	return same
}

func (t transfer) digest(n int) client.PartDigest {
	return client.PartDigest{Number: n, SHA256: t.parts[n-1].SHA256}
}

func (t transfer) start(n int) int64 { return int64(n-1) * t.partSize }

func (t transfer) length(n int) int64 { return min(t.partSize, t.goods.size-t.start(n)) }
