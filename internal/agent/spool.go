package agent

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/open-policy-agent/opa/v1/plugins/logs"
)

// A spool keeps decisions on disk until they have arrived. It is the plugin OPA's decision logs hand them to. Its size is
// bounded: the oldest goes first, and is counted. What cannot be written stays in memory and is sent from there.
type spool struct {
	folder string
	disk   *disk
	state  *state
	limit  int64 // bytes
	most   int   // decisions
	now    func() time.Time

	lock   sync.Mutex
	memory []waiting // decisions the disk did not take, oldest first
	failed error     // why it did not
	errors int       // how often
	serial int       // of the last decision, so that names sort as they came
}

// A waiting decision is to be sent.
type waiting struct {
	id      string // of the decision
	file    string // its name in the spool, or ""
	content []byte // of one in memory
	size    int64
}

// mostInMemory is how many decisions wait in memory where the disk takes none.
const mostInMemory = 8

func newSpool(c *Config, s *state, d *disk, now func() time.Time) *spool {
	folder := filepath.Join(c.Directory, spoolFolder)
	sweep(folder)
	sweep(filepath.Join(folder, rejectedFolder))
	return &spool{folder: folder, disk: d, state: s, limit: c.SpoolBytes, most: c.SpoolDecisions, now: now}
}

// Start does nothing: the loop sends.
func (s *spool) Start(context.Context) error { return nil }

// Stop does nothing: what waits is on disk.
func (s *spool) Stop(context.Context) {}

// Reconfigure does nothing.
func (s *spool) Reconfigure(context.Context, any) {}

// Log takes a decision. An error says that the disk did not.
func (s *spool) Log(_ context.Context, event logs.EventV1) error {
	event.Input = nil
	content, err := json.Marshal(event)
	if err != nil {
		return fmt.Errorf("agent/spool: %w", err)
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	s.serial++
	name := fmt.Sprintf("%s-%06d-%s.json", s.now().UTC().Format("20060102T150405.000"), s.serial, event.DecisionID)
	if err := s.disk.write(filepath.Join(s.folder, name), content); err != nil {
		s.errors++
		s.failed = fmt.Errorf("agent/disk: write a decision: %w", err)
		s.memory = append(s.memory, waiting{id: event.DecisionID, content: content, size: int64(len(content))})
		if over := len(s.memory) - mostInMemory; over > 0 {
			s.memory = s.memory[over:]
			s.lose(over)
		}
		return s.failed
	}
	s.failed = nil
	s.bound(name)
	return nil
}

// bound takes away the oldest decisions until the rest fits; the newest stays whatever its size.
func (s *spool) bound(newest string) {
	all, total := s.files()
	for _, oldest := range all {
		if total <= s.limit && len(all) <= s.most || oldest.file == newest {
			return
		}
		if os.Remove(filepath.Join(s.folder, oldest.file)) == nil {
			total -= oldest.size
			all = all[1:]
			s.lose(1)
		}
	}
}

func (s *spool) lose(count int) {
	if err := s.state.change(func(k *kept) { k.Dropped += count }); err != nil {
		s.failed = err
	}
}

// files lists the decisions on disk, oldest first.
func (s *spool) files() (all []waiting, total int64) {
	entries, err := os.ReadDir(s.folder) // sorted by name
	if err != nil {
		s.failed = fmt.Errorf("agent/disk: read the spool: %w", err)
	}
	for _, entry := range entries {
		name, ok := strings.CutSuffix(entry.Name(), ".json")
		info, err := entry.Info()
		if !ok || err != nil || !info.Mode().IsRegular() {
			continue
		}
		parts := strings.SplitN(name, "-", 3)
		all = append(all, waiting{id: parts[len(parts)-1], file: entry.Name(), size: info.Size()})
		total += info.Size()
	}
	return all, total
}

// waiting lists what is to be sent, oldest first.
func (s *spool) waiting() (all []waiting, total int64) {
	s.lock.Lock()
	defer s.lock.Unlock()
	all, total = s.files()
	for _, w := range s.memory {
		total += w.size
	}
	return append(all, s.memory...), total
}

// read gives a decision's bytes. A file that is no decision, after damage to the disk, is set aside.
func (s *spool) read(w waiting) ([]byte, error) {
	if w.file == "" {
		return w.content, nil
	}
	content, err := readLimited(filepath.Join(s.folder, w.file), max(s.limit, w.size)+1)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err == nil && !json.Valid(content) {
		err = errors.New("it is damaged")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("agent/spool: %s: %w", w.file, err), s.setAside(w))
	}
	return content, nil
}

// done forgets a decision that has arrived.
func (s *spool) done(w waiting) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	if w.file == "" {
		s.memory = slices.DeleteFunc(s.memory, func(other waiting) bool { return other.id == w.id })
		return nil
	}
	if err := os.Remove(filepath.Join(s.folder, w.file)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("agent/disk: %w", err)
	}
	return nil
}

// mostRejected is how many decisions are kept that the receiver did not take.
const mostRejected = 100

// setAside keeps a decision the receiver will never take, for people to look at.
func (s *spool) setAside(w waiting) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	aside := filepath.Join(s.folder, rejectedFolder)
	var err error
	if w.file == "" {
		err = s.disk.write(filepath.Join(aside, w.id+".json"), w.content)
		s.memory = slices.DeleteFunc(s.memory, func(other waiting) bool { return other.id == w.id })
	} else {
		err = os.Rename(filepath.Join(s.folder, w.file), filepath.Join(aside, w.file))
	}
	entries, _ := os.ReadDir(aside)
	for _, old := range entries[:max(0, len(entries)-mostRejected)] {
		_ = os.Remove(filepath.Join(aside, old.Name()))
	}
	return errors.Join(err, s.state.change(func(k *kept) { k.Rejected++ }))
}

// A spoolState is what there is to say of a spool.
type spoolState struct {
	Waiting     int    `json:"waiting"`
	Bytes       int64  `json:"bytes"`
	Dropped     int    `json:"dropped"`
	Rejected    int    `json:"rejected"`
	WriteErrors int    `json:"write_errors"`
	Error       string `json:"error,omitempty"`
}

func (s *spool) report() spoolState {
	all, total := s.waiting()
	known := s.state.get()
	s.lock.Lock()
	defer s.lock.Unlock()
	found := spoolState{Waiting: len(all), Bytes: total, Dropped: known.Dropped, Rejected: known.Rejected, WriteErrors: s.errors}
	if s.failed != nil {
		found.Error = s.failed.Error()
	}
	return found
}

// batch is the body of POST /logs with one decision.
func batch(decision []byte) []byte {
	return bytes.Join([][]byte{[]byte("["), decision, []byte("]")}, nil)
}
