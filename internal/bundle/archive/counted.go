package archive

import (
	"bufio"
	"io"
)

// counted reads through a buffer and knows how far it has come; it stops where it is told to.
type counted struct {
	*bufio.Reader
	n    int64
	left int64 // bytes until it stops; negative for never
}

func newCounted(r io.Reader) *counted {
	return &counted{Reader: bufio.NewReaderSize(r, 16<<10), left: -1}
}

func (c *counted) consumed() int64 { return c.n }

// Read reads what is left.
func (c *counted) Read(p []byte) (n int, err error) {
	if c.left >= 0 && int64(len(p)) > c.left {
		p = p[:c.left]
	}
	if len(p) == 0 {
		return 0, io.EOF
	}
	n, err = c.Reader.Read(p)
	c.count(n)
	return n, err
}

// ReadByte reads one byte of what is left.
func (c *counted) ReadByte() (byte, error) {
	if c.left == 0 {
		return 0, io.EOF
	}
	b, err := c.Reader.ReadByte()
	if err == nil {
		c.count(1)
	}
	return b, err
}

// Discard skips bytes, whatever is left.
func (c *counted) Discard(n int) (int, error) {
	n, err := c.Reader.Discard(n)
	c.n += int64(n)
	return n, err
}

func (c *counted) count(n int) {
	c.n += int64(n)
	if c.left > 0 {
		c.left -= int64(n)
	}
}

// counter counts what is read, and no more.
type counter struct {
	io.Reader
	n int64
}

// Read counts.
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}
