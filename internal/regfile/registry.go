package regfile

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/exvet/exvet"
)

// A Registry is what the copied files of one server tell of its registry. It may be used from several goroutines.
type Registry struct {
	mounts  []*mount // longest path first
	exports func() ([]*Export, error)
}

var _ exvet.Registry = (*Registry)(nil)

// A File is a hive file and the place Windows loads it at.
type File struct {
	Path string                // `HKLM\SYSTEM`
	Name string                // Windows path of the file
	Open func() (*Hive, error) // may give a hive and an error: what OpenHive says of its logs
}

// mount is a File that is opened when it is first asked for.
type mount struct {
	path, name string
	open       func() (*Hive, error)
}

// New makes a Registry of hive files; exports, read when first asked for, answer where no hive can.
func New(files []File, exports func() ([]*Export, error)) *Registry {
	return (&Registry{exports: sync.OnceValues(exports)}).With(files)
}

// With gives a Registry with more hive files.
func (r *Registry) With(files []File) *Registry {
	more := &Registry{mounts: slices.Clone(r.mounts), exports: r.exports}
	for _, file := range files {
		more.mounts = append(more.mounts, &mount{fold(file.Path), file.Name, sync.OnceValues(guarded(file.Open))})
	}
	slices.SortStableFunc(more.mounts, func(a, b *mount) int { return len(b.path) - len(a.path) })
	return more
}

// guarded turns a panic into an error.
func guarded(open func() (*Hive, error)) func() (*Hive, error) {
	return func() (hive *Hive, err error) {
		defer func() {
			if r := recover(); r != nil {
				hive, err = nil, damaged("%v", r)
			}
		}()
		return open()
	}
}

// Key opens a key. See exvet.Registry.
func (r *Registry) Key(path string) (*exvet.RegistryKey, error) {
	path = strings.Trim(path, `\`)
	if strings.EqualFold(path, "HKU") {
		return r.accounts(), nil
	}
	key, err := r.resolve(systemAccount(path))
	if key != nil {
		key.Path = path
	}
	return key, err
}

// systemAccount gives the hive of the system account the name it has by SID.
func systemAccount(path string) string {
	const name = `HKU\.DEFAULT`
	if len(path) >= len(name) && strings.EqualFold(path[:len(name)], name) && (len(path) == len(name) || path[len(name)] == '\\') {
		return `HKU\S-1-5-18` + path[len(name):]
	}
	return path
}

// currentSet is the link Windows makes to the control set it starts with.
const currentSet = `hklm\system\currentcontrolset`

// resolve follows CurrentControlSet. An export may hold it under its own name.
func (r *Registry) resolve(path string) (*exvet.RegistryKey, error) {
	rest, found := strings.CutPrefix(fold(path)+`\`, currentSet+`\`)
	if !found {
		return r.find(path)
	}
	selected, selectErr := r.find(`HKLM\SYSTEM\Select`)
	current, _ := selected.Value("Current")
	number, ok := current.Number()
	if ok = ok && number <= 999; ok {
		key, err := r.find(strings.TrimRight(fmt.Sprintf(`HKLM\SYSTEM\ControlSet%03d\%s`, number, rest), `\`))
		if !errors.Is(err, exvet.ErrNoEvidence) {
			return key, err
		}
	}
	key, err := r.find(path)
	switch {
	case key != nil || ok || !errors.Is(err, fs.ErrNotExist):
		return key, err
	case selected != nil:
		return nil, damaged(`HKLM\SYSTEM\Select does not say which control set is the current one`)
	case errors.Is(selectErr, exvet.ErrNoEvidence):
		return nil, err
	}
	return nil, selectErr
}

// find asks the hive a path lies in, then the exports.
func (r *Registry) find(path string) (*exvet.RegistryKey, error) {
	folded := fold(path)
	var unreadable error
	for _, m := range r.mounts {
		rest, below := strings.CutPrefix(folded+`\`, m.path+`\`)
		if !below {
			continue
		}
		hive, err := m.open()
		if errors.Is(err, exvet.ErrNoEvidence) || errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if hive == nil {
			unreadable = m.blame(err)
			break
		}
		key, keyErr := m.key(hive, rest)
		if err != nil && !errors.Is(keyErr, exvet.ErrNoEvidence) {
			// What an old state of the hive says of a key that is not there proves nothing.
			keyErr = m.blame(err)
		}
		return key, keyErr
	}
	exports, exportErr := r.exports()
	for _, export := range exports {
		if key, err := export.Key(path); !errors.Is(err, exvet.ErrNoEvidence) {
			return key, err
		}
	}
	if err := errors.Join(unreadable, exportErr); err != nil {
		return nil, err
	}
	return nil, exvet.ErrNoEvidence
}

// key opens a key of the mounted hive by what follows the mount's path.
func (m *mount) key(hive *Hive, rest string) (key *exvet.RegistryKey, err error) {
	defer func() {
		if r := recover(); r != nil {
			key, err = nil, m.blame(damaged("%v", r))
		}
	}()
	var parts []string
	for part := range strings.SplitSeq(rest, `\`) {
		if part != "" {
			parts = append(parts, part)
		}
	}
	key, err = hive.Key(parts)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		err = m.blame(err)
	}
	return key, err
}

// blame words an error about a hive as a gap that names its file.
func (m *mount) blame(err error) error {
	return exvet.Missing{File: m.name, Reason: strings.ReplaceAll(err.Error(), "\n", "; ")}
}

// accounts lists the accounts that have a hive.
func (r *Registry) accounts() *exvet.RegistryKey {
	key := &exvet.RegistryKey{Path: "HKU"}
	seen := map[string]bool{}
	add := func(path string) {
		name, under := strings.CutPrefix(path, `hku\`)
		name, _, _ = strings.Cut(name, `\`)
		if name = strings.ToUpper(name); under && name != "" && !seen[name] {
			seen[name] = true
			key.Keys = append(key.Keys, name)
		}
	}
	for _, m := range r.mounts {
		if _, err := m.open(); !errors.Is(err, exvet.ErrNoEvidence) && !errors.Is(err, fs.ErrNotExist) {
			add(m.path)
		}
	}
	exports, _ := r.exports()
	for _, export := range exports {
		for _, root := range export.roots {
			add(root)
		}
	}
	slices.Sort(key.Keys)
	return key
}
