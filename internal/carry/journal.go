package carry

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"waybill/internal/client"
)

// Journal remembers what was begun. Cell is part of every name: two cells never see each other's entries.
type Journal struct {
	Dir  string // made when absent
	Cell string // the cell's address
}

// entry is an upload that was begun. It is written before the cell is asked, without an id: asked again under the same
// once, the cell answers the upload that it may have opened without our hearing of it.
type entry struct {
	Draft  client.UploadDraft `json:"draft"`
	Once   string             `json:"once"`
	Upload string             `json:"upload,omitempty"`
}

func (j Journal) file(p Parcel) (string, error) {
	path, err := filepath.Abs(p.Path)
	if err != nil {
		return "", fmt.Errorf("naming the journal's entry: %w", err)
	}
	name, err := json.Marshal([]string{j.Cell, p.To.Migration, p.To.Org, path})
	if err != nil {
		return "", fmt.Errorf("naming the journal's entry: %w", err)
	}
	sum := sha256.Sum256(name)
	return filepath.Join(j.Dir, hex.EncodeToString(sum[:16])+".json"), nil
}

// find answers what was begun for a parcel. An entry that cannot be read was cut short by a crash: it counts as none.
func (j Journal) find(p Parcel) (e entry, found bool, err error) {
	file, err := j.file(p)
	if err != nil {
		return e, false, err
	}
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return e, false, nil
	}
	if err != nil {
		return e, false, fmt.Errorf("reading the journal: %w", err)
	}
	return e, json.Unmarshal(text, &e) == nil, nil
}

// keep writes an entry in the place of an earlier one, whole or not at all.
func (j Journal) keep(p Parcel, e entry) error {
	file, err := j.file(p)
	if err != nil {
		return err
	}
	text, err := json.Marshal(e)
	if err == nil {
		err = os.MkdirAll(j.Dir, 0o700)
	}
	if err == nil {
		err = os.WriteFile(file+".new", text, 0o600)
	}
	if err == nil {
		err = os.Rename(file+".new", file)
	}
	if err != nil {
		return fmt.Errorf("writing the journal: %w", err)
	}
	return nil
}

func (j Journal) forget(p Parcel) error {
	file, err := j.file(p)
	if err != nil {
		return err
	}
	if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("clearing the journal: %w", err)
	}
	return nil
}
