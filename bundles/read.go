package bundles

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/loader/filter"

	"github.com/exvet/exvet"
)

// What a bundle may hold at most; a directory that holds more is not a bundle.
const (
	maxEntries  = 50_000
	maxFileSize = 64 << 20
	maxSize     = 128 << 20
	maxPolicy   = 1 << 20 // one file of Rego
	maxValues   = 4 << 20 // in one file of data
)

// Files of a bundle that are neither policy nor data.
const (
	manifestFile   = ".manifest"
	signaturesFile = ".signatures.json"
)

// A tree is the files of a bundle that count, by slash-separated name.
type tree map[string][]byte

// read takes the files that count from files: policies, data and the manifest.
func read(ctx context.Context, files fs.FS) (tree, error) {
	found, entries, size := tree{}, 0, int64(0)
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return exvet.Refuse("bundle/parse", "read %q: %w", name, err)
		}
		if entries++; entries > maxEntries {
			return exvet.Refuse("bundle/too-large", "more than %d files; pass the directory that holds org/<name>/", maxEntries)
		}
		switch dir := leadsToFolder(files, name, entry); {
		case skip(name, dir) && entry.IsDir():
			return fs.SkipDir
		case skip(name, dir) || entry.IsDir():
			return ctx.Err()
		case !entry.Type().IsRegular():
			return exvet.Refuse("bundle/parse", "%s is a link or device; a bundle is made of plain files and folders", name)
		}
		content, err := readFile(files, name)
		if err != nil {
			return err
		}
		if err := affordable(name, content); err != nil {
			return err
		}
		if size += int64(len(content)); size > maxSize {
			return exvet.Refuse("bundle/too-large", "more than %d MiB of policies and data", maxSize>>20)
		}
		found[name] = content
		return ctx.Err()
	})
	return found, err
}

func readFile(files fs.FS, name string) ([]byte, error) {
	file, err := files.Open(name)
	if err != nil {
		return nil, exvet.Refuse("bundle/parse", "read %q: %w", name, err)
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, maxFileSize+1))
	if err != nil {
		return nil, exvet.Refuse("bundle/parse", "read %q: %w", name, err)
	}
	if len(content) > maxFileSize {
		return nil, exvet.Refuse("bundle/too-large", "%s is larger than %d MiB", name, maxFileSize>>20)
	}
	return content, nil
}

// counted leaves out what does not count, and refuses policies and data that would cost much more to parse than to hold.
func (t tree) counted() (tree, error) {
	found := tree{}
	for _, name := range slices.Sorted(maps.Keys(t)) {
		if skip(name, false) || strings.HasPrefix(name, fixtures+"/") || hidden(name) {
			continue
		}
		if err := affordable(name, t[name]); err != nil {
			return nil, err
		}
		found[name] = t[name]
	}
	return found, nil
}

// hidden reports whether a folder on the way to a file is hidden.
func hidden(name string) bool {
	return strings.HasPrefix(name, ".") && strings.Contains(name, "/") || strings.Contains(path.Dir(name), "/.")
}

func affordable(name string, content []byte) error {
	if path.Ext(name) == ".rego" && len(content) > maxPolicy {
		return exvet.Refuse("bundle/too-large", "%s is larger than %d KiB", name, maxPolicy>>10)
	}
	if bundle.IsStructuredDoc(name) {
		if values := bytes.Count(content, []byte(",")) + bytes.Count(content, []byte("[")) + bytes.Count(content, []byte("{")); values > maxValues {
			return exvet.Refuse("bundle/too-large", "%s holds more than %d values", name, maxValues)
		}
	}
	return nil
}

// leadsToFolder reports whether an entry is a folder or a link to one: rules behind a link are refused, never
// skipped in silence.
func leadsToFolder(files fs.FS, name string, entry fs.DirEntry) bool {
	if entry.Type()&fs.ModeSymlink == 0 {
		return entry.IsDir()
	}
	info, err := fs.Stat(files, name)
	return err == nil && info.IsDir()
}

// fixtures is the folder of snapshots that an organisation's tests read.
const fixtures = "fixtures"

// skip says which names do not count.
func skip(name string, dir bool) bool {
	base := path.Base(name)
	switch {
	case name == "." || name == manifestFile:
		return false
	case strings.HasPrefix(base, "."):
		return true
	case dir:
		return name == fixtures
	case strings.HasSuffix(base, "_test.rego"):
		return true
	}
	return path.Ext(base) != ".rego" && base != "data.json" && base != "data.yaml" && base != "data.yml"
}

