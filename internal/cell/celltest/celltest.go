// Package celltest gives tests a cell that is whole but small: every function is a stub (testdata/stub) that tells what
// it was sent, and the template (testdata/template.yaml) has no more than the front, the clock and the deployment need.
package celltest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"waybill/internal/cell"
	"waybill/internal/localaws"
)

// Options are those of such a cell, at addresses nobody uses and with a state that ends with it.
func Options(t testing.TB) cell.Options {
	t.Helper()
	return cell.Options{
		Address: Address(t), AWSAddress: Address(t), Region: "eu-central-1",
		Template: Template(t), Functions: Functions(t), Scratch: t.TempDir(), Say: t.Logf,
	}
}

// Address is one that nobody listens on.
func Address(t testing.TB) string {
	t.Helper()
	address, err := localaws.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// Template is the file of the small template.
func Template(t testing.TB) string {
	t.Helper()
	root, err := localaws.Checkout()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(root, "internal", "cell", "celltest", "testdata", "template.yaml")
}

// Functions is a directory in which the zip of every function holds the stub.
func Functions(t testing.TB) string {
	t.Helper()
	dir, err := functions()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// Scratch is a directory for what outlives a test, but not the test binary.
func Scratch() (string, error) {
	root, err := localaws.Checkout()
	return filepath.Join(root, "build", "test"), err
}

// functions builds once in each test binary. Several may do so at once: each moves whole files, all the same, into one
// place.
var functions = sync.OnceValues(func() (string, error) {
	scratch, err := Scratch()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(scratch, "stubs")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	work, err := os.MkdirTemp(scratch, "stubs-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(work)
	return dir, build(filepath.Join(scratch, "..", ".."), work, dir)
})

func build(root, work, into string) error {
	const stub = "./internal/cell/celltest/testdata/stub"
	for _, name := range []string{"api", "authorize", "inspect", "intake", "purge", "reap", "restore", "sequence", "tick"} {
		binary := filepath.Join(work, name)
		if err := run(root, "build", "-tags", "lambda.norpc", "-o", binary, stub); err != nil {
			return err
		}
		if err := run(root, "run", "./infra/local/pack", work, binary); err != nil {
			return err
		}
		if err := os.Rename(binary+".zip", filepath.Join(into, name+".zip")); err != nil {
			return err
		}
	}
	return nil
}

func run(root string, args ...string) error {
	command := exec.Command("go", args...)
	command.Dir, command.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("building the stub: %w: %s", err, out)
	}
	return nil
}
