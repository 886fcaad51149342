package host

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/regfile"
)

// Registry is what the copied hives tell, where Windows keeps them, and exports in exvet/registry/*.reg at the top of
// the evidence where there is no hive.
func (e *Evidence) Registry() exvet.Registry {
	return e.registry()
}

// Limits of the hives of accounts.
const (
	maxAccounts     = 200
	maxAccountHives = 128 << 20 // bytes of all of them
)

func (e *Evidence) openRegistry() exvet.Registry {
	if e.index != nil {
		return newIndexedRegistry(e.openFiles(), e.index)
	}
	return e.openFiles()
}

// openFiles opens the registry of hives and exports.
func (e *Evidence) openFiles() exvet.Registry {
	windows := systemRoot(e.files)
	config, profiles := windows+"/System32/config/", windows+"/ServiceProfiles/"
	left := new(atomic.Int64)
	left.Store(maxAccountHives)
	account := func(sid, hive, profile string) []regfile.File { return accountHives(e.files, sid, hive, profile, left) }
	files := []regfile.File{hiveOf(e.files, `HKLM\SYSTEM`, config+"SYSTEM", nil), hiveOf(e.files, `HKLM\SOFTWARE`, config+"SOFTWARE", nil)}
	files = append(files, account("S-1-5-18", config+"DEFAULT", config+"systemprofile")...)
	files = append(files, account("S-1-5-19", profiles+"LocalService/NTUSER.DAT", profiles+"LocalService")...)
	files = append(files, account("S-1-5-20", profiles+"NetworkService/NTUSER.DAT", profiles+"NetworkService")...)
	machine := regfile.New(files, e.exports)
	var people []regfile.File
	for sid, folder := range accounts(machine, windows[:1]) {
		people = append(people, account(sid, folder+"/NTUSER.DAT", folder)...)
	}
	return machine.With(people)
}

// classes is where an account's COM classes lie, below its profile.
const classes = "AppData/Local/Microsoft/Windows/UsrClass.dat"

