package agent

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/uuid"
)

// A state is what an agent must not forget. Each change is on disk before it counts.
type state struct {
	disk *disk
	file string
	lost bool // when it was opened, all of it or the last change

	lock sync.Mutex
	kept kept
}

type kept struct {
	ID       string             `json:"id"`       // of the agent
	Serials  map[string]int     `json:"serials"`  // highest seen, by bundle
	Bundles  map[string][]entry `json:"bundles"`  // newest first: what answers, and the one before
	Dropped  int                `json:"dropped"`  // decisions the spool lost
	Rejected int                `json:"rejected"` // decisions the receiver did not take
	LastScan time.Time          `json:"last_scan"`
	Secret   string             `json:"secret"` // of what is masked
}

// An entry is a bundle in the folder of its name.
type entry struct {
	Sum  string `json:"sha256"` // of the archive, and its file's name
	ETag string `json:"etag"`
}

const maxState = 1 << 20

// openState reads the state of before, or of the time before that where a crash or a damage took it. What was lost is an
// error beside a state that works: a new agent with the marks it can find again.
func openState(folder string, d *disk) (*state, error) {
	s := &state{disk: d, file: filepath.Join(folder, "state.json")}
	var lost error
	for _, name := range []string{s.file, s.older()} {
		content, err := readLimited(name, maxState)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		var found kept
		if err == nil {
			err = json.Unmarshal(content, &found)
		}
		if err == nil && found.ID == "" {
			err = errors.New("it names no agent")
		}
		if err == nil {
			s.kept = found
			break
		}
		lost = errors.Join(lost, fmt.Errorf("read %q: %w", name, err))
	}
	if s.kept.ID == "" {
		s.kept.ID = uuid.NewString()
	}
	if s.kept.Secret == "" {
		s.kept.Secret = rand.Text()
	}
	if s.kept.Serials == nil {
		s.kept.Serials = map[string]int{}
	}
	if s.kept.Bundles == nil {
		s.kept.Bundles = map[string][]entry{}
	}
	s.lost = lost != nil
	return s, errors.Join(lost, s.change(func(*kept) {}))
}

func (s *state) older() string { return s.file + ".before" }

// change writes the state with a change. What cannot be written holds as long as the agent runs.
func (s *state) change(edit func(*kept)) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	edit(&s.kept)
	content, err := json.MarshalIndent(s.kept, "", "  ")
	if err != nil {
		return err
	}
	if previous, err := readLimited(s.file, maxState); err == nil && json.Valid(previous) {
		_ = s.disk.write(s.older(), previous) // the state itself is what counts
	}
	if err := s.disk.write(s.file, append(content, '\n')); err != nil {
		return fmt.Errorf("agent/disk: write %q: %w", s.file, err)
	}
	return nil
}

func (s *state) get() kept {
	s.lock.Lock()
	defer s.lock.Unlock()
	copied := s.kept
	copied.Serials, copied.Bundles = maps.Clone(s.kept.Serials), maps.Clone(s.kept.Bundles)
	return copied
}

// secret is the key of what is masked.
func (s *state) secret() []byte { return []byte(s.get().Secret) }

// mark gives the highest serial seen of a bundle.
func (s *state) mark(name string) int { return s.get().Serials[name] }

// raise remembers a serial, if it is higher than those before.
func (s *state) raise(name string, serial int) error {
	if serial <= s.mark(name) {
		return nil
	}
	return s.change(func(k *kept) { k.Serials[name] = serial })
}

// prepare makes the agent's folders, for itself and administrators alone.
func prepare(folder string) error {
	if err := restrict(folder); err != nil {
		return fmt.Errorf("agent/disk: %w", err)
	}
	for _, name := range []string{bundlesFolder, spoolFolder, filepath.Join(spoolFolder, rejectedFolder), cacheFolder} {
		if err := os.MkdirAll(filepath.Join(folder, name), 0o700); err != nil {
			return fmt.Errorf("agent/disk: %w", err)
		}
	}
	return nil
}

// Folders in the agent's own.
const (
	bundlesFolder  = "bundles"
	spoolFolder    = "spool"
	rejectedFolder = "rejected" // below the spool
	cacheFolder    = "cache"
	ociFolder      = "oci" // OPA's
)
