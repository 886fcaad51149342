package capture

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/host"
)

// Options say what goes into a capture.
type Options struct {
	Now        time.Time // when it says it was made
	Unredacted bool      // nothing is taken out, and whole hives and logs go in
	Binaries   bool      // whole binaries instead of their headers and signatures
}

// maxText is the largest file that is not a binary and goes into a capture.
const maxText = 64 << 20

// Write writes what was recorded so far as a zip of evidence.
func (r *Recorder) Write(ctx context.Context, to io.Writer, options Options) error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	w := &writer{
		ctx: ctx, recorder: r, options: options, zip: zip.NewWriter(to),
		manifest: host.Manifest{
			Format: 1, Exvet: exvet.Version, CapturedAt: options.Now.UTC(), Source: string(r.host.Kind()),
			Unredacted: options.Unredacted, Binaries: options.Binaries || options.Unredacted, Files: []host.Held{}, LeftOut: []host.Held{},
		},
	}
	for _, step := range []func() error{w.drives, w.contents, w.vouchers, w.binaries, w.whole, w.registry, w.events, w.processes, w.answers, w.index, w.finish} {
		if err := step(); err != nil {
			return err
		}
	}
	return w.zip.Close()
}

// A writer writes one capture. Its files are in a fixed order, so that the same evidence gives the same bytes.
type writer struct {
	ctx      context.Context //nolint:containedctx // lives as long as one call of Write
	recorder *Recorder
	options  Options
	zip      *zip.Writer
	manifest host.Manifest
	written  map[string]bool // by name in lower case
	husks    []host.Husk
	catalogs catalogs
}

// add writes one file.
func (w *writer) add(name string, content io.Reader) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	if w.written == nil {
		w.written = map[string]bool{}
	}
	if w.written[strings.ToLower(name)] {
		return nil
	}
	w.written[strings.ToLower(name)] = true
	entry, err := w.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: w.options.Now.UTC()})
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	sum := sha256.New()
	size, err := io.Copy(io.MultiWriter(entry, sum), content)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	w.manifest.Files = append(w.manifest.Files, host.Held{Name: name, Size: size, SHA256: hex.EncodeToString(sum.Sum(nil))})
	return nil
}

// json writes one document.
func (w *writer) json(name string, document any) error {
	text, err := json.MarshalIndent(document, "", " ")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return w.add(name, strings.NewReader(string(text)+"\n"))
}

// leaveOut says of a file that it is not held.
func (w *writer) leaveOut(name, reason string) {
	w.manifest.LeftOut = append(w.manifest.LeftOut, host.Held{Name: name, Reason: reason})
}

// drives writes the folder of each drive, so that one of which only names are known is seen.
func (w *writer) drives() error {
	letters := map[string]bool{}
	for _, file := range w.recorder.files {
		if letter, _, _ := strings.Cut(file.Name, "/"); len(letter) == 1 && file.State != host.IndexAbsent && file.State != host.IndexUnknown {
			letters[strings.ToUpper(letter)] = true
		}
	}
	for _, letter := range slices.Sorted(maps.Keys(letters)) {
		if _, err := w.zip.CreateHeader(&zip.FileHeader{Name: letter + "/", Modified: w.options.Now.UTC()}); err != nil {
			return err
		}
	}
	return nil
}

// contents writes the files that were opened.
func (w *writer) contents() error {
	for _, key := range slices.Sorted(maps.Keys(w.recorder.opened)) {
		name := w.recorder.opened[key]
		if info, err := fs.Stat(w.recorder.host.Files(), name); err != nil || info.IsDir() {
			continue
		}
		if err := w.content(name); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) content(name string) error {
	file, err := w.recorder.host.Files().Open(name)
	if err != nil {
		w.leaveOut(name, stateOf(err))
		return nil
	}
	defer file.Close()
	head := make([]byte, 4)
	n, _ := io.ReadFull(file, head)
	all := io.MultiReader(strings.NewReader(string(head[:n])), file)
	kind := strings.ToLower(path.Ext(name))
	switch {
	case w.options.Unredacted:
		return w.copied(name, all)
	case kind == ".cat":
		return w.catalog(name, all)
	case string(head[:min(n, 2)]) == "MZ" && w.options.Binaries:
		return w.copied(name, all)
	case string(head[:min(n, 2)]) == "MZ":
		return w.husk(name)
	}
	text, err := io.ReadAll(io.LimitReader(all, maxText+1))
	switch {
	case err != nil:
		w.leaveOut(name, stateOf(err))
		return nil
	case len(text) > maxText:
		w.leaveOut(name, fmt.Sprintf("larger than %d MB", maxText>>20))
		return nil
	}
	clean, why, err := redacted(w.ctx, name, text)
	if err != nil {
		return err
	}
	if why != "" {
		w.leaveOut(name, why)
		return nil
	}
	return w.add(name, strings.NewReader(string(clean)))
}

// copied writes a file as it is. One that cannot be read to its end ends the capture: half of it is written.
func (w *writer) copied(name string, content io.Reader) error { return w.add(name, content) }

// whole writes hives and logs, where nothing is to be taken out.
func (w *writer) whole() error {
	if !w.options.Unredacted {
		return nil
	}
	files := w.recorder.host.Files()
	for _, name := range wholeFiles(files) {
		file, err := files.Open(name)
		if err != nil {
			w.leaveOut(name, stateOf(err)) // on a running server Windows has them open
			continue
		}
		err = w.add(name, file)
		_ = file.Close() // it was only read
		if err != nil {
			return err
		}
	}
	return nil
}

// wholeFiles lists the hives and logs of each Windows.
func wholeFiles(files fs.FS) []string {
	var found []string
	drives, _ := fs.ReadDir(files, ".")
	for _, drive := range drives {
		windows := drive.Name() + "/Windows"
		for _, hive := range []string{
			"System32/config/SYSTEM", "System32/config/SOFTWARE", "System32/config/DEFAULT",
			"ServiceProfiles/LocalService/NTUSER.DAT", "ServiceProfiles/NetworkService/NTUSER.DAT",
		} {
			for _, ending := range []string{"", ".LOG1", ".LOG2"} {
				if _, err := fs.Stat(files, windows+"/"+hive+ending); err == nil {
					found = append(found, windows+"/"+hive+ending)
				}
			}
		}
		logs, _ := fs.ReadDir(files, windows+"/System32/winevt/Logs")
		for _, log := range logs {
			if strings.EqualFold(path.Ext(log.Name()), ".evtx") {
				found = append(found, windows+"/System32/winevt/Logs/"+log.Name())
			}
		}
	}
	return found
}

// finish writes the manifest.
func (w *writer) finish() error {
	slices.SortFunc(w.manifest.Files, func(a, b host.Held) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(w.manifest.LeftOut, func(a, b host.Held) int { return strings.Compare(a.Name, b.Name) })
	return w.json(host.ManifestFile, w.manifest)
}
