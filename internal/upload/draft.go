package upload

import (
	"encoding/base64"
	"strings"

	"waybill/internal/fault"
	"waybill/internal/policy"
	"waybill/internal/text"
)

// Sizes in bytes. S3's own limits are 5 TiB an object, 10,000 parts, parts of at least 5 MiB.
const (
	MaxSize       = 5 << 40
	SingleUpTo    = 16 << 20
	minPart       = 16 << 20
	maxParts      = 8_000 // all of them, with ETag and digest, fit the 1 MiB body of one completion
	partIncrement = 1 << 20
)

// Draft is what a person says of a file that they mean to upload.
type Draft struct {
	FileName string `json:"fileName"`
	Size     int64  `json:"size"`
	Kind     Kind   `json:"kind"`
	SHA256   string `json:"sha256,omitempty"` // base64, of the whole file; needed up to SingleUpTo
	// ReceiptSHA256 is that of the receipt of a redaction, in base64, where the file was redacted before it left. The
	// receipt states the file's own digest, so each names the other.
	ReceiptSHA256 string `json:"receiptSha256,omitempty"`
}

func (d Draft) check() error {
	var broken fault.Fields
	text.Line(&broken, "/fileName", d.FileName, 1, 255)
	broken.Check(!strings.ContainsAny(d.FileName, `/\`), "/fileName", "file-name", "It must be a name without a path.")
	if broken.Check(d.Size >= 1, "/size", "min", "An empty file cannot be uploaded.") {
		broken.Check(d.Size <= MaxSize, "/size", "max", "A file may have at most 5 TiB (%d bytes).", int64(MaxSize))
	}
	known := d.Kind == SupportZip || d.Kind == Export || d.Kind == Assessment || d.Kind == Other
	broken.Check(known, "/kind", "one-of", "The kind must be support-zip, export, assessment or other.")
	broken.Check(d.SHA256 != "" || d.Size > SingleUpTo, "/sha256", "required", "The SHA-256 of a file of up to %d bytes must be given.", SingleUpTo)
	if d.SHA256 != "" {
		checkDigest(&broken, "/sha256", d.SHA256)
	}
	if d.ReceiptSHA256 != "" {
		checkDigest(&broken, "/receiptSha256", d.ReceiptSHA256)
	}
	return broken.Err()
}

// checkDigest also counts characters: Go's base64 skips line breaks, and a digest becomes a header.
func checkDigest(broken *fault.Fields, pointer, digest string) bool {
	sum, err := base64.StdEncoding.Strict().DecodeString(digest)
	return broken.Check(err == nil && len(sum) == 32 && len(digest) == 44, pointer, "sha256", "It must be a SHA-256 in base64, as S3 gives it (44 characters).")
}

// method chooses one PUT for small files, and for others the smallest part size, in whole MiB, that needs no more parts
// than S3 takes.
func method(size int64) (m Method, partSize int64, parts int) {
	if size <= SingleUpTo {
		return Single, 0, 0
	}
	partSize = max(minPart, roundUp((size+maxParts-1)/maxParts, partIncrement))
	return Multipart, partSize, int((size + partSize - 1) / partSize)
}

func roundUp(n, to int64) int64 { return (n + to - 1) / to * to }

// objectKey is the one place in the bucket that an upload may use. The rule stands in front, so that S3's lifecycle,
// the last resort, can tell what it must keep how long; the organisation next, so that its things lie together.
func objectKey(kind Kind, organisation, id string) string {
	return StagedPrefix + policy.Governing(kind.subject()).Name + "/" + organisation + "/" + id
}

// The prefixes of the staging bucket.
const (
	StagedPrefix = "staged/"
	DropPrefix   = "drop/"
)
