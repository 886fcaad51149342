package collectors

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/xmlscan"
)

// A diskReader reads files for one section and remembers what it could not see.
type diskReader struct {
	ctx     context.Context //nolint:containedctx // lives as long as one collector runs
	files   fs.FS
	section string
	gaps    []exvet.Gap
	seen    bool // a file or folder that was asked for is there
	rows    int
	full    bool // rows were left out
}

func newDiskReader(ctx context.Context, files fs.FS, section string) *diskReader {
	return &diskReader{ctx: ctx, files: files, section: section}
}

// read gives the bytes of a file of the server by its Windows path. A file that is not there is fs.ErrNotExist, one nobody
// knows of exvet.ErrNoEvidence.
func (r *diskReader) read(file string, limit int64) ([]byte, error) {
	name, ok := exvet.FSPath(file)
	if !ok {
		return nil, fmt.Errorf("a path that is on no drive of the server: %w", exvet.ErrNoEvidence)
	}
	return r.readName(name, limit)
}

// readName is read by the name of a file in the file system.
func (r *diskReader) readName(name string, limit int64) ([]byte, error) {
	file, err := r.files.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, errors.New("a folder has this name")
	}
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	switch {
	case err != nil:
		return nil, err
	case int64(len(data)) > limit:
		return nil, fmt.Errorf("larger than %d KB", limit>>10)
	}
	r.seen = true
	return data, nil
}

// list gives what a folder of the server holds.
func (r *diskReader) list(folder string) ([]fs.DirEntry, error) {
	name, ok := exvet.FSPath(folder)
	if !ok {
		return nil, fmt.Errorf("a path that is on no drive of the server: %w", exvet.ErrNoEvidence)
	}
	entries, err := fs.ReadDir(r.files, name)
	r.seen = r.seen || err == nil
	return entries, err
}

// maxXML is the largest XML file that is read as a whole, in bytes.
const maxXML = 16 << 20

// xml reads an XML file whose root element must have the given name. Nil is a file that is not there, or cannot be used
// and leaves tables of the section open.
func (r *diskReader) xml(file, root, scope string, tables ...string) *xmlscan.Element {
	data, err := r.read(file, maxXML)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var tree *xmlscan.Element
	if err == nil {
		tree, err = xmlscan.Tree(r.ctx, data)
	}
	if err == nil && !strings.EqualFold(tree.Name, root) {
		err = xmlscan.Malformed{Line: tree.Line, Reason: fmt.Sprintf("root element is <%s>, not <%s>", tree.Name, root)}
	}
	if err != nil {
		r.leaveOpen(file, scope, err, tables...)
		return nil
	}
	return tree
}

// leaveOpen says that tables of the section were not seen in full.
func (r *diskReader) leaveOpen(file, scope string, err error, tables ...string) {
	gap := exvet.Gap{Missing: exvet.Missing{File: file, Scope: scope, Reason: err.Error(), Facts: []string{}}, Cause: err}
	var bad xmlscan.Malformed
	var refused *fs.PathError
	switch {
	case errors.As(err, &bad):
		gap.Line, gap.Reason = bad.Line, bad.Reason
	case errors.As(err, &refused):
		gap.Reason = refused.Err.Error()
	}
	for _, table := range tables {
		gap.Facts = append(gap.Facts, r.section+"."+table)
	}
	if len(gap.Facts) == 0 {
		gap.Facts = []string{r.section}
	}
	slices.Sort(gap.Facts)
	for i, known := range r.gaps {
		if known.File == file && known.Scope == scope && known.Reason == gap.Reason {
			r.gaps[i].Facts = slices.Compact(slices.Sorted(slices.Values(append(known.Facts, gap.Facts...))))
			return
		}
	}
	if len(r.gaps) < maxGaps {
		r.gaps = append(r.gaps, gap)
	}
}

// maxGaps bounds what is said of a disk nothing of which can be read; the last one stands for the rest.
const maxGaps = 200

// row counts one more row of the section, and reports false when there are too many or time is up.
func (r *diskReader) row(table string) bool {
	if r.ctx.Err() != nil {
		return false
	}
	if r.rows++; r.rows > maxRows {
		if !r.full {
			r.leaveOpen("", "", fmt.Errorf("more than %d rows: the rest was left out", maxRows), table)
		}
		r.full = true
		return false
	}
	return true
}

// done gives everything that was not seen.
func (r *diskReader) done() error {
	failed := []error{r.ctx.Err()}
	for _, gap := range r.gaps {
		failed = append(failed, gap)
	}
	return errors.Join(failed...)
}

// stamp gives a time as facts carry it, or "" where it is not known.
func stamp(at time.Time) string {
	if at.IsZero() || at.Year() < 1981 || at.Year() > 9999 { // a zip without times says 1979 or 1980
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}

// windowsName is the Windows path of a name in the file system, and its key.
func windowsName(parts ...string) (written, key string) {
	written = exvet.WindowsPath(path.Join(parts...))
	return written, exvet.PathKey(written)
}

// installation gives what the evidence says of Exchange itself, for collectors that need its folder.
func installation(ctx context.Context, host exvet.Host) *Exchange {
	found, _ := collectExchange(ctx, host) // its own section says what is missing
	if found == nil {
		found = &Exchange{}
	}
	return found
}

// errNoRoot is why nothing below Exchange's folder can be looked at.
func errNoRoot() error {
	return fmt.Errorf("nothing shows where Exchange is installed: %w", exvet.ErrNoEvidence)
}
