package host

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/windows"

	"github.com/exvet/exvet"
)

// A drives is the disks of the server exvet runs on, one folder a drive. Files are opened so that nobody is kept from
// reading, writing, renaming or deleting them.
type drives struct {
	limits  limits
	pace    *pace
	windows string // name of the folder of Windows: "C/Windows"
}

var (
	_ fs.ReadDirFS  = (*drives)(nil)
	_ fs.StatFS     = (*drives)(nil)
	_ fs.ReadFileFS = (*drives)(nil)
	_ disk          = (*drives)(nil)
)

func newDrives(pace *pace, root string) *drives {
	name, ok := exvet.FSPath(root)
	if !ok {
		name = "C/Windows"
	}
	return &drives{limits: defaults, pace: pace, windows: name}
}

// Open opens a file or a folder.
func (d *drives) Open(name string) (fs.File, error) { return d.openUpTo(name, d.limits.file) }

func (d *drives) openUpTo(name string, limit int64) (fs.File, error) {
	if name == "." {
		return d.openFolder(name, fileInfo{name: ".", mode: fs.ModeDir | 0o555})
	}
	handle, err := d.handle("open", name, windows.GENERIC_READ)
	if err != nil {
		return nil, err
	}
	info, err := d.usable(handle, name, limit)
	if err != nil || info.IsDir() {
		_ = windows.CloseHandle(handle)
	}
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return d.openFolder(name, info)
	}
	file := pacedFile{os.NewFile(uintptr(handle), path.Base(name)), d.pace}
	limited := &limitedFile{file: file, path: name, name: path.Base(name), left: limit, limit: limit}
	return &liveFile{&randomFile{limited, file}, info}, nil
}

func (d *drives) openFolder(name string, info fs.FileInfo) (fs.File, error) {
	entries, err := d.ReadDir(name)
	if err != nil {
		return nil, err
	}
	return &folder{path: name, info: info, entries: entries}, nil
}

// usable describes an opened file, and refuses one that is none or too large.
func (*drives) usable(handle windows.Handle, name string, limit int64) (liveInfo, error) {
	if kind, _ := windows.GetFileType(handle); kind != windows.FILE_TYPE_DISK {
		return liveInfo{}, &fs.PathError{Op: "open", Path: name, Err: errors.New("not a regular file")}
	}
	info, err := describe(handle, path.Base(name))
	switch {
	case err != nil:
		return liveInfo{}, refused("open", name, err)
	case info.Size() > limit:
		return liveInfo{}, &fs.PathError{Op: "open", Path: name, Err: tooLarge(limit)}
	}
	return info, nil
}

// Stat describes a file or a folder, whoever has it open.
func (d *drives) Stat(name string) (fs.FileInfo, error) { return d.stat("stat", name) }

func (d *drives) stat(op, name string) (fs.FileInfo, error) {
	if name == "." {
		return fileInfo{name: ".", mode: fs.ModeDir | 0o555}, nil
	}
	handle, err := d.handle(op, name, windows.FILE_READ_ATTRIBUTES)
	if err != nil {
		return nil, err
	}
	defer func() { _ = windows.CloseHandle(handle) }() // it was only read
	info, err := describe(handle, path.Base(name))
	if err != nil {
		return nil, refused(op, name, err)
	}
	return info, nil
}

