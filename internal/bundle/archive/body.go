package archive

import (
	"compress/flate"
	"compress/gzip"
	"errors"
	"hash/crc32"
	"io"
	"sync/atomic"
)

// compressed is where an entry's bytes come from. Inflating asks for single bytes, and must not read past its end.
type compressed interface {
	io.Reader
	io.ByteReader
	consumed() int64
}

// body is the content of one entry, inflated and checked while it is read. It ends with io.EOF when everything that is
// known of it held, and with a Problem otherwise; what comes before the Problem is what there is.
type body struct {
	entry  *Entry
	limits *Limits
	source compressed
	plain  io.Reader
	begin  int64
	sized  bool          // the entry's sizes and checksum are known beforehand
	spare  *atomic.Int64 // what may yet be inflated of all that is nested; nil for what is not

	size int64
	sum  uint32
	err  error
}

func newBody(e *Entry, l *Limits, source compressed, inflater io.Reader, sized bool) *body {
	b := &body{entry: e, limits: l, source: source, plain: source, begin: source.consumed(), sized: sized}
	if e.Method == Deflated {
		inflater.(flate.Resetter).Reset(source, nil)
		b.plain = inflater
	}
	return b
}

// Read inflates.
func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.plain.Read(p)
	b.sum = crc32.Update(b.sum, crc32.IEEETable, p[:n])
	b.size += int64(n)
	if b.err = b.beyond(n); b.err == nil && err != nil {
		b.err = b.verdict(err)
	}
	return n, nil
}

// used is how many compressed bytes were taken.
func (b *body) used() int64 { return b.source.consumed() - b.begin }

// beyond tells which limit the content has gone past with n bytes more.
func (b *body) beyond(n int) error {
	switch {
	case b.spare != nil && b.spare.Add(-int64(n)) < 0:
		return broken(TooLarge, "what is nested inflates to more than is left of %d bytes; the rest is not read", b.limits.Total)
	case b.sized && b.size > b.entry.Size:
		return broken(SizeLie, "it inflates to more than the %d bytes that it declares; the rest is not read", b.entry.Size)
	case b.size > b.limits.Entry:
		return broken(EntryLarge, "it is larger than %d bytes; the rest is not read", b.limits.Entry)
	case b.size > b.limits.RatioFrom && b.size/max(1, b.limits.Ratio) > b.used():
		return broken(Ratio, "it inflates more than %d times; the rest is not read", b.limits.Ratio)
	}
	return nil
}

// verdict is what the end of the content means.
func (b *body) verdict(err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case errors.As(err, new(Problem)):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return broken(Truncated, "it ends after %d bytes, within its compressed content", b.size)
	case errors.Is(err, gzip.ErrChecksum):
		return broken(Checksum, "its checksum is wrong after %d bytes", b.size)
	case errors.Is(err, gzip.ErrHeader):
		return broken(Unlisted, "what stands behind its %d bytes is not gzip", b.size)
	case errors.As(err, &corrupt):
		return broken(Corrupt, "its compressed content is damaged after %d bytes", b.size)
	case err != io.EOF:
		return unreadable(err)
	case b.sized:
		return b.compare()
	}
	return io.EOF
}

// compare holds the content against what was declared of it.
func (b *body) compare() error {
	e := b.entry
	switch {
	case e.partial:
		return broken(Truncated, "it ends after %d bytes of its content", b.size)
	case b.size != e.Size:
		return broken(SizeLie, "it inflates to %d bytes and declares %d", b.size, e.Size)
	case b.sum != e.CRC32:
		return broken(Checksum, "its checksum is %08x and should be %08x", b.sum, e.CRC32)
	case b.used() < e.Compressed:
		return broken(Unlisted, "%d of its %d compressed bytes lie behind its end", e.Compressed-b.used(), e.Compressed)
	}
	return io.EOF
}
