package host

import (
	"archive/zip"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// An archive is a copy in a zip file. Only its directory is held in memory; a file is unpacked as it is read.
type archive struct {
	disk    *os.File
	limits  limits
	files   map[string]*zip.File
	folders map[string][]entry
	refused []error
	id      string // of the zip itself, which tells it from another in its place
}

func openArchive(name string, limits limits) (*archive, error) {
	disk, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	a := &archive{
		disk: disk, limits: limits,
		files: map[string]*zip.File{}, folders: map[string][]entry{"": {}},
	}
	if err := a.index(); err != nil {
		return nil, errors.Join(err, disk.Close())
	}
	return a, nil
}

// A meter stops a zip whose directory is absurdly large before it has been read into memory.
type meter struct {
	disk io.ReaderAt
	left int64
	off  bool // the directory has been read; files have limits of their own
}

func (m *meter) ReadAt(p []byte, at int64) (int, error) {
	if !m.off {
		if m.left -= int64(len(p)); m.left < 0 {
			return 0, errors.New("the zip's directory is too large")
		}
	}
	return m.disk.ReadAt(p, at)
}

func (a *archive) index() error {
	info, err := a.disk.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errors.New("neither a file nor a directory")
	}
	a.id = fileID(info)
	meter := &meter{disk: a.disk, left: a.limits.index}
	reader, err := zip.NewReader(meter, info.Size())
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return err
	}
	if len(reader.File) > a.limits.entries {
		return tooMany(a.limits.entries)
	}
	meter.off = true
	for _, file := range reader.File {
		if err := a.add(file); err != nil && len(a.refused) < maxProblems {
			a.refused = append(a.refused, fmt.Errorf("%q: %w", file.Name, err))
		}
	}
	if len(a.folders) > a.limits.entries {
		return tooMany(a.limits.entries)
	}
	for _, entries := range a.folders {
		slices.SortFunc(entries, func(x, y entry) int { return cmp.Compare(x.name, y.name) })
	}
	return nil
}

// add puts one entry of the zip into the folders.
func (a *archive) add(file *zip.File) error {
	name, err := entryName(file.Name)
	if err != nil || name == "" {
		return err
	}
	switch mode := file.Mode(); {
	case mode.IsDir(), strings.HasSuffix(file.Name, `\`):
		return a.addFolder(name)
	case !mode.IsRegular():
		return errors.New("entry refused: a link or device")
	}
	if _, twice := a.files[name]; twice {
		return errors.New("entry refused: a second one of this name")
	}
	if _, twice := a.folders[name]; twice {
		return errors.New("entry refused: a folder has this name")
	}
	if err := a.addFolder(parent(name)); err != nil {
		return err
	}
	a.files[name] = file
	a.folders[parent(name)] = append(a.folders[parent(name)], entry{name: path.Base(name)})
	return nil
}

// maxLevels is more folders than a Windows path can have.
const maxLevels = 256

// addFolder adds a folder and those above it, which a zip need not name.
func (a *archive) addFolder(name string) error {
	if _, known := a.folders[name]; known {
		return nil
	}
	if strings.Count(name, "/") > maxLevels {
		return errors.New("entry refused: too many folders deep")
	}
	if err := a.addFolder(parent(name)); err != nil {
		return err
	}
	if _, file := a.files[name]; file {
		return errors.New("entry refused: a file has the name of its folder")
	}
	if len(a.folders) > a.limits.entries {
		return tooMany(a.limits.entries)
	}
	a.folders[name] = []entry{}
	a.folders[parent(name)] = append(a.folders[parent(name)], entry{name: path.Base(name), folder: true})
	return nil
}

func parent(name string) string {
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		return name[:i]
	}
	return ""
}

// entryName gives the clean name of an entry, and "" for the top itself. Old Windows packers write
// backslashes, and names that are not UTF-8 in the code page of DOS.
func entryName(raw string) (string, error) {
	if !utf8.ValidString(raw) {
		decoded, err := charmap.CodePage437.NewDecoder().String(raw)
		if err != nil {
			return "", errors.New("entry refused: unreadable name")
		}
		raw = decoded
	}
	name := strings.ReplaceAll(raw, `\`, "/")
	switch {
	case strings.HasPrefix(name, "/"):
		return "", errors.New("entry refused: an absolute path")
	case slices.Contains(strings.Split(name, "/"), ".."):
		return "", errors.New("entry refused: leads outside the zip")
	case strings.ContainsRune(name, 0):
		return "", errors.New("entry refused: unreadable name")
	}
	return strings.TrimPrefix(path.Clean("/"+name), "/"), nil
}

func (a *archive) list(folder string) ([]entry, error) {
	entries, ok := a.folders[folder]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return entries, nil
}

func (a *archive) stat(name string) (fs.FileInfo, error) {
	if file, ok := a.files[name]; ok {
		return file.FileInfo(), nil
	}
	if _, ok := a.folders[name]; ok {
		return fileInfo{name: path.Base(name), mode: fs.ModeDir | 0o555}, nil
	}
	return nil, fs.ErrNotExist
}

func (a *archive) open(name string, limit int64) (fs.File, error) {
	file, ok := a.files[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	size, packed := file.UncompressedSize64, file.CompressedSize64
	switch {
	case file.Flags&1 != 0:
		return nil, errors.New("file is encrypted")
	case size > uint64(limit):
		return nil, tooLarge(limit)
	case size > uint64(a.limits.small) && size/uint64(a.limits.ratio) > packed:
		return nil, fmt.Errorf("file is packed %d to 1 or more, as in a zip bomb", a.limits.ratio)
	}
	unpacked, err := file.Open()
	if err != nil {
		return nil, err
	}
	info := archiveInfo{FileInfo: file.FileInfo()}
	if offset, err := file.DataOffset(); err == nil && a.id != "" {
		info.id = fmt.Sprintf("%s:%d:%08x", a.id, offset, file.CRC32)
	}
	return &archiveFile{ReadCloser: unpacked, info: info}, nil
}

// An archiveFile is a file of a zip, unpacked as it is read.
type archiveFile struct {
	io.ReadCloser

	info fs.FileInfo
}

// An archiveInfo describes a file of a zip.
type archiveInfo struct {
	fs.FileInfo

	id string
}

// FileID is where the file lies in which zip.
func (i archiveInfo) FileID() string { return i.id }

func (f *archiveFile) Stat() (fs.FileInfo, error) { return f.info, nil }

func (a *archive) problems() []error { return a.refused }

func (a *archive) close() error { return a.disk.Close() }
