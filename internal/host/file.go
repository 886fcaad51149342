package host

import (
	"errors"
	"io"
	"io/fs"
	"time"
)

// A fileInfo describes a file under the name the tree shows.
type fileInfo struct {
	name string
	size int64
	mode fs.FileMode
	time time.Time
	born time.Time // zero where the source does not tell
	id   string    // the disk's own number of the file, and when that last changed; "" where there is none
}

func (i fileInfo) Name() string       { return i.name }
func (i fileInfo) Size() int64        { return i.size }
func (i fileInfo) Mode() fs.FileMode  { return i.mode &^ 0o222 } // nothing is written
func (i fileInfo) ModTime() time.Time { return i.time }
func (i fileInfo) IsDir() bool        { return i.mode.IsDir() }
func (i fileInfo) Sys() any           { return nil }

// Created is when the file came to be on the server, zero where the source does not tell.
func (i fileInfo) Created() time.Time { return i.born }

// FileID tells a file from another that takes its place under the same name, with the same size and times.
func (i fileInfo) FileID() string { return i.id }

// A dirEntry is a name in a folder. A link to a folder is shown as a link, so that a walk cannot go round in
// circles.
type dirEntry struct {
	tree *tree
	node node
}

func (e dirEntry) Name() string { return e.node.name }

func (e dirEntry) IsDir() bool { return e.node.folder && !e.node.link }

func (e dirEntry) Type() fs.FileMode {
	switch {
	case e.node.link:
		return fs.ModeSymlink
	case e.node.folder:
		return fs.ModeDir
	default:
		return 0
	}
}

func (e dirEntry) Info() (fs.FileInfo, error) {
	info, err := e.tree.info(e.node)
	if err != nil {
		return nil, failed("stat", e.node.name, err)
	}
	return info, nil
}

// A limitedFile reads a file and stops at a limit, whatever size was declared.
type limitedFile struct {
	file        fs.File
	path        string
	name        string
	left, limit int64
}

func (f *limitedFile) Read(p []byte) (int, error) {
	n, err := f.file.Read(p)
	if f.left -= int64(n); f.left < 0 {
		return 0, &fs.PathError{Op: "read", Path: f.path, Err: tooLarge(f.limit)}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = failed("read", f.path, err)
	}
	return n, err
}

func (f *limitedFile) Stat() (fs.FileInfo, error) {
	info, err := f.file.Stat()
	if err != nil {
		return nil, failed("stat", f.path, err)
	}
	return fileInfo{name: f.name, size: info.Size(), mode: info.Mode(), time: info.ModTime(), born: created(info), id: identity(info)}, nil
}

// identity is what tells a file from another in its place, "" where the source does not tell.
func identity(info fs.FileInfo) string {
	if numbered, ok := info.(interface{ FileID() string }); ok {
		return numbered.FileID()
	}
	return fileID(info)
}

func (f *limitedFile) Close() error { return f.file.Close() }

// A randomFile is a limitedFile that can be read anywhere. Its source has refused files above the limit.
type randomFile struct {
	*limitedFile

	at io.ReaderAt
}

func (f *randomFile) ReadAt(p []byte, offset int64) (int, error) {
	n, err := f.at.ReadAt(p, offset)
	if err != nil && !errors.Is(err, io.EOF) {
		err = failed("read", f.path, err)
	}
	return n, err
}

// A folder is an opened folder.
type folder struct {
	path    string
	info    fs.FileInfo
	entries []fs.DirEntry // not yet read
}

func (f *folder) Stat() (fs.FileInfo, error) { return f.info, nil }

func (f *folder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.path, Err: errors.New("is a folder")}
}

func (f *folder) Close() error { return nil }

// ReadDir gives the next n entries, or all that are left.
func (f *folder) ReadDir(n int) ([]fs.DirEntry, error) {
	if n > 0 && len(f.entries) == 0 {
		return nil, io.EOF
	}
	if n <= 0 || n > len(f.entries) {
		n = len(f.entries)
	}
	next := f.entries[:n:n]
	f.entries = f.entries[n:]
	return next, nil
}
