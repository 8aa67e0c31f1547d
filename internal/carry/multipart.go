package carry

import (
	"context"
	"fmt"

	"waybill/internal/client"
)

// transfer is a multipart upload under way. Each part has its own place in done, so nothing needs a lock.
type transfer struct {
	Carrier
	goods *goods
	id    string
	done  []client.Part
}

// multipart sends the parts that S3 does not have yet, and has S3 join them. S3 held each to the digest that was taken in
// the same read as the whole's: what it joins is what was stated, whatever happened to the file meanwhile.
func (c Carrier) multipart(ctx context.Context, g *goods, u record) (record, error) {
	if err := c.agree(ctx, g, u.Value); err != nil {
		return u, err
	}
	t := transfer{Carrier: c, goods: g, id: u.Value.ID, done: make([]client.Part, len(g.manifest.Parts))}
	missing, err := t.compare(ctx)
	if err != nil {
		return u, err
	}
	if err := t.send(ctx, missing); err != nil {
		return u, err
	}
	joined, err := c.Records.CompleteUpload(ctx, t.id, t.done)
	if err != nil {
		return u, err
	}
	return joined, nil
}

// agree takes the parts' digests again when the cell wants parts of another size than was guessed.
func (c Carrier) agree(ctx context.Context, g *goods, u client.Upload) error {
	if u.PartSize <= 0 || int64(u.Parts) != (g.size+u.PartSize-1)/u.PartSize {
		return fmt.Errorf("the cell wants %d parts of %d bytes, which is not this file", u.Parts, u.PartSize)
	}
	if u.PartSize == g.manifest.PartSize {
		return nil
	}
	stated := g.manifest.SHA256
	if err := c.survey(ctx, g, u.PartSize); err != nil {
		return err
	}
	if g.manifest.SHA256 != stated {
		return ErrChanged
	}
	return nil
}

// compare asks what S3 has and answers the parts that it has not, or has otherwise than the file.
func (t transfer) compare(ctx context.Context) (missing []client.PartDigest, err error) {
	there, err := t.Ways.Parts(ctx, t.id)
	if err != nil {
		return nil, err
	}
	for _, p := range there {
		switch {
		case p.Number < 1 || p.Number > len(t.done):
		case p.SHA256 == t.digest(p.Number) && p.Size == t.length(p.Number):
			t.done[p.Number-1] = client.Part{Number: p.Number, ETag: p.ETag, SHA256: p.SHA256}
		default:
			t.Say("Part %d in S3 differs from the file; it is sent again.", p.Number)
		}
	}
	for i, p := range t.done {
		if p.Number == 0 {
			missing = append(missing, client.PartDigest{Number: i + 1, SHA256: t.digest(i + 1)})
		}
	}
	if found := len(t.done) - len(missing); found > 0 {
		t.Say("%d of %d parts are in S3 already.", found, len(t.done))
	}
	return missing, nil
}

func (t transfer) digest(n int) string { return t.goods.manifest.Parts[n-1] }

func (t transfer) start(n int) int64 { return int64(n-1) * t.goods.manifest.PartSize }

func (t transfer) length(n int) int64 {
	return min(t.goods.manifest.PartSize, t.goods.size-t.start(n))
}

func (t transfer) bytes(parts []client.PartDigest) (total int64) {
	for _, p := range parts {
		total += t.length(p.Number)
	}
	return total
}
