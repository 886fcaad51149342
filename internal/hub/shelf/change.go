package shelf

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/exvet/exvet"
)

// Put serves an archive at a path, after what agents would refuse is refused here: no signature, or a serial lower than that of what is
// served now. What was there before is kept.
func (s *Shelf) Put(at string, content []byte) (Entry, error) {
	if !isPath(at) {
		return Entry{}, exvet.Refuse("bundle/path", "%q: %w", at, ErrPath)
	}
	entry := describe(at, content)
	switch {
	case entry.Problem != "":
		return entry, exvet.Refuse("bundle/archive", "%s", entry.Problem)
	case entry.KeyID == "" && entry.Scope == "":
		return entry, exvet.Refuse("bundle/signature-missing", "%s is not signed, and agents take no such bundle; sign it with exvet bundle sign", at)
	}
	if now, ok := s.served(at); ok {
		if now.Digest == entry.Digest {
			return now, nil
		}
		if err := newer(now, entry); err != nil {
			return entry, err
		}
		if err := s.keep(at, now); err != nil {
			return entry, err
		}
	}
	return entry, s.write(at, content)
}

// newer refuses what agents that saw the one would refuse of the other.
func newer(now, next Entry) error {
	switch {
	case now.Name != "" && now.Name != next.Name:
		return exvet.Refuse("bundle/name", "%s serves the bundle %q, and this one is %q", now.Path, now.Name, next.Name)
	case now.Serial > next.Serial:
		return exvet.Refuse("bundle/replayed", "serial %d is lower than %d, which %s serves: agents that saw it would refuse the bundle. To go back, build the older "+
			"sources with --serial %d, sign and put that", next.Serial, now.Serial, now.Path, now.Serial+1)
	}
	return nil
}

func (s *Shelf) served(at string) (Entry, bool) {
	file, entry, err := s.File(at)
	if err != nil {
		return Entry{}, false
	}
	_ = file.Close() // only read
	return entry, true
}

// Promote serves what one ring serves in another as well.
func (s *Shelf) Promote(file, from, to, digest string) (Entry, error) {
	if !isName(file) || !isName(from) || !isName(to) || from == to {
		return Entry{}, exvet.Refuse("bundle/path", "promote %q from %q to %q: %w", file, from, to, ErrPath)
	}
	open, entry, err := s.File(from + "/" + file)
	if err != nil {
		return Entry{}, exvet.Refuse("bundle/not-found", "%s/%s is not served", from, file)
	}
	defer open.Close()
	if digest != "" && digest != entry.Digest {
		return entry, exvet.Refuse("bundle/changed", "%s/%s is another one now; look at it again before you promote it", from, file)
	}
	content, err := io.ReadAll(io.LimitReader(open, MaxSize+1))
	if err != nil {
		return entry, err
	}
	return s.Put(to+"/"+file, content)
}

// keptLong is how a file of the history begins: when it was replaced.
const keptLong = "20060102T150405Z"

// keep puts what is served now into the history.
func (s *Shelf) keep(at string, now Entry) error {
	content, err := fs.ReadFile(s.root.FS(), at)
	if err != nil {
		return fmt.Errorf("keep %s: %w", at, err)
	}
	return s.write(path.Join(history, at, time.Now().UTC().Format(keptLong)+"-"+now.Digest[:12]+".tar.gz"), content)
}

// write puts a file in place in one step, on disk before it is seen.
func (s *Shelf) write(at string, content []byte) error {
	fail := func(err error) error { return fmt.Errorf("write %s: %w", at, err) }
	if err := s.root.MkdirAll(filepath.FromSlash(path.Dir(at)), 0o700); err != nil {
		return fail(err)
	}
	temporary := filepath.FromSlash(path.Join(path.Dir(at), fmt.Sprintf(".new-%d", time.Now().UnixNano())))
	file, err := s.root.OpenFile(temporary, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fail(err)
	}
	_, err = file.Write(content)
	if err = cmp.Or(err, file.Sync()); err != nil {
		return fail(errors.Join(err, file.Close(), s.root.Remove(temporary)))
	}
	if err := file.Close(); err != nil {
		return fail(errors.Join(err, s.root.Remove(temporary)))
	}
	if err := s.root.Rename(temporary, filepath.FromSlash(at)); err != nil {
		return fail(err)
	}
	return nil
}

// A Past is a bundle that was served before.
type Past struct {
	Entry

	Until time.Time `json:"until"`
}

// maxPast is how many are shown of each path.
const maxPast = 10

// History lists what a path served before, newest first.
func (s *Shelf) History(at string) ([]Past, error) {
	if !isPath(at) {
		return nil, ErrPath
	}
	names, err := fs.Glob(s.root.FS(), path.Join(history, at, "*.tar.gz"))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(b, a) })
	all := []Past{}
	for _, name := range names[:min(len(names), maxPast)] {
		content, err := fs.ReadFile(s.root.FS(), name)
		if err != nil {
			return nil, err
		}
		stamp, _, _ := strings.Cut(path.Base(name), "-")
		until, _ := time.Parse(keptLong, stamp) // zero for a file somebody put there
		past := Past{Entry: describe(at, content), Until: until}
		all = append(all, past)
	}
	return all, nil
}