// accounts gives the profile folder of each account but those of Windows itself, by SID.
func accounts(registry exvet.Registry, drive string) map[string]string {
	const list = `HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList`
	found := map[string]string{}
	profiles, _ := registry.Key(list)
	if profiles == nil {
		return nil // whose hives the others are cannot be told; who asks for one learns that it is not there
	}
	for _, sid := range profiles.Keys {
		if !strings.HasPrefix(strings.ToUpper(sid), "S-1-5-21-") || len(found) >= maxAccounts {
			continue
		}
		if profile, _ := registry.Key(list + `\` + sid); profile != nil {
			folder := profile.Text("ProfileImagePath")
			if rest, ok := strings.CutPrefix(strings.ToLower(folder), "%systemdrive%"); ok {
				folder = drive + ":" + rest
			}
			if name, ok := exvet.FSPath(folder); ok {
				found[sid] = name
			}
		}
	}
	return found
}

// systemRoot is the folder of Windows: the one that holds hives.
func systemRoot(files fs.FS) string {
	drives, _ := fs.ReadDir(files, ".")
	for _, drive := range drives {
		for _, name := range []string{"Windows", "WINNT"} {
			if _, err := fs.Stat(files, drive.Name()+"/"+name+"/System32/config"); err == nil {
				return drive.Name() + "/" + name
			}
		}
	}
	return "C/Windows"
}

// accountHives describes the two hives of an account.
func accountHives(files disk, sid, hive, profile string, left *atomic.Int64) []regfile.File {
	return []regfile.File{hiveOf(files, `HKU\`+sid, hive, left), hiveOf(files, `HKU\`+sid+`_Classes`, profile+"/"+classes, left)}
}

// A disk is files that may be larger than those its Open opens.
type disk interface {
	fs.FS
	openUpTo(name string, limit int64) (fs.File, error)
}

// hiveOf describes a hive file with the logs beside it. left, where there is one, is how many bytes it may still take.
func hiveOf(files disk, at, name string, left *atomic.Int64) regfile.File {
	return regfile.File{Path: at, Name: exvet.WindowsPath(name), Open: func() (*regfile.Hive, error) {
		limit := int64(regfile.MaxHive)
		if left != nil {
			limit = max(left.Load(), 0)
		}
		file, err := readUpTo(files, name, limit)
		if errors.Is(err, fs.ErrNotExist) {
			// Windows always has them, so it is the copy that lacks one.
			return nil, exvet.ErrNoEvidence
		}
		if err != nil {
			return nil, err
		}
		if left != nil {
			left.Add(-int64(len(file)))
		}
		var logs [][]byte
		for _, ending := range []string{".LOG1", ".LOG2"} {
			if log, err := readUpTo(files, name+ending, maxLog); err == nil {
				logs = append(logs, log)
			}
		}
		return regfile.OpenHive(file, logs...)
	}}
}

// maxLog is the largest log of a hive read, in bytes.
const maxLog = 64 << 20

// readUpTo reads a file that may not be larger than limit.
func readUpTo(files disk, name string, limit int64) ([]byte, error) {
	info, err := fs.Stat(files, name)
	if err != nil {
		return nil, err
	}
	if info.Size() > limit {
		return nil, tooLarge(limit)
	}
	file, err := files.openUpTo(name, limit)
	if err != nil {
		return nil, errors.New(reason(err))
	}
	defer file.Close()
	data := make([]byte, 0, max(info.Size(), 0)+1) // as large as the file, so that it is not held twice
	for {
		n, err := file.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		switch {
		case errors.Is(err, io.EOF):
			return data, nil
		case err != nil:
			return nil, errors.New(reason(err))
		case int64(len(data)) > info.Size():
			return nil, errors.New("file is larger than it says")
		}
	}
}

// Limits of the exports of one piece of evidence.
const (
	maxRegExports = 64
	maxRegBytes   = 96 << 20
)

// exports reads the .reg files.
func (e *Evidence) exports() ([]*regfile.Export, error) {
	var found []*regfile.Export
	var failed []error
	left := int64(maxRegBytes)
	for _, base := range e.tops {
		at, entries := e.within(base, "exvet", "registry")
		for _, file := range entries {
			if file.folder || file.refused != nil || !strings.HasSuffix(strings.ToLower(file.name), ".reg") {
				continue
			}
			name := path.Join(at, file.name)
			export, size, err := e.export(name, left)
			if left -= size; err != nil || len(found) == maxRegExports {
				failed = append(failed, exvet.Missing{File: name, Reason: reasonOf(err)})
				continue
			}
			found = append(found, export)
		}
	}
	return found, errors.Join(failed...)
}

func reasonOf(err error) string {
	if err == nil {
		return fmt.Sprintf("more than %d exports", maxRegExports)
	}
	return reason(err)
}

// within gives a folder of the source, its names matched without regard to case, and what it holds; nothing where there
// is no such folder.
func (e *Evidence) within(at string, names ...string) (string, []entry) {
	for _, name := range names {
		entries, err := e.files.from.list(at)
		i := slices.IndexFunc(entries, func(found entry) bool {
			return found.folder && found.refused == nil && fold(found.name) == name
		})
		if err != nil || i < 0 {
			return "", nil
		}
		at = path.Join(at, entries[i].name)
	}
	entries, err := e.files.from.list(at)
	if err != nil {
		return "", nil
	}
	return at, entries
}

func (e *Evidence) export(name string, left int64) (*regfile.Export, int64, error) {
	file, err := e.files.from.open(name, regfile.MaxExport)
	if err != nil {
		return nil, 0, err
	}
	defer file.Close()
	limit := min(left, regfile.MaxExport)
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, 0, err
	}
	if int64(len(data)) > limit {
		return nil, 0, tooLarge(limit)
	}
	export, err := regfile.ReadExport(data)
	return export, int64(len(data)), err
}
