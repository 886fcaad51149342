package agent

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// A disk writes files so that after a crash a file is there whole or not at all.
type disk struct {
	create func(name string) (writer, error) // a new file; tests put a full disk here
}

type writer interface {
	io.WriteCloser
	Sync() error
}

func newDisk() *disk {
	return &disk{create: func(name string) (writer, error) {
		return os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	}}
}

// partial is the end of the name of a file that is being written.
const partial = ".partial"

// write puts content under name, in place of what was there.
func (d *disk) write(name string, content []byte) error {
	temporary := name + partial
	if err := os.Remove(temporary); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := d.create(temporary)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(temporary, name)
	}
	if err != nil {
		_ = os.Remove(temporary)
		return err
	}
	return syncFolder(filepath.Dir(name))
}

// sweep takes away what a crash left half written in a folder.
func sweep(folder string) {
	left, err := filepath.Glob(filepath.Join(folder, "*"+partial))
	if err != nil {
		return // the pattern is valid
	}
	for _, name := range left {
		_ = os.Remove(name)
	}
}

// readLimited reads a file of at most limit bytes.
func readLimited(name string, limit int64) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err == nil && int64(len(content)) > limit {
		err = errors.New("the file is too large")
	}
	return content, err
}

// replace puts content under name without waiting for the disk.
func replace(name string, content []byte) error {
	if err := os.WriteFile(name+partial, content, 0o600); err != nil {
		return err
	}
	return os.Rename(name+partial, name)
}