// ReadDir lists a folder, sorted by name. At the top it lists the fixed drives.
func (d *drives) ReadDir(name string) ([]fs.DirEntry, error) {
	if name == "." {
		return fixedDrives(), nil
	}
	native, err := d.native("readdir", name)
	if err != nil {
		return nil, err
	}
	d.pace.wait()
	var data windows.Win32finddata
	handle, err := windows.FindFirstFile(wide(native+`\*`), &data)
	if err != nil {
		return nil, refused("readdir", name, err)
	}
	defer func() { _ = windows.FindClose(handle) }() // it was only read
	var entries []fs.DirEntry
	for err == nil {
		if found := entryOf(&data); found.name != "." && found.name != ".." {
			entries = append(entries, found)
		}
		if len(entries) > d.limits.entries {
			return nil, &fs.PathError{Op: "readdir", Path: name, Err: tooMany(d.limits.entries)}
		}
		err = windows.FindNextFile(handle, &data)
	}
	if !errors.Is(err, windows.ERROR_NO_MORE_FILES) {
		return nil, refused("readdir", name, err)
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

// fixedDrives lists the drives of this machine, not those of others nor what is put in and taken out.
func fixedDrives() []fs.DirEntry {
	mask, _ := windows.GetLogicalDrives()
	var entries []fs.DirEntry
	for letter := range byte(26) {
		name := string('A' + letter)
		if mask&(1<<letter) != 0 && windows.GetDriveType(wide(name+`:\`)) == windows.DRIVE_FIXED {
			entries = append(entries, liveEntry{fileInfo{name: name, mode: fs.ModeDir | 0o555}, false})
		}
	}
	return entries
}

// ReadFile reads a whole file.
func (d *drives) ReadFile(name string) ([]byte, error) {
	file, err := d.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}

// handle opens a file or a folder beside whoever has it open.
func (d *drives) handle(op, name string, access uint32) (windows.Handle, error) {
	native, err := d.native(op, name)
	if err != nil {
		return 0, err
	}
	d.pace.wait()
	const share = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE
	open := func(native string) (windows.Handle, error) {
		return windows.CreateFile(wide(native), access, share, nil, windows.OPEN_EXISTING, windows.FILE_FLAG_BACKUP_SEMANTICS, 0)
	}
	handle, err := open(native)
	if trimmed := trimNames(native); err != nil && trimmed != native && errors.Is(refused(op, name, err), fs.ErrNotExist) {
		handle, err = open(trimmed)
	}
	if err != nil {
		return 0, refused(op, name, err)
	}
	return handle, nil
}

// trimNames drops dots and spaces at the end of each name, as Windows does unless it is told not to.
func trimNames(native string) string {
	parts := strings.Split(native, `\`)
	for i := 4; i < len(parts); i++ {
		parts[i] = strings.TrimRight(parts[i], ". ")
	}
	return strings.Join(parts, `\`)
}

// native gives the path Windows opens: of any length, and taken as it is written.
func (d *drives) native(op, name string) (string, error) {
	fail := func(err error) (string, error) { return "", &fs.PathError{Op: op, Path: name, Err: err} }
	if !fs.ValidPath(name) || name == "." {
		return fail(fs.ErrInvalid)
	}
	drive, rest, _ := strings.Cut(name, "/")
	if len(drive) != 1 || drive[0]|0x20 < 'a' || drive[0]|0x20 > 'z' {
		return fail(fs.ErrNotExist)
	}
	// A colon names a second stream of the last file; the others no name can hold.
	folders := rest[:strings.LastIndexByte(rest, '/')+1]
	if strings.ContainsAny(rest, "<>\"|?*\\\x00") || strings.Contains(folders, ":") {
		return fail(fs.ErrNotExist)
	}
	if windows.GetDriveType(wide(drive+`:\`)) == windows.DRIVE_REMOTE {
		return fail(fmt.Errorf("drive of another machine: %w", exvet.ErrNoEvidence))
	}
	// Sysnative is what 32-bit programs call the real System32.
	const alias = "/sysnative"
	if lower, root := strings.ToLower(name)+"/", strings.ToLower(d.windows); strings.HasPrefix(lower, root+alias+"/") {
		rest = strings.TrimPrefix(d.windows[1:]+"/System32"+name[len(root)+len(alias):], "/")
	}
	return `\\?\` + drive + `:\` + strings.ReplaceAll(rest, "/", `\`), nil
}

// real gives the path a file has after links and short names were followed.
func (d *drives) real(windowsPath string) (string, error) {
	name, ok := exvet.FSPath(windowsPath)
	if !ok {
		return "", &fs.PathError{Op: "resolve", Path: windowsPath, Err: fs.ErrInvalid}
	}
	handle, err := d.handle("resolve", name, windows.FILE_READ_ATTRIBUTES)
	if err != nil {
		return "", err
	}
	defer func() { _ = windows.CloseHandle(handle) }() // it was only read
	buffer := make([]uint16, 1024)
	for {
		n, err := windows.GetFinalPathNameByHandle(handle, &buffer[0], uint32(len(buffer)), 0)
		if err != nil {
			return "", refused("resolve", name, err)
		}
		if int(n) < len(buffer) {
			return plainPath(windows.UTF16ToString(buffer[:n])), nil
		}
		buffer = make([]uint16, n+1)
	}
}

// plainPath takes away what marks a path of any length.
func plainPath(native string) string {
	if rest, ok := strings.CutPrefix(native, `\\?\UNC\`); ok {
		return `\\` + rest
	}
	return strings.TrimPrefix(native, `\\?\`)
}

// wide gives a text as Windows takes it. native has refused zeros.
func wide(text string) *uint16 {
	p, err := windows.UTF16PtrFromString(text)
	if err != nil {
		return new(uint16)
	}
	return p
}

// refused words an error of Windows about a file. Only what is not there is fs.ErrNotExist.
func refused(op, name string, err error) error {
	var code syscall.Errno
	errors.As(err, &code)
	switch code {
	case windows.ERROR_FILE_NOT_FOUND, windows.ERROR_PATH_NOT_FOUND, windows.ERROR_INVALID_NAME, windows.ERROR_BAD_PATHNAME,
		windows.ERROR_DIRECTORY, windows.ERROR_INVALID_DRIVE:
		err = fs.ErrNotExist
	default:
		err = errors.New(plainly(err))
	}
	return &fs.PathError{Op: op, Path: name, Err: err}
}
