package archive

import (
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"time"
)

var order = binary.LittleEndian

// Signatures and fixed sizes (APPNOTE 4.3).
const (
	signLocal      = 0x04034b50
	signCentral    = 0x02014b50
	signDescriptor = 0x08074b50
	signEnd        = 0x06054b50
	signEnd64      = 0x06064b50
	signLocator    = 0x07064b50

	sizeLocal   = 30
	sizeCentral = 46
	sizeEnd     = 22
	sizeEnd64   = 56
	sizeLocator = 20
)

const unknown32 = 0xFFFFFFFF

// headers reads header after header into the same memory, and gathers what is wrong with their names.
type headers struct {
	limits  *Limits
	found   *tally
	scratch []byte
}

var errNoRecord = errors.New("no record of a directory")

// record reads one record of the directory.
func (h *headers) record(r io.Reader) (e Entry, err error) {
	fixed, err := h.take(r, sizeCentral)
	if err != nil {
		return e, err
	}
	if order.Uint32(fixed) != signCentral {
		return e, errNoRecord
	}
	e, name, extra, comment := decodeCentral(fixed)
	return e, h.variable(r, &e, name, extra, comment)
}

// variable reads what has no fixed length in a record or in a local header, and names the entry.
func (h *headers) variable(r io.Reader, e *Entry, name, extra, comment int) error {
	b, err := h.take(r, name+extra+comment)
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	} else if err != nil {
		return err
	}
	e.Raw, e.Comment = string(b[:min(name, h.limits.Name)]), string(b[name+extra:])
	text, valid := decodeName(e, e.extras(b[name:name+extra]))
	e.Name = strings.Clone(printable(text))
	if name > h.limits.Name {
		h.note(e, broken(NameLong, "a name of %d bytes; the first %d are kept", name, h.limits.Name))
	}
	if !valid {
		h.note(e, broken(NameEncoding, "the name is said to be UTF-8 and is not"))
	}
	h.note(e, checkName(text)...)
	return nil
}

func (h *headers) note(e *Entry, found ...Problem) {
	for _, p := range found {
		p.File = e.Name
		h.found.add(p)
	}
}

// take reads n bytes, which are good until the next call.
func (h *headers) take(r io.Reader, n int) ([]byte, error) {
	if n > cap(h.scratch) {
		h.scratch = make([]byte, n)
	}
	_, err := io.ReadFull(r, h.scratch[:n])
	return h.scratch[:n], err
}

// decodeCentral reads the fixed part of a directory record, and how long its three variable parts are.
func decodeCentral(b []byte) (e Entry, name, extra, comment int) {
	e = Entry{
		System: b[5], Flags: order.Uint16(b[8:]), Method: order.Uint16(b[10:]), DOSTime: order.Uint32(b[12:]), CRC32: order.Uint32(b[16:]),
		Compressed: int64(order.Uint32(b[20:])), Size: int64(order.Uint32(b[24:])),
		Attributes: order.Uint32(b[38:]), Offset: int64(order.Uint32(b[42:])),
	}
	return e, int(order.Uint16(b[28:])), int(order.Uint16(b[30:])), int(order.Uint16(b[32:]))
}

// decodeLocal reads the fixed part of a local header, and how long its two variable parts are.
func decodeLocal(b []byte) (e Entry, name, extra int) {
	e = Entry{
		System: 3, Flags: order.Uint16(b[6:]), Method: order.Uint16(b[8:]), DOSTime: order.Uint32(b[10:]), CRC32: order.Uint32(b[14:]),
		Compressed: int64(order.Uint32(b[18:])), Size: int64(order.Uint32(b[22:])),
	}
	return e, int(order.Uint16(b[26:])), int(order.Uint16(b[28:]))
}

// extras reads the extra fields that say something of the entry: large sizes, the name in Unicode, the time.
func (e *Entry) extras(b []byte) (name []byte) {
	e.Modified = dosTime(e.DOSTime)
	for len(b) >= 4 {
		id, n := order.Uint16(b), int(order.Uint16(b[2:]))
		if b = b[4:]; n > len(b) {
			break
		}
		switch field := b[:n]; id {
		case 0x0001:
			e.zip64(field)
		case 0x5455: // Info-ZIP's extended timestamp
			if n >= 5 && field[0]&1 != 0 {
				e.Modified = time.Unix(int64(int32(order.Uint32(field[1:]))), 0).UTC()
			}
		case 0x7075:
			name = unicodePath(field, e.Raw)
		}
		b = b[n:]
	}
	return name
}

// zip64 holds, in this order, only those of the fields that do not fit into theirs (APPNOTE 4.5.3). A negative size is
// what a lie above 2^63 becomes; it is refused with those that lie outside.
func (e *Entry) zip64(field []byte) {
	for _, value := range []*int64{&e.Size, &e.Compressed, &e.Offset} {
		if *value != unknown32 || len(field) < 8 {
			continue
		}
		*value = int64(order.Uint64(field))
		field = field[8:]
	}
}

// dosTime is in the time zone of whoever packed; nothing says which, so it is taken as UTC.
func dosTime(t uint32) time.Time {
	date, clock := t>>16, t&0xFFFF
	return time.Date(int(date>>9)+1980, time.Month(date>>5&15), int(date&31), int(clock>>11), int(clock>>5&63), int(clock&31)*2, 0, time.UTC)
}
