// Package host gives exvet the servers it reads: so far, disks that were copied into a directory or a zip.
package host

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/exvet/exvet"
)

// Evidence is a server whose disk was copied. It is safe for concurrent use, and nothing is written to what it
// reads.
type Evidence struct {
	files     *tree
	tops      []string                // folders of the source that may hold an "exvet" folder
	index     *Index                  // of a capture, or nil
	verdicts  map[string]IndexVerdict // of a capture, by path key
	registry  func() exvet.Registry
	unchecked error // why a capture was not held to its manifest
}

var _ exvet.Host = (*Evidence)(nil)

// limits bound what one piece of evidence may cost.
type limits struct {
	entries int   // names held at once, of a zip or of the folders that were looked into
	index   int64 // bytes of a zip's directory
	file    int64 // bytes of one opened file
	log     int64 // bytes of one event log, which is never held in memory
	small   int64 // bytes below which a zip's file may be packed as tightly as it likes
	ratio   int64 // of a file's size to its packed size
}

var defaults = limits{entries: 200_000, index: 48 << 20, file: 256 << 20, log: 8 << 30, small: 64 << 20, ratio: 100}

// Open opens a directory or a zip file that holds drive folders: "C", "C_", "C%3A" or "c:", at its top, below
// "uploads/auto", or in either place below a single folder that wraps everything. Close it after use.
//
// What is no evidence is an exvet.Refusal.
func Open(name string) (*Evidence, error) { return open(name, defaults) }

func open(name string, limits limits) (*Evidence, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, exvet.Refuse("source/not-evidence", "open %q: %s; pass a directory or zip that holds drive folders such as C", name, reason(err))
	}
	var from source
	if info.IsDir() {
		from, err = openDirectory(name, limits)
	} else {
		from, err = openArchive(name, limits)
	}
	if err != nil {
		return nil, exvet.Refuse("source/not-evidence", "open %q: %s; pass a directory or zip that holds drive folders such as C", name, reason(err))
	}
	files := newTree(from, limits)
	drives, tops, err := findDrives(files, name)
	if err != nil {
		return nil, errors.Join(err, from.close())
	}
	index, err := readIndex(from, tops)
	if err != nil {
		return nil, errors.Join(exvet.Refuse("source/malformed-capture", "open %q: %w; capture it again", name, err), files.from.close())
	}
	var unchecked error
	if index != nil {
		if unchecked = checkManifest(from, tops, limits); unchecked != nil && !errors.Is(unchecked, errNoManifest) {
			return nil, errors.Join(exvet.Refuse("source/changed-capture", "open %q: %w; use the zip as it was captured, or capture it again", name, unchecked), files.from.close())
		}
		files.index = newOverlay(index)
		if files.husks, err = readHusks(from, tops); err != nil {
			return nil, errors.Join(exvet.Refuse("source/malformed-capture", "open %q: %w; capture it again", name, err), files.from.close())
		}
	}
	files.mount(drives)
	evidence := &Evidence{files: files, tops: tops, index: index, verdicts: verdictsOf(index), unchecked: unchecked}
	evidence.registry = sync.OnceValue(evidence.openRegistry)
	return evidence, nil
}

// Kind says that this is a copied disk; a capture of a running server counts as that server.
func (e *Evidence) Kind() exvet.HostKind {
	if e.index != nil && e.index.Live {
		return exvet.LiveHost
	}
	return exvet.EvidenceHost
}

// Files is the copied drives, "C/Windows/System32". It implements fs.ReadDirFS, fs.StatFS and fs.ReadFileFS,
// and keeps the contract of exvet.Host.
//
// A copy is often selective: only the web.config files of a folder. Therefore a name below a missing folder is
// fs.ErrNotExist only where the nearest folder that exists holds some file that is not a *.config; otherwise
// nobody knows, and it is exvet.ErrNoEvidence.
func (e *Evidence) Files() fs.FS { return e.files }

// Problems lists what was refused so far: entries that lead outside, names that stand for two files, folders
// that could not be read. A directory is looked into as it is used, so ask when the work is done.
func (e *Evidence) Problems() []error {
	if e.unchecked != nil {
		return append([]error{e.unchecked}, e.files.reported()...)
	}
	return e.files.reported()
}

// Close lets go of the files.
func (e *Evidence) Close() error { return e.files.from.close() }

var drivePattern = exvet.Pattern(`^([A-Za-z])(?:_|:|%3[Aa])?$`)

// findDrives gives the folders of each drive, by upper-case letter, and the tops of the evidence: the source itself and
// the single folder that wraps everything, if there is one.
func findDrives(files *tree, source string) (drives map[string][]string, tops []string, err error) {
	top, err := files.from.list("")
	if err != nil {
		return nil, nil, exvet.Refuse("source/not-evidence", "read %q: %s", source, reason(err))
	}
	bases := []string{"", "uploads/auto"}
	tops = []string{""}
	if folders := slices.DeleteFunc(slices.Clone(top), notFolder); len(folders) == 1 {
		bases = append(bases, folders[0].name, folders[0].name+"/uploads/auto")
		tops = append(tops, folders[0].name)
	}
	drives = map[string][]string{}
	for _, base := range bases {
		entries, err := files.from.list(base)
		if err != nil {
			continue // not the layout of this evidence
		}
		for _, found := range entries {
			if letter := drivePattern().FindStringSubmatch(found.name); letter != nil && found.folder {
				drive := strings.ToUpper(letter[1])
				drives[drive] = append(drives[drive], path.Join(base, found.name))
			}
		}
		if len(drives) > 0 && base != "" {
			break
		}
	}
	if len(drives) > 0 {
		return drives, tops, nil
	}
	for _, found := range top {
		if found.folder && fold(found.name) == "windows" {
			return nil, nil, exvet.Refuse("source/not-evidence",
				"%q is a drive itself: name it C and pass the directory or zip that holds it", source)
		}
	}
	what := "no drive folder"
	if len(top) == 0 {
		what = "nothing"
	}
	return nil, nil, exvet.Refuse("source/not-evidence",
		"%q holds %s: pass a directory or zip that holds the copied disk as C/Windows/..., or uploads/auto/C%%3A/...", source, what)
}

func notFolder(found entry) bool { return !found.folder }

// fold is the form in which names are compared. Windows drops dots and spaces at the end of a name.
func fold(name string) string { return strings.ToLower(strings.TrimRight(name, ". ")) }

// A source is what a copy lies in. Names are slash-separated and relative, "" is the top.
type source interface {
	list(folder string) ([]entry, error) // sorted by name
	stat(name string) (fs.FileInfo, error)
	open(name string, limit int64) (fs.File, error) // a regular file of at most so many bytes
	problems() []error                              // found while the source was opened
	close() error
}

// An entry is one name in one folder of a source.
type entry struct {
	name    string
	folder  bool
	link    bool  // a link to what folder says
	refused error // why it cannot be used, or nil
}

var errTooMany = errors.New("too many names")

func tooMany(limit int) error { return fmt.Errorf("%w: more than %d", errTooMany, limit) }
