package cell

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"waybill/internal/cell/issuer"
	"waybill/internal/cell/stack"
	"waybill/internal/localaws"
)

// listen takes the cell's address at once, so that nobody else does while the cell comes up; what calls meanwhile waits.
func (c *Cell) listen() (err error) {
	if err := localaws.Loopback(c.opts.Address); err != nil {
		return fmt.Errorf("WAYBILL_ADDR: %w", err)
	}
	if c.listener, err = net.Listen("tcp", c.opts.Address); err != nil {
		return fmt.Errorf("the cell's address cannot be used, set WAYBILL_ADDR to another: %w", err)
	}
	c.URL = "http://" + c.listener.Addr().String()
	if err := localaws.Free(c.opts.AWSAddress); err != nil {
		return fmt.Errorf("the local AWS's address cannot be used, set WAYBILL_AWS_ADDR to another: %w", err)
	}
	return nil
}

// place chooses the state directory, by a whole path: other processes are told of it.
func (c *Cell) place() (err error) {
	if c.dir = c.opts.State; c.dir == "" {
		c.dir, err = scratch(c.opts.Scratch)
	}
	if err == nil {
		c.dir, err = filepath.Abs(c.dir)
	}
	if err != nil {
		return fmt.Errorf("making the state directory: %w", err)
	}
	return nil
}

func scratch(parent string) (string, error) {
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return "", err
	}
	return os.MkdirTemp(parent, "cell-")
}

func (c *Cell) startAWS(ctx context.Context) (err error) {
	c.opts.Say("starting the local AWS on %s", c.opts.AWSAddress)
	c.aws, err = localaws.Start(ctx, localaws.Options{
		Venv: c.opts.Venv, Dir: c.dir, Keep: c.opts.State != "",
		Address: c.opts.AWSAddress, Region: c.opts.Region,
		Env: []string{"WAYBILL_CLOCK=" + c.clock()},
	})
	return err
}

func (c *Cell) deploy(ctx context.Context) (stack.Outputs, error) {
	c.opts.Say("deploying %s", filepath.Base(c.opts.Template))
	return stack.Deployment{
		Config: c.aws.Config(), Template: c.opts.Template, Functions: c.opts.Functions,
		Settings: stack.Settings{Issuer: c.URL + "/dev/oidc", Audience: issuer.Audience, Home: true},
	}.Deploy(ctx)
}
