package main

import (
	"context"
	"os"
	"path/filepath"

	"waybill/internal/carry/race"
)

const (
	uploadSize = 1 << 30
	uploadRuns = 5
)

// uploads is the whole command, `waybill upload` beside `aws s3 cp`, of the same file to the same local S3: once with
// the peer as it is when nobody asks for more, and once with the peer doing what we do (SSE-KMS under the organisation's
// key, a SHA-256 of every part).
func (p place) uploads(ctx context.Context) ([]Figure, error) {
	home := filepath.Join(p.root, "build", "bench")
	if err := os.MkdirAll(home, 0o755); err != nil {
		return nil, err
	}
	file := filepath.Join(home, "export.bin")
	if err := race.MakeFile(file, uploadSize); err != nil {
		return nil, err
	}
	defer os.Remove(file)
	course := race.Course{Waybill: filepath.Join(p.root, "build", "waybill"), CLI: filepath.Join(p.root, "build", "bench-venv", "bin", "aws"),
		File: file, Cell: p.url, Token: p.token, To: []string{"--org", p.organisation, "--kind", "export", "--wait", "0"}, Cache: filepath.Join(home, "cache"),
		S3: race.Account{Endpoint: p.aws.Endpoint, Region: p.aws.Region, AccessKey: p.aws.AccessKeyID, SecretKey: p.aws.SecretAccessKey, Bucket: p.aws.Bucket, KeyARN: p.key}}
	var figures []Figure
	for _, peer := range []struct {
		plain bool
		about string
	}{{true, "aws s3 cp, plain"}, {false, "aws s3 cp with SSE-KMS and SHA-256"}} {
		course.Plain = peer.plain
		times, err := course.Run(ctx, uploadRuns)
		if err != nil {
			return nil, err
		}
		figures = append(figures, against("upload of 1 GB", "s", times.Ours.Seconds(), times.Peer.Seconds(), 1, peer.about))
	}
	return figures, nil
}
