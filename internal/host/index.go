package host

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/exvet/exvet"
)

// An Index is exvet/index.json: what a capture was made by looking at, and what was there. Evidence with an index answers
// as the server did where that was asked, and exvet.ErrNoEvidence everywhere else: what was left out of a capture is
// never taken for what the server does not have.
type Index struct {
	Format     int                  `json:"format"`
	Live       bool                 `json:"live"`               // the source was the running server: a listing is all there was
	Folders    []IndexFolder        `json:"folders"`            // that were listed
	Files      []IndexFile          `json:"files"`              // that were looked at beside those listed, and what could not be read
	Keys       []IndexKey           `json:"keys"`               // of the registry
	Queries    []IndexQuery         `json:"queries"`            // of event logs
	Logs       []IndexLog           `json:"logs"`               // what their files held
	Verdicts   []IndexVerdict       `json:"verdicts,omitempty"` // of the operating system
	Services   []exvet.ServiceState `json:"services,omitempty"` // what each did
	Processes  string               `json:"processes,omitempty"`
	Unredacted bool                 `json:"unredacted"` // whole hives and logs lie beside it
}

// An IndexFolder is a folder that was listed.
type IndexFolder struct {
	Path    string      `json:"path"`
	Entries []IndexFile `json:"entries"`
}

// An IndexFile is a name: of a listed folder without its path, or a path.
type IndexFile struct {
	Name     string    `json:"name"`
	Folder   bool      `json:"folder,omitempty"`
	Link     bool      `json:"link,omitempty"`
	Size     int64     `json:"size,omitempty"`
	Modified time.Time `json:"modified,omitzero"`
	State    string    `json:"state,omitempty"` // "": it is there; or one of the states below
}

// What else was said of a path or a key.
const (
	IndexAbsent  = "absent"  // the server does not have it
	IndexUnknown = "unknown" // the source did not hold it
	// Any other state is why it could not be read.
)

// An IndexKey is a key of the registry that was asked for.
type IndexKey struct {
	Path    string    `json:"path"`
	Keys    []string  `json:"keys,omitempty"`
	Written time.Time `json:"written,omitzero"`
	State   string    `json:"state,omitempty"` // as of a file; with it, a key may be there in part
	File    string    `json:"file,omitempty"`  // at fault
	There   bool      `json:"there,omitempty"` // its values are in exvet/registry/*.reg
}

// An IndexQuery is a query of an event log, and how it ended.
type IndexQuery struct {
	Log       string    `json:"log"`
	Providers []string  `json:"providers,omitempty"`
	IDs       []int     `json:"ids,omitempty"`
	Since     time.Time `json:"since,omitzero"`
	State     string    `json:"state,omitempty"` // as of a file
}

// An IndexLog is what one file of a log held when a query read it.
type IndexLog struct {
	exvet.EventLog

	Query int `json:"query"` // index of the query
}

// An IndexVerdict is what the operating system made of the signature in a file.
type IndexVerdict struct {
	Path    string        `json:"path"` // "C:\\Windows\\x.dll"
	Verdict exvet.Verdict `json:"verdict,omitempty"`
	State   string        `json:"state,omitempty"` // as of a file: why there is none
}

// Limits of an index.
const (
	indexFile      = "exvet/index.json"
	indexFormat    = 1
	maxIndexBytes  = 128 << 20
	maxIndexedFile = 1 << 20
)

// readIndex reads the index of evidence, nil where it has none.
func readIndex(from source, tops []string) (*Index, error) {
	for _, top := range tops {
		file, err := from.open(path.Join(top, indexFile), maxIndexBytes)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %s", indexFile, reason(err))
		}
		defer file.Close()
		var index Index
		decoder := json.NewDecoder(io.LimitReader(file, maxIndexBytes))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&index); err != nil {
			return nil, fmt.Errorf("read %s: %w", indexFile, err)
		}
		if index.Format != indexFormat {
			return nil, fmt.Errorf("read %s: it has format %d; this exvet reads format %d", indexFile, index.Format, indexFormat)
		}
		entries := 0
		for _, folder := range index.Folders {
			entries += len(folder.Entries)
		}
		if entries+len(index.Files)+len(index.Keys)+len(index.Verdicts)+len(index.Services) > maxIndexedFile {
			return nil, fmt.Errorf("read %s: more than %d names", indexFile, maxIndexedFile)
		}
		return &index, nil
	}
	return nil, nil
}

