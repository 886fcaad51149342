package capture

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/exvet/exvet/internal/authenticode"
	"github.com/exvet/exvet/internal/host"
)

// maxWhole is the largest binary that is read whole where its source cannot be read at any place.
const maxWhole = 256 << 20

// husk keeps what tells who signed a binary.
func (w *writer) husk(name string) error {
	file, err := w.recorder.host.Files().Open(name)
	if err != nil {
		w.leaveOut(name, stateOf(err))
		return nil
	}
	defer file.Close()
	at, size, err := readerAt(file)
	if err != nil {
		w.leaveOut(name, stateOf(err))
		return nil
	}
	husk := host.Husk{Path: name, Size: size}
	if info, err := file.Stat(); err == nil {
		husk.Modified = info.ModTime().UTC()
		if born, ok := info.(interface{ Created() time.Time }); ok {
			husk.Created = born.Created().UTC()
		}
	}
	husk.Digests, husk.Parts, err = authenticode.Outline(w.ctx, at, size)
	if ctxErr := w.ctx.Err(); ctxErr != nil {
		return ctxErr
	}
	if err != nil {
		w.leaveOut(name, stateOf(err))
		return nil
	}
	if husk.Parts == nil {
		husk.Parts = []authenticode.Part{}
	}
	w.husks = append(w.husks, husk)
	return nil
}

// readerAt gives a file that can be read at any place.
func readerAt(file fs.File) (io.ReaderAt, int64, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, 0, err
	}
	if at, ok := file.(io.ReaderAt); ok {
		return at, info.Size(), nil
	}
	all, err := io.ReadAll(io.LimitReader(file, maxWhole+1))
	if err == nil && len(all) > maxWhole {
		err = errors.New("it is too large to be unpacked")
	}
	return bytes.NewReader(all), int64(len(all)), err
}

// binaries writes the husks.
func (w *writer) binaries() error {
	if len(w.husks) == 0 {
		return nil
	}
	return w.json("exvet/binaries.json", w.husks)
}

// catalogs are those that were read. There are thousands, and few list a file anyone names: the others are left out, and
// out of the index too, as if they were not on the disk.
type catalogs struct {
	names   []string
	dropped map[string]bool // by name in lower case
}

// catalog keeps a catalog in mind, or writes it where all binaries are wanted.
func (w *writer) catalog(name string, content io.Reader) error {
	if w.options.Binaries {
		return w.copied(name, content)
	}
	w.catalogs.names = append(w.catalogs.names, name)
	return nil
}

// vouchers writes the catalogs that list one of the binaries, and one at least, so that it is seen that there are any.
func (w *writer) vouchers() error {
	w.catalogs.dropped = map[string]bool{}
	wanted := map[string]bool{}
	for _, husk := range w.husks {
		for _, digest := range husk.Digests.Image {
			wanted[digest] = true
		}
	}
	held := 0
	for i, name := range w.catalogs.names {
		content, err := fs.ReadFile(w.recorder.host.Files(), name)
		if err != nil {
			w.leaveOut(name, stateOf(err)) // it stays in the index: what it lists nobody knows
			continue
		}
		last := i == len(w.catalogs.names)-1 && held == 0
		if !last && !listsAny(content, wanted) {
			w.catalogs.dropped[strings.ToLower(name)] = true
			continue
		}
		held++
		if err := w.add(name, bytes.NewReader(content)); err != nil {
			return err
		}
	}
	if dropped := len(w.catalogs.dropped); dropped > 0 {
		w.leaveOut("catalogs", fmt.Sprintf("%d catalogs list none of the binaries", dropped))
	}
	return nil
}

// listsAny reports whether a catalog lists one of some digests. A broken one does as far as it can be read.
func listsAny(catalog []byte, wanted map[string]bool) bool {
	found := false
	_ = authenticode.Members(catalog, func(digest []byte) bool {
		found = wanted[hex.EncodeToString(digest)]
		return !found
	})
	return found
}
