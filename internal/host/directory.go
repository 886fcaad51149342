package host

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// A directory is a copy on disk. Its os.Root refuses names and links that lead outside.
type directory struct {
	root   *os.Root
	limits limits
}

func openDirectory(name string, limits limits) (*directory, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	return &directory{root: root, limits: limits}, nil
}

func (d *directory) list(folder string) ([]entry, error) {
	file, err := d.root.Open(path.Join(".", folder))
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it was only read
	var entries []entry
	for {
		batch, err := file.ReadDir(1024)
		for _, found := range batch {
			entries = append(entries, d.entry(folder, found))
		}
		if len(entries) > d.limits.entries {
			return nil, tooMany(d.limits.entries)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	return entries, nil
}

// entry decides what a name stands for. A link is followed here, once, and only inside the root.
func (d *directory) entry(folder string, found fs.DirEntry) entry {
	e := entry{name: found.Name(), folder: found.IsDir()}
	kind := found.Type()
	if kind&fs.ModeSymlink != 0 {
		e.link = true
		info, err := d.root.Stat(path.Join(folder, e.name))
		if err != nil {
			e.refused = fmt.Errorf("link refused: %s", reason(err))
			return e
		}
		kind, e.folder = info.Mode().Type(), info.IsDir()
	}
	switch {
	case !utf8.ValidString(e.name), strings.Contains(e.name, `\`):
		e.refused = errors.New("name refused: not one Windows can have")
	case !e.folder && !kind.IsRegular():
		e.refused = errors.New("neither a file nor a folder")
	}
	return e
}

func (d *directory) stat(name string) (fs.FileInfo, error) { return d.root.Stat(path.Join(".", name)) }

func (d *directory) open(name string, limit int64) (fs.File, error) {
	info, err := d.root.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file") // opening a pipe would wait for ever
	}
	if info.Size() > limit {
		return nil, tooLarge(limit)
	}
	return d.root.Open(name)
}

func (d *directory) problems() []error { return nil }

func (d *directory) close() error { return d.root.Close() }

// reason gives an error without the paths of the machine exvet runs on.
func reason(err error) string {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err.Error()
	}
	return err.Error()
}

func tooLarge(limit int64) error { return fmt.Errorf("file is larger than %d bytes", limit) }
