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
	"time"

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
	info, err := d.stat("open", name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		entries, err := d.ReadDir(name)
		if err != nil {
			return nil, err
		}
		return &folder{path: name, info: info, entries: entries}, nil
	}
	if info.Size() > limit {
		return nil, &fs.PathError{Op: "open", Path: name, Err: tooLarge(limit)}
	}
	handle, err := d.handle("open", name, windows.GENERIC_READ)
	if err != nil {
		return nil, err
	}
	if kind, _ := windows.GetFileType(handle); kind != windows.FILE_TYPE_DISK {
		_ = windows.CloseHandle(handle)
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("not a regular file")}
	}
	file := pacedFile{os.NewFile(uintptr(handle), path.Base(name)), d.pace}
	return &limitedFile{file: file, path: name, name: path.Base(name), left: limit, limit: limit}, nil
}

// A pacedFile waits its turn before it reads.
type pacedFile struct {
	*os.File

	pace *pace
}

func (f pacedFile) Read(p []byte) (int, error) {
	f.pace.wait()
	return f.File.Read(p)
}

// Stat describes the file, with when it was created.
func (f pacedFile) Stat() (fs.FileInfo, error) {
	info, err := f.File.Stat()
	if err != nil {
		return nil, err
	}
	described := fileInfo{name: info.Name(), size: info.Size(), mode: info.Mode(), time: info.ModTime()}
	if data, ok := info.Sys().(*syscall.Win32FileAttributeData); ok {
		described.born = time.Unix(0, data.CreationTime.Nanoseconds()).UTC()
	}
	return described, nil
}

func (f pacedFile) ReadAt(p []byte, at int64) (int, error) {
	f.pace.wait()
	return f.File.ReadAt(p, at)
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
	var found windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(handle, &found); err != nil {
		return nil, refused(op, name, err)
	}
	return infoOf(path.Base(name), found.FileAttributes, found.FileSizeHigh, found.FileSizeLow, found.LastWriteTime), nil
}

func infoOf(name string, attributes, high, low uint32, written windows.Filetime) fileInfo {
	info := fileInfo{name: name, mode: 0o444, size: int64(high)<<32 | int64(low), time: time.Unix(0, written.Nanoseconds())}
	if attributes&windows.FILE_ATTRIBUTE_DIRECTORY != 0 {
		info.mode, info.size = fs.ModeDir|0o555, 0
	}
	return info
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

// A liveEntry is a name in a folder. What leads elsewhere is shown as a link, so that a walk cannot go round in circles.
type liveEntry struct {
	fileInfo

	link bool
}

func entryOf(data *windows.Win32finddata) liveEntry {
	name := windows.UTF16ToString(data.FileName[:])
	info := infoOf(name, data.FileAttributes, data.FileSizeHigh, data.FileSizeLow, data.LastWriteTime)
	link := data.FileAttributes&windows.FILE_ATTRIBUTE_REPARSE_POINT != 0 &&
		(data.Reserved0 == windows.IO_REPARSE_TAG_SYMLINK || data.Reserved0 == windows.IO_REPARSE_TAG_MOUNT_POINT)
	return liveEntry{info, link}
}

func (e liveEntry) IsDir() bool { return e.fileInfo.IsDir() && !e.link }

func (e liveEntry) Info() (fs.FileInfo, error) { return e.fileInfo, nil }

func (e liveEntry) Type() fs.FileMode {
	if e.link {
		return fs.ModeSymlink
	}
	return e.mode.Type()
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
