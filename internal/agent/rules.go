package agent

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
	"github.com/exvet/exvet/internal/engine"
)

// rules are the bundles that answer, one slot for each that may be fetched, as archives: they are loaded for a scan and
// dropped after it. Where no core was fetched, the embedded one answers, so that an agent is never without rules.
type rules struct {
	slots    []*slot // the core first
	state    *state
	disk     *disk
	folder   string
	embedded int // serial of the embedded core
	log      *slog.Logger
	now      func() time.Time

	lock    sync.Mutex
	changed bool // since taken was asked
}

// A slot is what is known of one bundle.
type slot struct {
	bundleConfig
	active *held
	note   string // why what answers is not what was fetched last, or ""
}

// A held bundle is believed.
type held struct {
	archive []byte
	sum     string
	etag    string
	bundles.Checked
}

func newRules(c *Config, s *state, d *disk, log *slog.Logger, now func() time.Time) (*rules, error) {
	serial, err := bundles.CoreSerial()
	if err != nil {
		return nil, err
	}
	r := &rules{state: s, disk: d, folder: filepath.Join(c.Directory, bundlesFolder), embedded: serial, log: log, now: now}
	for _, config := range c.bundles {
		r.slots = append(r.slots, &slot{bundleConfig: config})
	}
	return r, nil
}

// slot gives the bundle of a name, or nil. Slots are never added.
func (r *rules) slot(name string) *slot {
	if i := slices.IndexFunc(r.slots, func(s *slot) bool { return s.name == name }); i >= 0 {
		return r.slots[i]
	}
	return nil
}

// restore takes what answered before from the disk: of each bundle the newest archive that is still what it was.
func (r *rules) restore(ctx context.Context) {
	entries := r.state.get().Bundles
	for _, s := range r.slots {
		kept := entries[s.name]
		if r.state.lost {
			kept = r.found(ctx, s)
		}
		for i, entry := range kept {
			restored, err := r.read(ctx, s, entry)
			if err == nil && s.kind == bundles.Cores && restored.Stamp.Serial < r.embedded {
				s.note = fmt.Sprintf("the core on disk has the serial %d, the embedded one %d", restored.Stamp.Serial, r.embedded)
				break
			}
			if err == nil {
				s.active = restored
				break
			}
			r.log.Warn("a bundle on disk is not used", "bundle", s.name, "file", entry.Sum, "error", err)
			then := "the one before it answers"
			if i == len(kept)-1 {
				then = "it is fetched again"
			}
			s.note = fmt.Sprintf("the copy on disk is not used: %v; %s", err, then)
		}
		if s.active != nil {
			_ = r.state.raise(s.name, s.active.Stamp.Serial) // where the state was lost
		}
	}
}

// found lists the archives of a bundle on disk, newest first, where the state that knew them was lost.
func (r *rules) found(ctx context.Context, s *slot) []entry {
	files, err := filepath.Glob(r.file(s.name, "*"))
	if err != nil {
		return nil // the pattern is valid
	}
	type archive struct {
		entry
		serial int
	}
	var all []archive
	for _, file := range files {
		sum := strings.TrimSuffix(filepath.Base(file), ".tar.gz")
		if restored, err := r.read(ctx, s, entry{Sum: sum}); err == nil {
			all = append(all, archive{entry{Sum: sum}, restored.Stamp.Serial})
		}
	}
	slices.SortFunc(all, func(a, b archive) int { return cmp.Compare(b.serial, a.serial) })
	var kept []entry
	for _, archive := range all {
		kept = append(kept, archive.entry)
	}
	return kept
}

func (r *rules) read(ctx context.Context, s *slot, e entry) (*held, error) {
	archive, err := readLimited(r.file(s.name, e.Sum), bundles.MaxArchive)
	if err != nil {
		return nil, err
	}
	if sum(archive) != e.Sum {
		return nil, errors.New("its bytes have changed")
	}
	checked, err := s.trust.Check(ctx, s.name, archive, s.kind) // asks neither serial nor not-after: it was in use
	if err != nil {
		return nil, err
	}
	return &held{archive: archive, sum: e.Sum, etag: e.ETag, Checked: checked}, nil
}

