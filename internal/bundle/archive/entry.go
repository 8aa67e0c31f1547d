package archive

import "time"

// Entry is what the directory says of one file. Nothing of it has been compared with the file's content. Extra fields are
// not kept.
type Entry struct {
	Name    string // UTF-8, safe to print: what is not is escaped as in Go source
	Raw     string // the name as it stands, up to Limits.Name bytes
	Index   int    // in the directory, from 0
	Refused Rule   // why the content is not read; empty when it is

	Method     uint16 // 0 stored, 8 deflated
	Flags      uint16 // general purpose bits (APPNOTE 4.4.4)
	System     uint8  // who made it: 0 DOS, 3 Unix, 10 NTFS, 19 macOS (APPNOTE 4.4.2)
	Attributes uint32 // external file attributes; Unix keeps its mode in the upper half
	Modified   time.Time
	DOSTime    uint32 // date and time as they stand
	CRC32      uint32
	Compressed int64
	Size       int64  // inflated
	Offset     int64  // of the local header in the file, whatever stands before the archive
	Comment    string // as it stands

	partial bool // the file ends within it
}

// Methods that are read.
const (
	Stored   = 0
	Deflated = 8
)

const (
	flagEncrypted  = 1 << 0
	flagDescriptor = 1 << 3 // sizes and checksum stand behind the content
	flagStrong     = 1 << 6
	flagUTF8       = 1 << 11
	flagMasked     = 1 << 13 // an encrypted directory
)

// Kinds of file in Unix' mode.
const (
	modeKind    = 0xF000
	modeRegular = 0x8000
	modeDir     = 0x4000
	modeLink    = 0xA000
)

const dosDirectory = 1 << 4

// Mode is the Unix mode, kind of file included; zero when whoever made the archive keeps none.
func (e *Entry) Mode() uint32 {
	if e.System == 3 || e.System == 19 {
		return e.Attributes >> 16
	}
	return 0
}

// IsDir holds for directories: they are named with a slash at the end, or marked so.
func (e *Entry) IsDir() bool {
	return e.Raw != "" && e.Raw[len(e.Raw)-1] == '/' || e.Mode()&modeKind == modeDir || e.Mode() == 0 && e.Attributes&dosDirectory != 0
}

// IsSymlink holds for symbolic links; the content is where they lead.
func (e *Entry) IsSymlink() bool { return e.Mode()&modeKind == modeLink }

// IsEncrypted holds for every kind of encryption.
func (e *Entry) IsEncrypted() bool { return e.Flags&(flagEncrypted|flagStrong|flagMasked) != 0 }

// refusal is why the content is not read, as far as the directory tells.
func (e *Entry) refusal() (p Problem, refused bool) {
	kind := e.Mode() & modeKind
	switch {
	case e.IsEncrypted():
		return broken(Encrypted, "encrypted; nothing of it can be read"), true
	case e.IsSymlink():
		return broken(Link, "a symbolic link; it is not followed"), true
	case e.IsDir():
		return broken(Special, "a directory with %d bytes of content", e.Size), e.Size > 0 || e.Compressed > 2
	case kind != 0 && kind != modeRegular:
		return broken(Special, "not a regular file (mode %#o)", e.Mode()), true
	case e.Method != Stored && e.Method != Deflated:
		return broken(Method, "compressed by method %d; only 0 (stored) and 8 (deflated) are read", e.Method), true
	}
	return Problem{}, false
}
