package host

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/regfile"
)

// Registry is what the copied hives tell, where Windows keeps them, and exports in exvet/registry/*.reg at the top of
// the evidence where there is no hive.
func (e *Evidence) Registry() exvet.Registry { return e.registry() }

// maxAccounts bounds the profiles whose hives are looked for.
const maxAccounts = 200

func (e *Evidence) openRegistry() exvet.Registry {
	windows := systemRoot(e.files)
	config := windows + "/System32/config/"
	profiles := windows + "/ServiceProfiles/"
	var files []regfile.File
	mount := func(at, name string) { files = append(files, e.hive(at, name)) }
	mount(`HKLM\SYSTEM`, config+"SYSTEM")
	mount(`HKLM\SOFTWARE`, config+"SOFTWARE")
	mount(`HKU\S-1-5-18`, config+"DEFAULT")
	mount(`HKU\S-1-5-18_Classes`, config+"systemprofile/"+classes)
	for sid, name := range map[string]string{"S-1-5-19": "LocalService", "S-1-5-20": "NetworkService"} {
		mount(`HKU\`+sid, profiles+name+"/NTUSER.DAT")
		mount(`HKU\`+sid+`_Classes`, profiles+name+"/"+classes)
	}
	machine := regfile.New(files, e.exports)
	files = nil
	for sid, folder := range accounts(machine) {
		if name, ok := exvet.FSPath(folder); ok {
			mount(`HKU\`+sid, name+"/NTUSER.DAT")
			mount(`HKU\`+sid+`_Classes`, name+"/"+classes)
		}
	}
	return machine.With(files)
}

// classes is where an account's COM classes lie, below its profile.
const classes = "AppData/Local/Microsoft/Windows/UsrClass.dat"

// accounts gives the profile folder of each account but those of Windows itself, by SID.
func accounts(registry exvet.Registry) map[string]string {
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
			found[sid] = strings.NewReplacer(`%SystemDrive%`, "C:", `%systemdrive%`, "C:").Replace(profile.Text("ProfileImagePath"))
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

// hive describes a hive file with the logs beside it.
func (e *Evidence) hive(at, name string) regfile.File {
	return regfile.File{Path: at, Name: exvet.WindowsPath(name), Open: func() (*regfile.Hive, error) {
		file, err := e.files.read(name, regfile.MaxHive)
		if errors.Is(err, fs.ErrNotExist) {
			// Windows always has them, so it is the copy that lacks one.
			return nil, exvet.ErrNoEvidence
		}
		if err != nil {
			return nil, err
		}
		var logs [][]byte
		for _, ending := range []string{".LOG1", ".LOG2"} {
			if log, err := e.files.read(name+ending, maxLog); err == nil {
				logs = append(logs, log)
			}
		}
		return regfile.OpenHive(file, logs...)
	}}
}

// maxLog is the largest log of a hive read, in bytes.
const maxLog = 64 << 20

// read reads a file that may not be larger than limit.
func (t *tree) read(name string, limit int64) ([]byte, error) {
	info, err := t.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Size() > limit {
		return nil, tooLarge(limit)
	}
	file, err := t.Open(name)
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
	maxExports     = 64
	maxExportBytes = 96 << 20
)

// exports reads the .reg files.
func (e *Evidence) exports() ([]*regfile.Export, error) {
	var found []*regfile.Export
	var failed []error
	left := int64(maxExportBytes)
	for _, base := range e.tops {
		at, entries := e.within(base, "exvet", "registry")
		for _, file := range entries {
			if file.folder || file.refused != nil || !strings.HasSuffix(strings.ToLower(file.name), ".reg") {
				continue
			}
			name := path.Join(at, file.name)
			export, size, err := e.export(name, left)
			if left -= size; err != nil || len(found) == maxExports {
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
		return fmt.Sprintf("more than %d exports", maxExports)
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
	file, err := e.files.from.open(name)
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