func (r *rules) file(name, sum string) string {
	return filepath.Join(r.folder, folderOf(name), sum+".tar.gz")
}

// admit decides whether an archive takes the place of what answers under a name, and puts it there. The error is the reason
// why not, and what answered before does so still.
func (r *rules) admit(ctx context.Context, name, etag string, archive []byte) error {
	s := r.slot(name)
	if s == nil {
		return exvet.Refuse("bundle/unknown-name", "the configuration knows no bundle %q", name)
	}
	r.lock.Lock()
	defer r.lock.Unlock()
	fresh := &held{archive: archive, sum: sum(archive), etag: etag}
	if s.active != nil && s.active.sum == fresh.sum {
		s.active.etag, s.note = etag, ""
		return nil
	}
	trust := s.trust
	trust.Now, trust.MinSerial = r.now(), r.state.mark(name)
	if s.kind == bundles.Cores {
		trust.MinSerial = max(trust.MinSerial, r.embedded)
	}
	var err error
	if fresh.Checked, err = trust.Check(ctx, name, archive, s.kind); err != nil {
		return err
	}
	if err := r.fits(ctx, s, fresh); err != nil {
		return err
	}
	if err := r.keep(s, fresh); err != nil {
		r.log.Error("a bundle is not on disk and is lost at the next start", "bundle", name, "error", err)
	}
	s.active, s.note, r.changed = fresh, "", true
	r.log.Info("a bundle is in use", "bundle", name, "revision", fresh.Revision, "serial", fresh.Stamp.Serial, "signed_by", fresh.SignedBy)
	return nil
}

// fits compiles a bundle with those that answer. A core is asked alone: no organisation stands in its way.
func (r *rules) fits(ctx context.Context, s *slot, fresh *held) error {
	loaded, err := s.load(ctx, fresh)
	if err != nil {
		return err
	}
	all := []*bundles.Bundle{loaded}
	if s.kind != bundles.Cores {
		others, _ := r.loadable(ctx, s)
		all = slices.Concat(others, all)
	}
	_, err = engine.New(ctx, all, exvet.SnapshotSchema())
	return err
}

func (s *slot) load(ctx context.Context, h *held) (*bundles.Bundle, error) {
	return s.trust.Archive(ctx, s.name, h.archive, s.kind)
}

// keep writes an archive and what is remembered of it, and takes away the one before the last.
func (r *rules) keep(s *slot, fresh *held) error {
	folder := filepath.Join(r.folder, folderOf(s.name))
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	writing := r.disk.write(r.file(s.name, fresh.sum), fresh.archive)
	raising := r.state.change(func(k *kept) {
		k.Serials[s.name] = max(k.Serials[s.name], fresh.Stamp.Serial)
		if writing != nil {
			return
		}
		before := slices.DeleteFunc(slices.Clone(k.Bundles[s.name]), func(e entry) bool { return e.Sum == fresh.sum })
		k.Bundles[s.name] = append([]entry{{Sum: fresh.sum, ETag: fresh.etag}}, before[:min(len(before), 1)]...)
	})
	if writing != nil || raising != nil {
		return errors.Join(writing, raising)
	}
	names := r.state.get().Bundles[s.name]
	files, err := os.ReadDir(folder)
	for _, file := range files {
		if !slices.ContainsFunc(names, func(e entry) bool { return file.Name() == e.Sum+".tar.gz" }) {
			_ = os.Remove(filepath.Join(folder, file.Name()))
		}
	}
	return err
}

// taken reports whether rules changed since it was asked before.
func (r *rules) taken() bool {
	r.lock.Lock()
	defer r.lock.Unlock()
	changed := r.changed
	r.changed = false
	return changed
}
