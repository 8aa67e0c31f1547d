package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// pending are files that are being written beside where they will be: all of them come into being at the end, or none.
type pending struct {
	files []*os.File
	names []string
	spare []*os.File // of no name
}

// create begins a file. Only its owner may read it.
func (p *pending) create(name string) (*os.File, error) {
	file, err := os.CreateTemp(filepath.Dir(name), ".waybill-*")
	if err != nil {
		return nil, unwritable(name, err)
	}
	p.files, p.names = append(p.files, file), append(p.names, name)
	return file, nil
}

// unwritable names the file that was asked for, and not the one that would have been beside it.
func unwritable(name string, err error) error {
	if failed, is := errors.AsType[*fs.PathError](err); is {
		err = failed.Err
	}
	return fmt.Errorf("writing %s: %w", name, err)
}

// scratch is a file that is gone when it is closed.
func (p *pending) scratch(dir string) (*os.File, error) {
	file, err := os.CreateTemp(dir, ".waybill-*")
	if err != nil {
		return nil, unwritable(dir, err)
	}
	p.spare = append(p.spare, file)
	return file, os.Remove(file.Name())
}

// keep puts every file where it belongs.
func (p *pending) keep() error {
	for i, file := range p.files {
		if err := errors.Join(file.Sync(), file.Close()); err != nil {
			return err
		}
		if err := os.Rename(file.Name(), p.names[i]); err != nil {
			return err
		}
	}
	p.files = nil
	return nil
}

// discard takes away what was not kept.
func (p *pending) discard() {
	for _, file := range p.files {
		file.Close()
		os.Remove(file.Name())
	}
	for _, file := range p.spare {
		file.Close()
	}
}
