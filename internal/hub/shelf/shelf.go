// Package shelf keeps the bundles a hub serves: a directory with a folder a ring, and what was there before.
package shelf

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
)

// A Shelf is a directory of bundles: RING/NAME.tar.gz.
type Shelf struct {
	root *os.Root
	dir  string

	mu    sync.Mutex
	known map[string]known // by path
}

type known struct {
	size  int64
	at    time.Time
	entry Entry
}

// An Entry is a bundle that is served.
type Entry struct {
	Path     string    `json:"path"` // stable/acme.tar.gz
	Ring     string    `json:"ring"`
	File     string    `json:"file"`
	Size     int64     `json:"size"`
	Changed  time.Time `json:"changed_at"`
	Digest   string    `json:"digest"` // SHA-256 in hexadecimal
	Name     string    `json:"name"`
	Revision string    `json:"revision"`
	Serial   int       `json:"serial"`
	KeyID    string    `json:"key_id"` // that signed it; "" for none
	Scope    string    `json:"scope"`
	Problem  string    `json:"problem,omitempty"` // why it cannot be read
}

// history is the folder of what was served before. No path of a request leads there.
const history = ".history"

// MaxSize is how large a bundle may be.
const MaxSize = 64 << 20

// Open opens a directory, and makes it where it is missing.
func Open(dir string) (*Shelf, error) {
	for _, each := range []string{dir, filepath.Join(dir, "canary"), filepath.Join(dir, "stable")} {
		if err := os.MkdirAll(each, 0o700); err != nil {
			return nil, exvet.Refuse("hub/bundles", "--bundles: %w", err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, exvet.Refuse("hub/bundles", "--bundles: %w", err)
	}
	return &Shelf{root: root, dir: dir, known: map[string]known{}}, nil
}

// Dir is the directory.
func (s *Shelf) Dir() string { return s.dir }

// isName reports whether a text is a name of letters, digits and signs that means nothing to a file system.
func isName(text string) bool {
	for i, r := range text {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		if !letter && (i == 0 || !strings.ContainsRune("._-", r)) {
			return false
		}
	}
	return text != "" && len(text) <= 100
}

// isPath reports whether a text is RING/NAME.tar.gz.
func isPath(text string) bool {
	ring, file, ok := strings.Cut(text, "/")
	return ok && isName(ring) && isName(file) && strings.HasSuffix(file, ".tar.gz")
}

// ErrPath is given for a path that names no bundle.
var ErrPath = errors.New("a bundle's path is RING/NAME.tar.gz")

// File opens a bundle that is served and says what it is, as far as its digest goes.
func (s *Shelf) File(at string) (*os.File, Entry, error) {
	if !isPath(at) {
		return nil, Entry{}, fs.ErrNotExist
	}
	file, err := s.root.Open(filepath.FromSlash(at))
	if err != nil {
		return nil, Entry{}, err
	}
	entry, err := s.entry(at, file)
	if err != nil {
		return nil, entry, errors.Join(err, file.Close())
	}
	return file, entry, nil
}

// entry describes an open bundle. It is read again only when its size or time changes.
func (s *Shelf) entry(at string, file *os.File) (Entry, error) {
	info, err := file.Stat()
	if err != nil {
		return Entry{}, err
	}
	if !info.Mode().IsRegular() || info.Size() > MaxSize {
		return Entry{}, fs.ErrNotExist
	}
	s.mu.Lock()
	before, ok := s.known[at]
	s.mu.Unlock()
	if ok && before.size == info.Size() && before.at.Equal(info.ModTime()) {
		return before.entry, nil
	}
	content, err := io.ReadAll(io.LimitReader(file, MaxSize+1))
	if err != nil {
		return Entry{}, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return Entry{}, err
	}
	entry := describe(at, content)
	entry.Changed = info.ModTime().UTC()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known[at] = known{info.Size(), info.ModTime(), entry}
	return entry, nil
}

func describe(at string, content []byte) Entry {
	sum := sha256.Sum256(content)
	entry := Entry{Path: at, Ring: path.Dir(at), File: path.Base(at), Size: int64(len(content)), Digest: hex.EncodeToString(sum[:])}
	seen, err := bundles.Inspect(context.Background(), entry.File, content)
	if err != nil {
		entry.Problem = err.Error()
		return entry
	}
	entry.Name, entry.Revision, entry.Serial = seen.Bundle.Info.Name, seen.Bundle.Info.Revision, seen.Bundle.Stamp.Serial
	if seen.Signature != nil {
		entry.KeyID, entry.Scope = seen.Signature.KeyID, seen.Signature.Scope
	}
	return entry
}

// List describes every bundle that is served, by file and ring.
func (s *Shelf) List() ([]Entry, error) {
	paths, err := fs.Glob(s.root.FS(), "*/*.tar.gz")
	if err != nil {
		return nil, err
	}
	all := []Entry{}
	for _, at := range paths {
		file, entry, err := s.File(at)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", at, err)
		}
		_ = file.Close() // only read
		all = append(all, entry)
	}
	slices.SortFunc(all, func(a, b Entry) int {
		if order := strings.Compare(a.File, b.File); order != 0 {
			return order
		}
		return strings.Compare(a.Ring, b.Ring)
	})
	return all, nil
}
