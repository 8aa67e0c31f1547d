package story

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"waybill/internal/certificate"
	"waybill/internal/ledger"
	"waybill/internal/ledger/auditor"
)

func audit(ts *testscript.TestScript, _ bool, args []string) {
	s := on(ts)
	if s.auditor == nil {
		var err error
		s.auditor, err = s.outsider()
		ts.Check(err)
	}
	size, err := s.auditor.Look(context.Background())
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "%d leaves\n", size)
	for _, name := range args {
		var file struct {
			Payload   []byte
			Inclusion ledger.Inclusion
		}
		ts.Check(json.Unmarshal([]byte(ts.ReadFile(name)), &file))
		ts.Check(s.auditor.Included(context.Background(), file.Payload, file.Inclusion))
	}
}

// outsider takes the cell's key and the ledger's name on trust, and nothing else.
func (s *stage) outsider() (*auditor.Auditor, error) {
	public := s.url + "/v1/ledger"
	pem, _, err := request("GET", public+"/key", "", "")
	if err != nil {
		return nil, err
	}
	key, err := certificate.ReadKey(pem)
	if err != nil {
		return nil, err
	}
	checkpoint, _, err := request("GET", public+"/checkpoint", "", "")
	if err != nil {
		return nil, err
	}
	log, err := auditor.At(public)
	if err != nil {
		return nil, err
	}
	origin, _, _ := strings.Cut(string(checkpoint), "\n")
	return auditor.New(log, origin, key)
}
