package redact_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"waybill/internal/bundle/redact"
	"waybill/internal/bundle/redact/pseudonym"
)

func ExampleRedact() {
	var bundle bytes.Buffer
	z := zip.NewWriter(&bundle)
	w, _ := z.Create("application-logs/atlassian-jira.log")
	_, _ = io.WriteString(w, "Sent to jane.doe@corp.example from 10.1.2.3, ldap.password=hunter22!x\n")
	_ = z.Close()

	// The output and the scratch are files of the caller, who keeps the output only when all went well.
	out, _ := os.CreateTemp("", "redacted")
	scratch, _ := os.CreateTemp("", "scratch")
	defer os.Remove(out.Name())
	defer os.Remove(scratch.Name())

	r, err := redact.Redact(context.Background(), bytes.NewReader(bundle.Bytes()), int64(bundle.Len()), out,
		redact.Options{Key: pseudonym.Key{1}, Scratch: scratch, When: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Counts["email"].Values, "address,", r.Counts["password"].Values, "password,", r.Residual.Found, "left")
	redacted, _ := zip.NewReader(out, r.After.Size)
	log, _ := redacted.Open("application-logs/atlassian-jira.log")
	text, _ := io.ReadAll(log)
	fmt.Print(string(text))
	// Output:
	// 1 address, 1 password, 0 left
	// Sent to sagajasahozafigeva@fojarofosigegazafa.example from 203.0.113.206, ldap.password=password-removed
}
