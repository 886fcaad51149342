package host

import (
	"fmt"
	"io/fs"
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// A liveFile is an opened file. What is known of it is of the file that was opened, whatever lies under its name by now.
type liveFile struct {
	*randomFile

	info fs.FileInfo
}

func (f *liveFile) Stat() (fs.FileInfo, error) { return f.info, nil }

// A liveInfo describes a file with the time it was made.
type liveInfo struct {
	fileInfo

	created time.Time
}

// Created is when the file was made here.
func (i liveInfo) Created() time.Time { return i.created }

// A pacedFile waits its turn before it reads.
type pacedFile struct {
	*os.File

	pace *pace
}

func (f pacedFile) Read(p []byte) (int, error) {
	f.pace.wait()
	return f.File.Read(p)
}

func (f pacedFile) ReadAt(p []byte, at int64) (int, error) {
	f.pace.wait()
	return f.File.ReadAt(p, at)
}

// describe says what an opened file or folder is.
func describe(handle windows.Handle, name string) (liveInfo, error) {
	var found windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(handle, &found); err != nil {
		return liveInfo{}, err
	}
	info := infoOf(name, found.FileAttributes, found.FileSizeHigh, found.FileSizeLow, found.LastWriteTime)
	// Number and time of the last change tell a file from another in its place whose other times were set.
	var basic struct {
		Created, Read, Written, Changed int64
		Attributes                      uint32
	}
	err := windows.GetFileInformationByHandleEx(handle, windows.FileBasicInfo, (*byte)(unsafe.Pointer(&basic)), uint32(unsafe.Sizeof(basic)))
	if err == nil && basic.Changed > 0 {
		info.id = fmt.Sprintf("%x:%x%08x:%x", found.VolumeSerialNumber, found.FileIndexHigh, found.FileIndexLow, basic.Changed)
	}
	return liveInfo{info, time.Unix(0, found.CreationTime.Nanoseconds())}, nil
}

func infoOf(name string, attributes, high, low uint32, written windows.Filetime) fileInfo {
	info := fileInfo{name: name, mode: 0o444, size: int64(high)<<32 | int64(low), time: time.Unix(0, written.Nanoseconds())}
	if attributes&windows.FILE_ATTRIBUTE_DIRECTORY != 0 {
		info.mode, info.size = fs.ModeDir|0o555, 0
	}
	return info
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
