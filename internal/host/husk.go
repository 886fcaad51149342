package host

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"sort"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/authenticode"
)

// A Husk is a binary of exvet/binaries.json: what tells who signed it and what it says it is, without its code.
type Husk struct {
	Path     string               `json:"path"` // "C/Windows/x.dll"
	Size     int64                `json:"size"`
	Modified time.Time            `json:"modified,omitzero"`
	Created  time.Time            `json:"created,omitzero"` // where the source tells
	Digests  authenticode.Digests `json:"digests"`
	Parts    []authenticode.Part  `json:"parts"` // in order, apart from each other
}

// Limits of exvet/binaries.json.
const (
	husksFile    = "exvet/binaries.json"
	maxHuskBytes = 512 << 20
	maxHusks     = 50_000
)

// readHusks reads the binaries of a capture, by key.
func readHusks(from source, tops []string) (map[string]*Husk, error) {
	husks := map[string]*Husk{}
	for _, top := range tops {
		file, err := from.open(path.Join(top, husksFile), maxHuskBytes)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %s", husksFile, reason(err))
		}
		defer file.Close()
		decoder := json.NewDecoder(io.LimitReader(file, maxHuskBytes))
		decoder.DisallowUnknownFields()
		if token, err := decoder.Token(); err != nil || token != json.Delim('[') {
			return nil, fmt.Errorf("read %s: it is no array of binaries", husksFile)
		}
		for decoder.More() {
			husk := &Husk{}
			if err := decoder.Decode(husk); err != nil {
				return nil, fmt.Errorf("read %s: %w", husksFile, err)
			}
			if len(husks) == maxHusks {
				return nil, fmt.Errorf("read %s: more than %d binaries", husksFile, maxHusks)
			}
			end := int64(0)
			for _, part := range husk.Parts {
				if part.At < end || husk.Size < part.At+int64(len(part.Data)) {
					return nil, fmt.Errorf("read %s: %q: its parts do not fit it", husksFile, husk.Path)
				}
				end = part.At + int64(len(part.Data))
			}
			husks[key(husk.Path)] = husk
		}
		return husks, nil
	}
	return husks, nil
}

// A huskFile is an opened Husk. What is not held of it cannot be read.
type huskFile struct {
	husk *Husk
	name string
	at   int64
}

var (
	_ io.ReaderAt           = (*huskFile)(nil)
	_ authenticode.Digested = (*huskFile)(nil)
)

// A huskInfo describes a binary with the time it was made.
type huskInfo struct {
	fileInfo

	created time.Time
}

// Created is when the file was made on the server.
func (i huskInfo) Created() time.Time { return i.created }

func (f *huskFile) Digests() authenticode.Digests { return f.husk.Digests }

func (f *huskFile) Stat() (fs.FileInfo, error) {
	return huskInfo{fileInfo{name: f.name, size: f.husk.Size, mode: 0o444, time: f.husk.Modified}, f.husk.Created}, nil
}

func (f *huskFile) Read(p []byte) (int, error) {
	if f.at >= f.husk.Size {
		return 0, io.EOF
	}
	n, err := f.ReadAt(p[:min(int64(len(p)), f.husk.Size-f.at)], f.at)
	f.at += int64(n)
	return n, err
}

// ReadAt reads what lies within one part.
func (f *huskFile) ReadAt(p []byte, at int64) (int, error) {
	if at < 0 || at >= f.husk.Size {
		return 0, io.EOF
	}
	wanted := min(int64(len(p)), f.husk.Size-at)
	parts := f.husk.Parts
	i := sort.Search(len(parts), func(i int) bool { return parts[i].At+int64(len(parts[i].Data)) > at })
	if i == len(parts) || parts[i].At > at || at+wanted > parts[i].At+int64(len(parts[i].Data)) {
		return 0, &fs.PathError{Op: "read", Path: f.husk.Path, Err: fmt.Errorf("the capture does not hold this part of it: %w", exvet.ErrNoEvidence)}
	}
	n := copy(p, parts[i].Data[at-parts[i].At:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (f *huskFile) Close() error { return nil }
