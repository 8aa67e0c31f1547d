package certificate

// Manifest writes lines down as the digest in a certificate is taken of them: JSON, in their order.
func Manifest(lines []Line) ([]byte, error) {
	written := []manifestLine{}
	for _, l := range lines {
		written = append(written, manifestLine{l.Upload, l.Key, l.VersionID, l.Size, l.SHA256, l.KeyARN, at(l.Sealed), at(l.Due)})
	}
	return spell(written)
}

type manifestLine struct {
	Upload    string  `json:"upload"`
	Key       string  `json:"key"`
	VersionID string  `json:"versionId,omitempty"`
	Size      int64   `json:"size"`
	SHA256    string  `json:"sha256,omitempty"`
	KeyARN    string  `json:"keyArn,omitempty"`
	Sealed    instant `json:"sealed,omitzero"`
	Due       instant `json:"due"`
}
