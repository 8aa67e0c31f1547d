// Command pack puts each binary given as an argument into a zip of its own beside the directory it lies in: build/bin/api becomes
// build/functions/api.zip, with the one entry `bootstrap` that the runtime provided.al2023 starts. The same binary makes the same
// zip, byte for byte: no time and no name of the machine is in it. A zip that is newer than its binary stays as it is.
//
//	pack build/functions build/bin/*
package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	for _, binary := range os.Args[2:] {
		if err := pack(binary, filepath.Join(os.Args[1], filepath.Base(binary)+".zip")); err != nil {
			fmt.Fprintln(os.Stderr, "pack:", err)
			os.Exit(1)
		}
	}
}

func pack(binary, into string) error {
	if newer(into, binary) {
		return nil
	}
	content, err := os.ReadFile(binary)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	header := &zip.FileHeader{Name: "bootstrap", Method: zip.Deflate}
	header.SetMode(0o755)
	w, err := z.CreateHeader(header)
	if err != nil {
		return err
	}
	if _, err := w.Write(content); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(into, out.Bytes(), 0o644)
}

func newer(a, b string) bool {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	return errA == nil && errB == nil && infoA.ModTime().After(infoB.ModTime())
}
