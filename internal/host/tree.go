package host

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/exvet/exvet"
)

// A tree is a source as Windows would show it: one folder a drive, matched without regard to case. Folders
// whose names differ in case only are one folder; of two such files the first by name is taken.
type tree struct {
	from   source
	limits limits
	index  *overlay // of a capture, or nil
	husks  map[string]*Husk

	mu       sync.Mutex
	listings map[string]*listing // by folded name
	names    int                 // in listings
	refused  []error
}

var (
	_ fs.ReadDirFS  = (*tree)(nil)
	_ fs.StatFS     = (*tree)(nil)
	_ fs.ReadFileFS = (*tree)(nil)
)

// A node is one name of the tree.
type node struct {
	entry

	reals   []string  // names in the source: several for a folder in several spellings; none for what only an index names
	indexed *fileInfo // what an index says of it
}

func newTree(from source, limits limits) *tree {
	return &tree{from: from, limits: limits, listings: map[string]*listing{}, refused: from.problems()}
}

// mount makes the drives the top of the tree.
func (t *tree) mount(drives map[string][]string) {
	top := &listing{nodes: map[string]node{}, selective: true}
	for letter, reals := range drives {
		top.nodes[fold(letter)] = node{entry: entry{name: letter, folder: true}, reals: reals}
	}
	if t.index != nil {
		t.index.merge(".", top)
	}
	t.listings["."] = top
}

// Open opens a file or a folder.
func (t *tree) Open(name string) (fs.File, error) { return t.openUpTo(name, t.limits.file) }

// openUpTo opens a file of at most so many bytes, or a folder.
func (t *tree) openUpTo(name string, limit int64) (fs.File, error) {
	found, err := t.find("open", name, false)
	if err != nil {
		return nil, err
	}
	if found.folder {
		return t.openFolder(name, found)
	}
	if err := t.captured(name, found); err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	if husk := t.husks[key(name)]; husk != nil && len(found.reals) == 0 {
		return &huskFile{husk: husk, name: found.name}, nil
	}
	file, err := t.from.open(found.reals[0], limit)
	if err != nil {
		return nil, failed("open", name, err)
	}
	limited := &limitedFile{file: file, path: name, name: found.name, left: limit, limit: limit}
	if at, ok := file.(io.ReaderAt); ok {
		return &randomFile{limited, at}, nil
	}
	return limited, nil
}

func (t *tree) openFolder(name string, found node) (fs.File, error) {
	info, err := t.info(found)
	if err != nil {
		return nil, failed("open", name, err)
	}
	entries, err := t.ReadDir(name)
	if err != nil {
		return nil, err
	}
	return &folder{path: name, info: info, entries: entries}, nil
}

// Stat describes a file or a folder.
func (t *tree) Stat(name string) (fs.FileInfo, error) {
	found, err := t.find("stat", name, false)
	if err != nil {
		return nil, err
	}
	info, err := t.info(found)
	if err != nil {
		return nil, failed("stat", name, err)
	}
	return info, nil
}

// ReadDir lists a folder, sorted by name.
func (t *tree) ReadDir(name string) ([]fs.DirEntry, error) {
	found, err := t.find("readdir", name, true)
	if err != nil {
		return nil, err
	}
	if !found.folder {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errors.New("not a folder")}
	}
	if t.index != nil && name != "." && !t.index.listed[key(name)] {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: cmp.Or(t.index.answer(name), exvet.ErrNoEvidence)}
	}
	list, err := t.listing(key(name), found)
	if err != nil {
		return nil, failed("readdir", name, err)
	}
	entries := make([]fs.DirEntry, 0, len(list.nodes))
	for _, child := range list.nodes {
		if child.refused == nil {
			entries = append(entries, dirEntry{tree: t, node: child})
		}
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

// ReadFile reads a whole file.
func (t *tree) ReadFile(name string) ([]byte, error) {
	file, err := t.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}

// find walks to a name. When folderWanted, name is known to be meant as a folder.
func (t *tree) find(op, name string, folderWanted bool) (node, error) {
	if !fs.ValidPath(name) {
		return node{}, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	at := node{entry: entry{name: ".", folder: true}}
	if name == "." {
		return at, nil
	}
	parts := strings.Split(name, "/")
	for i, part := range parts {
		list, err := t.listing(key(path.Join(parts[:i]...)), at)
		if err != nil {
			return node{}, failed(op, name, err)
		}
		child, ok := list.nodes[fold(part)]
		last := i == len(parts)-1
		switch {
		case !ok && t.index != nil:
			at := key(path.Join(parts[:i]...))
			err := cmp.Or(t.index.answer(name), t.index.missing(list, at, part, i == 0, folderWanted || !last))
			return node{}, &fs.PathError{Op: op, Path: name, Err: err}
		case !ok:
			return node{}, &fs.PathError{Op: op, Path: name, Err: missing(list, part, i == 0, folderWanted || !last)}
		case child.refused != nil:
			return node{}, &fs.PathError{Op: op, Path: name, Err: child.refused}
		case !last && !child.folder:
			return node{}, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
		}
		at = child
	}
	return at, nil
}

// shortPattern matches the 8.3 name of a file, which a copy does not tell.
var shortPattern = exvet.Pattern(`^[^.]{1,6}~[0-9]{1,6}(\.[^.]{0,3})?$`)

// captured refuses a file whose content a capture does not hold.
func (t *tree) captured(name string, found node) error {
	if t.index == nil {
		return nil
	}
	if err := t.index.answer(name); err != nil {
		return err
	}
	if len(found.reals) == 0 && t.husks[key(name)] == nil {
		return fmt.Errorf("the capture does not hold its content: %w", exvet.ErrNoEvidence)
	}
	return nil
}

// maxProblems bounds what is kept of a source that is all problems.
const maxProblems = 1000

func (t *tree) report(problem error) {
	if len(t.refused) < maxProblems {
		t.refused = append(t.refused, problem)
	}
}

func (t *tree) reported() []error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.refused)
}

// info describes a node under the name the tree shows.
func (t *tree) info(of node) (fs.FileInfo, error) {
	if of.name == "." {
		return fileInfo{name: ".", mode: fs.ModeDir | 0o555}, nil
	}
	if of.indexed != nil {
		info := *of.indexed
		info.name = of.name
		return info, nil
	}
	if len(of.reals) == 0 {
		return nil, exvet.ErrNoEvidence
	}
	info, err := t.from.stat(of.reals[0])
	if err != nil {
		return nil, err
	}
	return fileInfo{name: of.name, size: info.Size(), mode: info.Mode(), time: info.ModTime(), born: created(info)}, nil
}

// failed gives an error of the source under the name the tree shows. What cannot be read is there all the
// same, so it is never fs.ErrNotExist.
func failed(op, name string, err error) error {
	return &fs.PathError{Op: op, Path: name, Err: errors.New(reason(err))}
}
