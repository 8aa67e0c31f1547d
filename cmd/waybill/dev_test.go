package main

import (
	"bufio"
	"bytes"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"waybill/internal/cell/celltest"
	"waybill/internal/localaws"
)

func TestDevServesUntilItIsInterrupted(t *testing.T) {
	t.Parallel()
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		command, address := devIn(t, checkout(t))
		out, err := command.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		ready := untilReady(t, bufio.NewScanner(out))
		if ready != "ready http://"+address {
			t.Errorf("it said %q", ready)
		}
		if resp, err := http.Get("http://" + address + "/healthz"); err != nil || resp.StatusCode != http.StatusOK {
			t.Errorf("healthz: %v, %v", resp, err)
		}
		command.Process.Signal(signal)
		for bufio.NewScanner(out).Scan() {
		}
		if err := command.Wait(); err != nil {
			t.Errorf("after %v: %v", signal, err)
		}
		if err := localaws.Free(address); err != nil {
			t.Error(err)
		}
		if left, _ := filepath.Glob(filepath.Join(command.Dir, "build", "cell-*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}

func TestDevNamesTheVariableOfATakenPort(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, variable := range []string{"WAYBILL_ADDR", "WAYBILL_AWS_ADDR"} {
		command, _ := devIn(t, checkout(t))
		command.Env = append(command.Env, variable+"="+taken.Addr().String())
		var out, failure bytes.Buffer
		command.Stdout, command.Stderr = &out, &failure
		command.Run()
		if code := command.ProcessState.ExitCode(); code != 1 || out.Len() > 0 {
			t.Errorf("exit %d, after saying %q", code, &out)
		}
		if said := failure.String(); strings.Count(said, "\n") != 1 || !strings.Contains(said, variable+" ") {
			t.Errorf("%s: %s", variable, said)
		}
	}
}

// devIn is `waybill dev` in a checkout, at addresses nobody uses.
func devIn(t *testing.T, root string) (command *exec.Cmd, address string) {
	t.Helper()
	venv, err := localaws.FindVenv()
	if err != nil {
		t.Fatal(err)
	}
	address = celltest.Address(t)
	command = exec.Command(binary(t), "dev")
	command.Dir = root
	command.Env = append(os.Environ(), "WAYBILL_VENV="+venv, "WAYBILL_ADDR="+address, "WAYBILL_AWS_ADDR="+celltest.Address(t))
	return command, address
}

// checkout is a directory that `waybill dev` takes for one: the small cell in place of the real one.
func checkout(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for name, target := range map[string]string{
		"template.yaml": celltest.Template(t), "build/functions": celltest.Functions(t),
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(root, "go.mod"), []byte("module waybill\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return root
}

func binary(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "waybill")
	if out, err := exec.Command("go", "build", "-o", file, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return file
}

func untilReady(t *testing.T, lines *bufio.Scanner) string {
	t.Helper()
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "ready ") {
			return lines.Text()
		}
	}
	t.Fatal("it never said that it was ready")
	return ""
}
