package localaws

import (
	"bytes"
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

//go:embed launch.py
var launcher string

func (s *Server) launch() error {
	log, err := os.Create(s.path("ministack.log"))
	if err != nil {
		return err
	}
	theirs, ours, err := os.Pipe()
	if err != nil {
		return err
	}
	defer theirs.Close()
	scratch := s.opts.Dir
	if s.opts.Keep {
		scratch = ""
	}
	s.cmd = exec.Command(filepath.Join(s.opts.Venv, "bin", "python"), "-c", launcher, scratch)
	s.cmd.Env, s.cmd.Dir = s.environ(), s.opts.Dir
	s.cmd.Stdin, s.cmd.Stdout, s.cmd.Stderr = theirs, log, log
	ownGroup(s.cmd)
	s.leash, s.log = ours, log
	if err := s.cmd.Start(); err != nil {
		return errors.Join(err, ours.Close(), log.Close())
	}
	go func() {
		s.cmd.Wait()
		close(s.done)
	}()
	return nil
}

// await polls: the process has no way of saying that it listens.
func (s *Server) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if s.healthy(ctx) {
			return nil
		}
		select {
		case <-tick.C:
		case <-s.done:
			return fmt.Errorf("it ended: %s", s.lastWords())
		case <-ctx.Done():
			return fmt.Errorf("%w: %s", ctx.Err(), s.lastWords())
		}
	}
}

func (s *Server) healthy(ctx context.Context) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.Endpoint+"/_ministack/health", nil)
	if err != nil {
		return false
	}
	resp, err := loopbackClient().Do(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// lastWords reads through the open file: a process that ended has removed its directory.
func (s *Server) lastWords() string {
	const most = 500
	info, err := s.log.Stat()
	if err != nil {
		return err.Error()
	}
	b := make([]byte, min(most, info.Size()))
	s.log.ReadAt(b, info.Size()-int64(len(b)))
	return string(bytes.TrimSpace(b))
}

// accessKey looks like any other, so that clients which check the form accept it.
func accessKey() string {
	return "AKIA" + strings.ToUpper(randomHex(8))
}

func secretKey() string { return randomHex(20) }

func randomHex(n int) string {
	b := make([]byte, n)
	rand.Read(b) // never fails: crypto/rand
	return hex.EncodeToString(b)
}
