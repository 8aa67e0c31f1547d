package archive

import "waybill/internal/bundle/archive/charset"

// File is one file that was read: an entry, or what is nested in it.
type File struct {
	Name  string // entry!inner for what is nested
	Entry *Entry // of the archive, also for what is nested
	Nature

	// State is whatever Take gathers of this file; nobody but Take and End looks at it while the file is read.
	State any

	// What follows is known when Pass.End is called.
	Size     int64 // bytes, inflated
	Lines    int
	Stray    int  // bytes or units that are not valid in the encoding; in UTF-8 they were read as Windows-1252
	Whole    bool // read to its end, what is nested in it found to its end, and sizes and checksums right
	Problems []Problem
}

func (f *File) add(found ...Problem) {
	for _, p := range found {
		if p.File == "" {
			p.File = f.Name
		}
		f.Problems = append(f.Problems, p)
	}
}

// Block is some whole lines of a file. Its bytes are good until Take has returned what was found in them.
type Block struct {
	File *File
	// Text is UTF-8, without the byte order mark, with line ends as they stand. Of a binary, it is the bytes.
	Text []byte
	// Raw is what the text was decoded from. It is Text itself where nothing needed decoding.
	Raw    []byte
	Offset int64 // of Raw in the file
	First  int   // number of the first line, from 1
	// Continues says that the first line began in an earlier block, Cut that the last goes on in the next: only lines
	// longer than Limits.Line.
	Continues, Cut bool

	number int // in the file, from 0
	stray  int
	memory *memory
}

// memory is what a block lies in. There is a fixed number of them, which is what bounds a reading.
type memory struct{ raw, text []byte }

// decode fills in the text.
func (b *Block) decode() {
	if b.File.Kind != Text {
		b.Text = b.Raw
		return
	}
	raw := b.Raw
	if b.Offset == 0 {
		raw = raw[min(b.File.Mark, len(raw)):]
	}
	b.Text, b.stray = b.File.Encoding.Decode(b.memory.text, raw)
	if b.stray > 0 || b.File.Encoding != charset.UTF8 {
		b.memory.text = b.Text
	}
}
