// Package cell is a whole cell on one machine, as `waybill dev` runs it: the local AWS (package localaws),
// template.yaml deployed into it (package stack), and in front of it the cell's address, with what only development
// has: healthz, an issuer of tokens (package issuer) and a clock that can be moved (package clockwork).
//
// Nothing of this is deployed on AWS, and nothing of it is needed there. It builds nothing: the functions' zips are
// made by `make build`. It reads none of the user's AWS settings, and admits loopback addresses only.
//
// The state directory holds what package localaws writes, and
//
//	clock         how far the cell's clock is ahead, a Go duration
//	issuer.json   the issuer's private key
package cell

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"waybill/internal/cell/clockwork"
	"waybill/internal/cell/issuer"
	"waybill/internal/cell/stack"
	"waybill/internal/localaws"
)

// Options say where a cell is. Every field is needed but State, Venv and Say.
type Options struct {
	Address    string // of the cell, a loopback address with its port
	AWSAddress string // of the local AWS, likewise
	Region     string // of the cell
	Template   string // template.yaml
	Functions  string // directory of the functions' zips
	Scratch    string // directory in which a state directory is made and removed again
	State      string // directory of a state that is kept, in place of that
	Venv       string // see localaws.Options
	Say        func(format string, args ...any)
}

// Cell is a running one.
type Cell struct {
	URL string

	opts     Options
	listener net.Listener
	server   *http.Server
	aws      *localaws.Server
	dir      string
	ending   context.Context
	end      context.CancelFunc
	tasks    sync.WaitGroup
}

// Start brings a cell up and returns when it serves. A taken address is refused before anything was started; whatever a
// later step started is ended when one fails.
func Start(ctx context.Context, o Options) (*Cell, error) {
	if o.Say == nil {
		o.Say = func(string, ...any) {}
	}
	c := &Cell{opts: o}
	c.ending, c.end = context.WithCancel(context.Background())
	if err := c.start(ctx); err != nil {
		c.Stop()
		return nil, err
	}
	return c, nil
}

func (c *Cell) start(ctx context.Context) error {
	if err := c.listen(); err != nil {
		return err
	}
	if err := c.place(); err != nil {
		return err
	}
	if err := c.startAWS(ctx); err != nil {
		return err
	}
	issuer, err := issuer.Open(c.URL+"/dev/oidc", filepath.Join(c.dir, "issuer.json"))
	if err != nil {
		return err
	}
	outputs, err := c.deploy(ctx)
	if err != nil {
		return err
	}
	player, err := clockwork.Discover(ctx, c.aws.Config(), c.clock(), outputs["RecordsTable"], functions(outputs))
	if err != nil {
		return err
	}
	if table := outputs["LedgerTable"]; table != "" {
		player.Ledger = clockwork.Ledger{DynamoDB: dynamodb.NewFromConfig(c.aws.Config()), Audit: outputs["AuditTable"], Table: table}
	}
	c.serve(&front{issuer: issuer, player: player, aws: c.aws, outputs: outputs})
	return nil
}

func (c *Cell) serve(f *front) {
	c.server = &http.Server{Handler: f.handler(), ReadHeaderTimeout: 10 * time.Second}
	c.tasks.Go(func() { c.server.Serve(c.listener) })
	c.tasks.Go(func() { f.sweep(c.ending) })
}

// Done is closed when the local AWS has ended without being asked: the cell is then of no use any more.
func (c *Cell) Done() <-chan struct{} { return c.aws.Done() }

// Stop ends everything that Start started and returns when it is gone. A state that is not kept goes with it.
func (c *Cell) Stop() {
	c.end()
	if c.server != nil {
		c.server.Close()
	}
	if c.listener != nil {
		c.listener.Close()
	}
	if c.aws != nil {
		c.aws.Stop()
	}
	c.tasks.Wait()
	if c.opts.State == "" && c.dir != "" {
		os.RemoveAll(c.dir)
	}
}

func (c *Cell) clock() string { return filepath.Join(c.dir, "clock") }

// functions gives the short name of each function of a stack: the output ApiFunction names the one that is called api.
func functions(o stack.Outputs) map[string]string {
	names := map[string]string{}
	for output, name := range o {
		if short, ok := strings.CutSuffix(output, "Function"); ok {
			names[name] = strings.ToLower(short)
		}
	}
	return names
}
