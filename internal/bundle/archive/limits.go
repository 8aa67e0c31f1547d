package archive

// Limits bound what an archive may cost. Sizes are bytes. Going past one is a Problem, and what lies beyond it is not read.
//
// Time is bounded by the context that Open and Read are given.
type Limits struct {
	Entries   int   // listed in the directory
	Directory int64 // size of the directory, and of what is kept of it
	Name      int   // bytes of a name
	Entry     int64 // inflated, of one entry or one nested file
	Total     int64 // inflated, of all entries and of what is nested in them
	Ratio     int64 // inflated to compressed, of an entry from RatioFrom on
	RatioFrom int64
	Line      int // bytes of a line; also the size of a block
	Nesting   int // archives within archives
}

// DefaultLimits are for support bundles, and where each comes from.
func DefaultLimits() Limits {
	return Limits{
		Entries:   65_535,   // what a zip can list without zip64 (APPNOTE 4.4.21); a support bundle has hundreds
		Directory: 32 << 20, // 65,535 entries with names of 400 bytes, three times what unpackers of Java write
		Name:      1024,     // a quarter of Linux' PATH_MAX, four times Windows' MAX_PATH
		Entry:     16 << 30, // a heap dump of a large node; logs are rotated at some 20 MiB
		Total:     64 << 30, // 32 times what the vendor's own redaction takes on (2 GB); some minutes on two cores
		Ratio:     250,      // logs inflate 5 to 60 times, deflate at most 1,032 times (zlib, "Maximum Expansion Factor")
		RatioFrom: 64 << 20, // a log with a hole of NULs, or of one line again and again, goes past any ratio for a while
		Line:      256 << 10,
		Nesting:   1, // a cluster's bundle holds a bundle for each node, and those hold none
	}
}
