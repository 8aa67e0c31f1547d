package carry

import (
	"fmt"
	"os"
	"time"
)

// goods is the file itself.
type goods struct {
	file     *os.File
	size     int64 // bytes
	modified time.Time
}

func open(path string) (*goods, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	switch {
	case err != nil:
	case !info.Mode().IsRegular():
		err = fmt.Errorf("%s is not a file", path)
	case info.Size() == 0:
		err = fmt.Errorf("%s is empty; an empty file cannot be uploaded", path)
	default:
		return &goods{file: file, size: info.Size(), modified: info.ModTime()}, nil
	}
	file.Close()
	return nil, err
}

// changed tells whether the file was written to, or replaced, since it was opened.
func (g *goods) changed() bool {
	info, err := os.Stat(g.file.Name())
	return err != nil || info.Size() != g.size || !info.ModTime().Equal(g.modified)
}
