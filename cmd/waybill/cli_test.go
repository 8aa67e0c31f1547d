package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/rogpeppe/go-internal/testscript"

	"waybill/internal/bundle/specimen"
	"waybill/internal/certificate"
	"waybill/internal/client/standin"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"waybill": main})
}

// TestScripts runs testdata/*.txt, each against a stand-in of a cell of its own. $ORG and $MIG are there to begin with, and
// so are certificates of an earlier cell's, in $CERTIFICATES with its key; the cell has those of deletions as $ORG's.
// Beside the usual commands they have:
//
//	bytes FILE N          makes a file of N random bytes
//	exits STATUS CMD …    runs a command that must end with that status
//	fail CALL TIMES HOW   has the next so many calls fail: 503, refuse, reset, unheard, hold
//	await                 waits until a call that is held has come
//	mend                  ends all failures
//	stored FILE ID        compares what S3 has with a file; ID is a file that holds the id
//	called CALL N         counts calls
//	signer FILE PUBLIC    makes an Ed25519 key, and its public half
//	identity FILE         makes an age identity; $RECIPIENT is whom to encrypt to
//	specimen FILE N       composes a support.zip of about N bytes, inflated
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   "testdata",
		Setup: setUp,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"bytes": makeBytes, "exits": exits, "fail": fail, "await": await, "mend": mend, "stored": stored, "called": called, "specimen": compose, "identity": identity, "signer": signer,
		},
	})
}

type stage struct {
	cell *standin.Cell
	held chan struct{}
}

func setUp(env *testscript.Env) error {
	cell, stop := standin.Start()
	env.Defer(stop)
	env.Values["stage"] = stage{cell, make(chan struct{}, 99)}
	org, mig := cell.Migration()
	certificates, err := filepath.Abs("../../internal/certificate/testdata")
	if err != nil {
		return err
	}
	for _, name := range []string{"deletion.json", "addendum.json"} {
		file, err := os.ReadFile(filepath.Join(certificates, name))
		if err != nil {
			return err
		}
		if err := cell.Certify(org, file); err != nil {
			return err
		}
	}
	for name, value := range map[string]string{"WAYBILL_URL": cell.URL, "WAYBILL_TOKEN": standin.Token, "ORG": org, "MIG": mig, "CERTIFICATES": certificates,
		"WAYBILL_CACHE": env.WorkDir + "/.cache", "GORACE": "atexit_sleep_ms=0"} { // or each command takes a second longer
		env.Setenv(name, value)
	}
	return nil
}

func on(ts *testscript.TestScript) stage { return ts.Value("stage").(stage) }

func makeBytes(ts *testscript.TestScript, _ bool, args []string) {
	b := make([]byte, number(ts, args[1]))
	_, _ = rand.NewChaCha8([32]byte{}).Read(b)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o600))
}

func compose(ts *testscript.TestScript, _ bool, args []string) {
	file, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	defer file.Close()
	_, err = specimen.Write(file, specimen.Options{Seed: 1, Size: int64(number(ts, args[1]))})
	ts.Check(err)
}

func identity(ts *testscript.TestScript, _ bool, args []string) {
	key, err := age.GenerateX25519Identity()
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(key.String()+"\n"), 0o600))
	ts.Setenv("RECIPIENT", key.Recipient().String())
}

func signer(ts *testscript.TestScript, _ bool, args []string) {
	public, private, err := ed25519.GenerateKey(nil)
	ts.Check(err)
	der, err := x509.MarshalPKCS8PrivateKey(private)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600))
	text, err := certificate.WriteKey(public)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), text, 0o600))
}

func number(ts *testscript.TestScript, s string) int {
	n, err := strconv.Atoi(s)
	ts.Check(err)
	return n
}

func exits(ts *testscript.TestScript, _ bool, args []string) {
	status := 0
	if exit, failed := errors.AsType[*exec.ExitError](ts.Exec(args[1], args[2:]...)); failed {
		status = exit.ExitCode()
	}
	if status != number(ts, args[0]) {
		ts.Fatalf("it ended with status %d", status)
	}
}

func fail(ts *testscript.TestScript, _ bool, args []string) {
	hows := map[string]standin.Fault{"503": standin.Status(503, ""), "refuse": standin.Status(409, ""),
		"reset": standin.Reset, "unheard": standin.Unheard, "hold": standin.Hold(on(ts).held)}
	on(ts).cell.Fail(args[0], number(ts, args[1]), hows[args[2]])
}

func await(ts *testscript.TestScript, _ bool, _ []string) { <-on(ts).held }

func mend(ts *testscript.TestScript, _ bool, _ []string) { on(ts).cell.Mend() }

func stored(ts *testscript.TestScript, _ bool, args []string) {
	id := strings.TrimSpace(ts.ReadFile(args[1]))
	if !bytes.Equal(on(ts).cell.Object(id), []byte(ts.ReadFile(args[0]))) {
		ts.Fatalf("S3 has something else as %s", id)
	}
}

func called(ts *testscript.TestScript, _ bool, args []string) {
	if n := on(ts).cell.Count(args[0]); n != number(ts, args[1]) {
		ts.Fatalf("%s was called %d times", args[0], n)
	}
}
