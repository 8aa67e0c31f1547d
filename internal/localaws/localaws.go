// Package localaws runs one local AWS (MiniStack) as a child process: for `waybill dev`, and for tests (package awstest).
//
// The process starts in a clean environment, so that neither the user's AWS variables and profiles nor a proxy reach it
// or the functions it runs, and it listens on a loopback address only. The configuration handed out (Server.Config)
// dials loopback addresses and nothing else: no mistake made here can touch a real account. Its root credentials are
// random.
//
// It will not install anything: the virtual environment is made by `make venv` from infra/local/requirements.txt.
//
// What it writes lies below Options.Dir, and nowhere else:
//
//	ministack.log   what the process says
//	home/, tmp/     HOME and TMPDIR of the process and of the functions, the functions' unpacked code among them
//	state/, s3/     with Options.Keep: everything that outlives a restart
//
// A process ends with its parent however the parent ends: it reads its standard input, which closes then (launch.py).
package localaws

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// Options say where a local AWS lives.
type Options struct {
	Venv    string   // virtual environment that holds MiniStack; "" means FindVenv
	Dir     string   // made when absent; see the package for what is written there
	Address string   // host:port, the host a loopback address; port 0 is not admitted, take FreePort
	Region  string   // region of requests that name none, and of the functions
	Keep    bool     // the state outlives the process; otherwise Dir is removed when it ends
	Env     []string // more variables (NAME=value) for the process, which the functions inherit
}

// Server is a local AWS that answers.
type Server struct {
	Endpoint  string // http://host:port
	Region    string
	AccessKey string // root credentials, made at start
	SecretKey string

	opts  Options
	cmd   *exec.Cmd
	log   *os.File
	leash *os.File // the end of the process's standard input that we hold
	done  chan struct{}
	once  sync.Once
}

// Start runs the process and returns when it answers. The context bounds the start alone. An address that is taken, or
// that is not a loopback address, is refused before anything was started; a process that ends early is an error with
// its last words.
func Start(ctx context.Context, o Options) (*Server, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	s := &Server{
		Endpoint: "http://" + o.Address, Region: o.Region,
		AccessKey: accessKey(), SecretKey: secretKey(),
		opts: o, done: make(chan struct{}),
	}
	if err := s.launch(); err != nil {
		return nil, fmt.Errorf("starting the local AWS: %w", err)
	}
	if err := s.await(ctx); err != nil {
		s.Stop()
		return nil, fmt.Errorf("awaiting the local AWS: %w", err)
	}
	return s, nil
}

func (o *Options) complete() (err error) {
	if err := Free(o.Address); err != nil {
		return err
	}
	if o.Venv == "" {
		if o.Venv, err = FindVenv(); err != nil {
			return err
		}
	}
	if o.Dir, err = filepath.Abs(o.Dir); err != nil {
		return fmt.Errorf("placing the state directory: %w", err)
	}
	for _, sub := range []string{"home", "tmp"} {
		if err := os.MkdirAll(filepath.Join(o.Dir, sub), 0o700); err != nil {
			return fmt.Errorf("making the state directory: %w", err)
		}
	}
	return nil
}

// Done is closed when the process has ended, asked or not.
func (s *Server) Done() <-chan struct{} { return s.done }

// Stop ends the process and every function it runs, and returns when they are gone. What Options.Keep asks for has been
// written by then. It may be called again.
func (s *Server) Stop() {
	s.once.Do(func() {
		s.leash.Close()
		select {
		case <-s.done:
		case <-time.After(10 * time.Second):
		}
		killGroup(s.cmd.Process.Pid)
		<-s.done
		s.log.Close()
		if !s.opts.Keep {
			os.RemoveAll(s.opts.Dir)
		}
	})
}

// Free refuses an address that is not loopback, that names no port, or that somebody already listens on.
func Free(address string) error {
	if err := Loopback(address); err != nil {
		return err
	}
	if _, port, _ := net.SplitHostPort(address); port == "0" {
		return fmt.Errorf("%s names no port", address)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("listening on %s: %w", address, err)
	}
	return l.Close()
}

// FreePort finds a loopback address that nobody listens on. Somebody else may take it before its use: be ready to ask
// again.
func FreePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("finding a free port: %w", err)
	}
	defer l.Close()
	return "127.0.0.1:" + strconv.Itoa(l.Addr().(*net.TCPAddr).Port), nil
}
