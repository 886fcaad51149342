// Package capture writes what collectors read of a server into a zip that reads the same elsewhere, without its secrets.
package capture

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"path"
	"strings"
	"sync"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/host"
)

// A Recorder is a host that remembers what it was asked for, and what it answered. Let collectors look at it, then Write.
type Recorder struct {
	host exvet.Host

	mutex     sync.Mutex
	files     map[string]host.IndexFile   // looked at, by name in lower case
	opened    map[string]string           // names of files whose content was asked for, by name in lower case
	folders   map[string]host.IndexFolder // by name in lower case
	keys      map[string]recordedKey      // by path in lower case
	queries   []*recordedQuery
	verdicts  map[string]host.IndexVerdict // by path key
	services  []exvet.ServiceState
	processes []exvet.Process
	listed    error // of the list of processes
	asked     bool  // for processes
}

type recordedKey struct {
	index host.IndexKey
	key   *exvet.RegistryKey
}

type recordedQuery struct {
	index  host.IndexQuery
	events []exvet.Event
	logs   []exvet.EventLog
}

var (
	_ exvet.Host           = (*Recorder)(nil)
	_ exvet.TrustJudge     = (*Recorder)(nil)
	_ exvet.ServiceManager = (*Recorder)(nil)
)

// Record begins to record what is asked of a host.
func Record(from exvet.Host) *Recorder {
	return &Recorder{
		host: from, files: map[string]host.IndexFile{}, opened: map[string]string{},
		folders: map[string]host.IndexFolder{}, keys: map[string]recordedKey{}, verdicts: map[string]host.IndexVerdict{},
	}
}

// Kind is that of the host.
func (r *Recorder) Kind() exvet.HostKind { return r.host.Kind() }

// Files are those of the host.
func (r *Recorder) Files() fs.FS { return recordedFiles{r, r.host.Files()} }

// Exports is what the host holds beside its disks.
func (r *Recorder) Exports() fs.FS {
	if more, ok := r.host.(interface{ Exports() fs.FS }); ok {
		return more.Exports()
	}
	return noFiles{}
}

// Registry is that of the host.
func (r *Recorder) Registry() exvet.Registry { return recordedRegistry{r, r.host.Registry()} }

// ServiceStates are those of the host.
func (r *Recorder) ServiceStates(ctx context.Context) ([]exvet.ServiceState, error) {
	manager, ok := r.host.(exvet.ServiceManager)
	if !ok {
		return nil, exvet.ErrNoEvidence
	}
	list, err := manager.ServiceStates(ctx)
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.services = list
	return list, err
}

// Trusts is the verdict of the host.
func (r *Recorder) Trusts(windowsPath string) (exvet.Verdict, error) {
	judge, ok := r.host.(exvet.TrustJudge)
	if !ok {
		return "", exvet.ErrNoEvidence
	}
	verdict, err := judge.Trusts(windowsPath)
	if !errors.Is(err, exvet.ErrNoEvidence) {
		r.mutex.Lock()
		defer r.mutex.Unlock()
		r.verdicts[exvet.PathKey(windowsPath)] = host.IndexVerdict{Path: windowsPath, Verdict: verdict, State: stateOf(err)}
	}
	return verdict, err
}

// Processes are those of the host.
func (r *Recorder) Processes(ctx context.Context) ([]exvet.Process, error) {
	list, err := r.host.Processes(ctx)
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.asked, r.processes, r.listed = true, list, err
	return list, err
}

// Events are those of the host.
func (r *Recorder) Events(ctx context.Context, query exvet.EventQuery) iter.Seq2[exvet.Event, error] {
	return func(yield func(exvet.Event, error) bool) {
		found := &recordedQuery{index: host.IndexQuery{Log: query.Log, Providers: query.Providers, IDs: query.IDs, Since: query.Since}}
		tell := query.Seen
		query.Seen = func(log exvet.EventLog) {
			found.logs = append(found.logs, log)
			if tell != nil {
				tell(log)
			}
		}
		whole := true
		for event, err := range r.host.Events(ctx, query) {
			if err != nil {
				found.index.State = stateOf(err)
			} else {
				found.events = append(found.events, event)
			}
			if whole = yield(event, err); !whole {
				break
			}
		}
		if !whole && found.index.State == "" {
			found.index.State = "it was not read to its end"
		}
		r.mutex.Lock()
		defer r.mutex.Unlock()
		r.queries = append(r.queries, found)
	}
}

