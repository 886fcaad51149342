package iisconfig

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/xmlscan"
)

// A file is a configuration file that was read.
type file struct {
	path string // Windows path, as the server spells it
	root *node

	blocks map[string][]block // filled by byPath
}

func (f *file) origin(n *node) Origin { return Origin{File: f.path, Line: n.line} }

// A reader reads each configuration file once.
type reader struct {
	ctx     context.Context //nolint:containedctx // lives as long as one call of Read
	files   fs.FS
	cache   map[string]opened
	folders map[string][][]string // with a web.config, below a folder
	notes   []Note
}

type opened struct {
	file *file
	err  error
}

func newReader(ctx context.Context, files fs.FS) *reader {
	return &reader{ctx: ctx, files: files, cache: map[string]opened{}, folders: map[string][][]string{}}
}

// config reads and parses a file whose root element must have the given name. The error of a file that is
// not there is fs.ErrNotExist; every other one is an exvet.Missing without scope and facts, for the caller
// to fill in.
func (r *reader) config(path, root string) (*file, error) {
	key := exvet.PathKey(path)
	if known, ok := r.cache[key]; ok {
		return known.file, known.err
	}
	f, err := r.parse(path, root)
	r.cache[key] = opened{f, err}
	return f, err
}

func (r *reader) parse(path, root string) (*file, error) {
	data, err := r.read(path)
	if err != nil {
		return nil, err
	}
	tree, notes, err := parse(r.ctx, data, path)
	for _, text := range notes {
		r.notes = append(r.notes, Note{Origin: Origin{path, 1}, Kind: "encoding", Text: text})
	}
	if err == nil && tree.name != root {
		err = xmlscan.Malformed{Line: tree.line, Reason: fmt.Sprintf("root element is <%s>, not <%s>", tree.name, root)}
	}
	if err != nil {
		return nil, missing(path, err)
	}
	return &file{path: path, root: tree}, nil
}

// read gives the bytes of a file.
func (r *reader) read(path string) ([]byte, error) {
	name, ok := exvet.FSPath(path)
	if !ok {
		return nil, missing(path, fmt.Errorf("a path that is on no drive of the server: %w", exvet.ErrNoEvidence))
	}
	f, err := r.files.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err != nil {
		return nil, missing(path, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFileSize+1))
	if err != nil {
		return nil, missing(path, err)
	}
	if len(data) > maxFileSize {
		return nil, missing(path, fmt.Errorf("larger than %d MB", maxFileSize>>20))
	}
	return data, nil
}

// missing words the reason a file could not be used, without repeating its name.
func missing(path string, err error) error {
	found := exvet.Gap{Missing: exvet.Missing{File: path, Reason: err.Error()}, Cause: err}
	var bad xmlscan.Malformed
	var refused *fs.PathError
	switch {
	case errors.As(err, &bad):
		found.Line, found.Reason = bad.Line, bad.Reason
	case errors.Is(err, exvet.ErrNoEvidence):
		found.Reason = exvet.ErrNoEvidence.Error()
	case errors.As(err, &refused):
		found.Reason = refused.Err.Error()
	}
	return found
}

// at fills in what the gap leaves open. err is one of reader.config's, but not fs.ErrNotExist.
func at(err error, scope string, facts ...string) error {
	var known exvet.Gap
	if !errors.As(err, &known) {
		known = exvet.Gap{Missing: exvet.Missing{Reason: err.Error()}, Cause: err}
	}
	known.Scope, known.Facts = scope, facts
	return known
}
