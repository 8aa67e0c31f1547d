// Command pack puts each binary into a zip of its own, with the one entry `bootstrap` that the runtime provided.al2023
// starts: build/bin/api becomes build/functions/api.zip.
//
//	pack build/functions build/bin/*
//
// The same binary makes the same zip, byte for byte: no time and no name of the machine is in it. The zip's comment is
// the binary's SHA-256, by which a zip that is right already is known and left alone.
package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
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
	content, err := os.ReadFile(binary)
	if err != nil {
		return err
	}
	sum := fmt.Sprintf("%x", sha256.Sum256(content))
	if comment(into) == sum {
		return nil
	}
	var out bytes.Buffer
	if err := write(&out, content, sum); err != nil {
		return err
	}
	return os.WriteFile(into, out.Bytes(), 0o644)
}

func write(out *bytes.Buffer, content []byte, comment string) error {
	z := zip.NewWriter(out)
	if err := z.SetComment(comment); err != nil {
		return err
	}
	header := &zip.FileHeader{Name: "bootstrap", Method: zip.Deflate}
	header.SetMode(0o755)
	w, err := z.CreateHeader(header)
	if err != nil {
		return err
	}
	if _, err := w.Write(content); err != nil {
		return err
	}
	return z.Close()
}

// comment of a zip; none when there is no zip, or half of one.
func comment(file string) string {
	z, err := zip.OpenReader(file)
	if err != nil {
		return ""
	}
	defer z.Close()
	return z.Comment
}