// digest identifies the files: sha256 over their names and contents in order, each led by its length.
func (t tree) digest() string {
	sum := sha256.New()
	var length [8]byte
	put := func(part []byte) {
		binary.BigEndian.PutUint64(length[:], uint64(len(part)))
		sum.Write(length[:])
		sum.Write(part)
	}
	for _, name := range slices.Sorted(maps.Keys(t)) {
		put([]byte(name))
		put(t[name])
	}
	return "sha256:" + hex.EncodeToString(sum.Sum(nil))
}

// load parses the files as OPA's bundle reader does; base is put before their names. Roots are the manifest's, or nil.
func (t tree) load(base string) (*Bundle, error) {
	manifest, rest, err := t.manifest(base)
	if err != nil {
		return nil, err
	}
	stamp, err := StampOf(manifest)
	if err != nil {
		return nil, within(base, err)
	}
	var roots []string
	if manifest.Roots != nil {
		roots = *manifest.Roots
	}
	reader := bundle.NewCustomReader(&treeLoader{files: t, manifest: rest, names: slices.Sorted(maps.Keys(t))}).
		WithBaseDir(base).
		WithProcessAnnotations(true).
		WithSkipBundleVerification(true).
		WithLazyLoadingMode(false)
	read, err := reader.Read()
	if err != nil {
		return nil, t.parseError(base, reader.ParserOptions(), err)
	}
	loaded := &Bundle{
		Info:  exvet.Bundle{Revision: read.Manifest.Revision, Serial: stamp.Serial, Digest: t.digest()},
		Stamp: stamp, sources: t, manifest: manifest, Roots: roots, Modules: make(map[string]*ast.Module, len(read.Modules)), Data: read.Data,
	}
	for _, module := range read.Modules {
		loaded.Modules[module.Path] = module.Parsed
	}
	return loaded, nil
}

// manifest reads the manifest, and gives it once more without roots: they are checked here, with file and line, rather than by
// OPA's reader.
func (t tree) manifest(base string) (manifest bundle.Manifest, rest []byte, err error) {
	content, ok := t[manifestFile]
	if !ok {
		return manifest, nil, nil
	}
	if err := json.Unmarshal(content, &manifest); err != nil {
		return manifest, nil, exvet.Refuse("bundle/parse", "%s: %w", filepath.Join(base, manifestFile), err)
	}
	if manifest.Roots != nil {
		for i, root := range *manifest.Roots {
			(*manifest.Roots)[i] = strings.Trim(root, "/")
		}
	}
	without := manifest
	without.Roots = nil
	rest, err = json.Marshal(without)
	return manifest, rest, err
}

// parseError names every file at fault, in the order of names: OPA's reader parses side by side and names one.
func (t tree) parseError(base string, options ast.ParserOptions, err error) error {
	var found faults
	for _, name := range slices.Sorted(maps.Keys(t)) {
		if path.Ext(name) != ".rego" {
			continue
		}
		file := filepath.Join(base, name)
		_, parseErr := ast.ParseModuleWithOpts(file, string(t[name]), options)
		var all ast.Errors
		if errors.As(parseErr, &all) && len(all) > 0 {
			found = append(found, exvet.Refuse("bundle/parse", "%s", Line(all)))
		} else if parseErr != nil {
			found = append(found, exvet.Refuse("bundle/parse", "%s: %w", file, parseErr))
		}
	}
	if len(found) > 0 {
		return found
	}
	return exvet.Refuse("bundle/parse", "%s: %s", base, strings.Join(strings.Fields(err.Error()), " "))
}

// A treeLoader hands a tree to OPA's bundle reader.
type treeLoader struct {
	files    tree
	manifest []byte
	names    []string
}

// NextFile gives the next file, or io.EOF.
func (l *treeLoader) NextFile() (*bundle.Descriptor, error) {
	if len(l.names) == 0 {
		return nil, io.EOF
	}
	name := l.names[0]
	l.names = l.names[1:]
	content := l.files[name]
	if name == manifestFile {
		content = l.manifest
	}
	return bundle.NewDescriptor("/"+name, "/"+name, bytes.NewBuffer(content)), nil
}

// WithFilter changes nothing: the tree is filtered already.
func (l *treeLoader) WithFilter(filter.LoaderFilter) bundle.DirectoryLoader { return l }

// WithPathFormat changes nothing: names are rooted at the bundle.
func (l *treeLoader) WithPathFormat(bundle.PathFormat) bundle.DirectoryLoader { return l }

// WithSizeLimitBytes changes nothing: the tree is read already.
func (l *treeLoader) WithSizeLimitBytes(int64) bundle.DirectoryLoader { return l }

// WithFollowSymlinks changes nothing: links are refused.
func (l *treeLoader) WithFollowSymlinks(bool) bundle.DirectoryLoader { return l }
