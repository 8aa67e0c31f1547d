// Package race times `waybill upload` against `aws s3 cp`: the same file, to the same S3, as two processes by turns, so
// that whatever else the machine does weighs on both alike. The bucket is emptied after each, for the local S3 keeps
// everything in memory.
//
// The peer is asked for the same work: SSE-KMS under the same key, and a SHA-256 of every part that S3 checks. Plain has it
// do less, as `aws s3 cp` does when nobody asks: no encryption by a key of one's own, and a CRC32.
package race

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"time"

	"waybill/internal/clock"
)

// Course is where the race is run.
type Course struct {
	Waybill string   // the binary
	CLI     string   // the AWS CLI; "" means aws of the PATH
	File    string   // what is uploaded
	Cell    string   // WAYBILL_URL
	Token   string   // WAYBILL_TOKEN
	To      []string // flags of `waybill upload` that say where it belongs
	Cache   string   // WAYBILL_CACHE
	S3      Account
	Plain   bool
}

// Times are medians.
type Times struct{ Ours, Peer time.Duration }

// Ratio is below 1 when we are ahead.
func (t Times) Ratio() float64 { return t.Ours.Seconds() / t.Peer.Seconds() }

// Run races so often.
func (c Course) Run(ctx context.Context, rounds int) (Times, error) {
	var ours, peer []time.Duration
	for range rounds {
		for _, turn := range []struct {
			command func(context.Context) *exec.Cmd
			times   *[]time.Duration
		}{{c.ours, &ours}, {c.peer, &peer}} {
			took, err := timed(turn.command(ctx))
			if err != nil {
				return Times{}, err
			}
			*turn.times = append(*turn.times, took)
			if err := c.S3.empty(ctx); err != nil {
				return Times{}, err
			}
		}
	}
	return Times{median(ours), median(peer)}, nil
}

func timed(command *exec.Cmd) (time.Duration, error) {
	began := clock.Now()
	if out, err := command.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("running %s: %w\n%s", command.Path, err, out)
	}
	return clock.Now().Sub(began), nil
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

func (c Course) ours(ctx context.Context) *exec.Cmd {
	command := exec.CommandContext(ctx, c.Waybill, append([]string{"upload", c.File}, c.To...)...)
	command.Env = append(os.Environ(), "WAYBILL_URL="+c.Cell, "WAYBILL_TOKEN="+c.Token, "WAYBILL_CACHE="+c.Cache)
	return command
}

func (c Course) peer(ctx context.Context) *exec.Cmd {
	args := []string{"s3", "cp", c.File, "s3://" + c.S3.Bucket + "/peer", "--no-progress", "--endpoint-url", c.S3.Endpoint}
	if !c.Plain {
		args = append(args, "--sse", "aws:kms", "--sse-kms-key-id", c.S3.KeyARN, "--checksum-algorithm", "SHA256")
	}
	command := exec.CommandContext(ctx, cmp.Or(c.CLI, "aws"), args...)
	command.Env = c.S3.environ()
	return command
}

// MakeFile writes a file of random bytes, always the same ones.
func MakeFile(path string, size int64) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := io.CopyN(file, rand.NewChaCha8([32]byte{}), size); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return file.Close()
}