// stateOf words an error for the index.
func stateOf(err error) string {
	var missing exvet.Missing
	switch {
	case err == nil:
		return ""
	case errors.Is(err, exvet.ErrNoEvidence):
		return host.IndexUnknown
	case errors.Is(err, fs.ErrNotExist):
		return host.IndexAbsent
	case errors.As(err, &missing):
		return oneLine(missing.Reason)
	}
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return oneLine(err.Error())
}

func oneLine(text string) string {
	if text = strings.Join(strings.Fields(text), " "); text == "" {
		return "unreadable"
	}
	return text
}

type recordedRegistry struct {
	recorder *Recorder
	from     exvet.Registry
}

func (r recordedRegistry) Key(name string) (*exvet.RegistryKey, error) {
	key, err := r.from.Key(name)
	found := recordedKey{index: host.IndexKey{Path: strings.Trim(name, `\`), State: stateOf(err)}, key: key}
	var missing exvet.Missing
	if errors.As(err, &missing) {
		found.index.File = missing.File
	}
	if key != nil {
		found.index.There, found.index.Keys, found.index.Written = true, key.Keys, key.Written.UTC()
	}
	r.recorder.mutex.Lock()
	defer r.recorder.mutex.Unlock()
	r.recorder.keys[strings.ToLower(found.index.Path)] = found
	return key, err
}

// recordedFiles records names. It is as capable as collectors need it to be.
type recordedFiles struct {
	recorder *Recorder
	from     fs.FS
}

func (f recordedFiles) Open(name string) (fs.File, error) {
	file, err := f.from.Open(name)
	if err != nil {
		f.note(name, nil, err)
		return nil, err
	}
	info, statErr := file.Stat()
	if statErr == nil && info.IsDir() {
		_, _ = f.ReadDir(name) // who opens a folder may list it
	}
	if info, err := fs.Stat(f.from, name); err == nil {
		f.note(name, info, nil)
	}
	f.recorder.mutex.Lock()
	defer f.recorder.mutex.Unlock()
	f.recorder.opened[strings.ToLower(name)] = name
	return file, nil
}

func (f recordedFiles) Stat(name string) (fs.FileInfo, error) {
	info, err := fs.Stat(f.from, name)
	f.note(name, info, err)
	return info, err
}

func (f recordedFiles) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(f.from, name)
	if err != nil && len(entries) == 0 {
		f.note(name, nil, err)
		return entries, err
	}
	folder := host.IndexFolder{Path: name, Entries: []host.IndexFile{}}
	for _, entry := range entries {
		found := host.IndexFile{Name: entry.Name(), Folder: entry.IsDir(), Link: entry.Type()&fs.ModeSymlink != 0}
		if info, err := entry.Info(); err == nil {
			found.Folder = info.IsDir() // also where a link leads to one
			found.Size, found.Modified = sizeOf(info), info.ModTime().UTC()
		}
		folder.Entries = append(folder.Entries, found)
	}
	f.note(name, nil, nil)
	f.recorder.mutex.Lock()
	defer f.recorder.mutex.Unlock()
	f.recorder.folders[strings.ToLower(name)] = folder
	return entries, err
}

func (f recordedFiles) ReadFile(name string) ([]byte, error) {
	data, err := fs.ReadFile(f.from, name)
	info, statErr := fs.Stat(f.from, name)
	if err != nil || statErr != nil {
		f.note(name, nil, errors.Join(err, statErr))
		return data, err
	}
	f.note(name, info, nil)
	f.recorder.mutex.Lock()
	defer f.recorder.mutex.Unlock()
	f.recorder.opened[strings.ToLower(name)] = name
	return data, nil
}

// note remembers what was said of a name. That a file could not be read is not forgotten for its being there.
func (f recordedFiles) note(name string, info fs.FileInfo, err error) {
	if name == "." {
		return
	}
	found := host.IndexFile{Name: path.Clean(name), State: stateOf(err)}
	if info != nil {
		found.Folder, found.Size, found.Modified = info.IsDir(), sizeOf(info), info.ModTime().UTC()
	} else {
		found.Folder = err == nil
	}
	f.recorder.mutex.Lock()
	defer f.recorder.mutex.Unlock()
	key := strings.ToLower(found.Name)
	if known, ok := f.recorder.files[key]; ok && known.State != "" && found.State == "" {
		found.State = known.State
	}
	f.recorder.files[key] = found
}

func sizeOf(info fs.FileInfo) int64 {
	if info.IsDir() {
		return 0
	}
	return info.Size()
}

// noFiles is a file system without files.
type noFiles struct{}

func (noFiles) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: exvet.ErrNoEvidence}
}