// An overlay is the files of an index, for look-up.
type overlay struct {
	live    bool
	listed  map[string]bool                 // folders, by folded path
	entries map[string]map[string]IndexFile // by folded path of the folder and folded name
	states  map[string]string               // of files, by folded path
}

func newOverlay(index *Index) *overlay {
	o := &overlay{live: index.Live, listed: map[string]bool{}, entries: map[string]map[string]IndexFile{}, states: map[string]string{}}
	for _, folder := range index.Folders {
		at := key(folder.Path)
		o.listed[at] = true
		for _, entry := range folder.Entries {
			o.add(at, entry)
		}
	}
	for _, file := range index.Files {
		if file.State != "" {
			o.states[key(file.Name)] = file.State
		}
		if file.State == IndexAbsent || file.State == IndexUnknown {
			continue
		}
		// The folders above one that was looked at are there, too.
		for name, folder := file.Name, file.Folder; name != "." && name != "/"; name, folder = path.Dir(name), true {
			at := key(path.Dir(name))
			if _, known := o.entries[at][fold(path.Base(name))]; known {
				break
			}
			entry := IndexFile{Name: path.Base(name), Folder: folder}
			if name == file.Name {
				entry.Size, entry.Modified = file.Size, file.Modified
			}
			o.add(at, entry)
		}
	}
	return o
}

func (o *overlay) add(at string, entry IndexFile) {
	folded := fold(entry.Name)
	if folded == "" || strings.ContainsAny(entry.Name, `/\`) {
		return
	}
	if o.entries[at] == nil {
		o.entries[at] = map[string]IndexFile{}
	}
	o.entries[at][folded] = entry
}

// answer gives the error of a name in a folder, nil where nothing stands against it.
func (o *overlay) answer(name string) error {
	switch state := o.states[key(name)]; state {
	case "":
		return nil
	case IndexAbsent:
		return fs.ErrNotExist
	case IndexUnknown:
		return exvet.ErrNoEvidence
	default:
		return errors.New(state)
	}
}

// merge puts the names of an index into what a folder of the source holds.
func (o *overlay) merge(at string, list *listing) {
	for folded, entry := range o.entries[at] {
		found, held := list.nodes[folded]
		if !held {
			found = node{entry: newEntry(entry)}
			list.nodes[folded] = found
		}
		if held && found.folder == entry.Folder {
			found.name, found.link = entry.Name, entry.Link
		}
		found.indexed = &fileInfo{name: entry.Name, size: entry.Size, time: entry.Modified, mode: modeOf(entry)}
		list.nodes[folded] = found
		if !entry.Folder && !strings.HasSuffix(folded, ".config") {
			list.selective = false
		}
	}
}

func newEntry(of IndexFile) entry { return entry{name: of.Name, folder: of.Folder, link: of.Link} }

func modeOf(of IndexFile) fs.FileMode {
	if of.Folder {
		return fs.ModeDir | 0o555
	}
	return 0o444
}

// missing tells a name a captured server does not have from one nobody asked for.
func (o *overlay) missing(in *listing, at, part string, drive, folder bool) error {
	switch {
	case !o.listed[at]:
		return exvet.ErrNoEvidence
	case o.live:
		return fs.ErrNotExist
	}
	return missing(in, part, drive, folder)
}

// covers reports whether a query that was asked answers another.
func (q IndexQuery) covers(other exvet.EventQuery) bool {
	all := func(have, want []string) bool {
		return len(have) == 0 || len(want) > 0 && !slices.ContainsFunc(want, func(name string) bool {
			return !slices.ContainsFunc(have, func(known string) bool { return strings.EqualFold(known, name) })
		})
	}
	ids := len(q.IDs) == 0 || len(other.IDs) > 0 && !slices.ContainsFunc(other.IDs, func(id int) bool { return !slices.Contains(q.IDs, id) })
	return strings.EqualFold(q.Log, other.Log) && all(q.Providers, other.Providers) && ids && !other.Since.Before(q.Since)
}
