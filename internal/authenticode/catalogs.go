package authenticode

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// What catalogs may ask for.
const (
	// MaxCatalog is how many octets of a catalog are looked at; a longer one is refused.
	MaxCatalog = 64 << 20

	maxMembers = 4 << 20 // of all catalogs: 80 MB of index
	maxKept    = 8       // verified catalogs in memory, for the next file they list
)

// Catalogs finds the catalogs that list a file. It keeps neither their contents nor their members' full
// digests: 20 octets a member, so that all catalogs of a server fit. Several goroutines may use one.
type Catalogs struct {
	open func(path string) ([]byte, error)

	mutex   sync.Mutex
	paths   []string
	entries []catalogEntry
	sorted  bool
	seen    map[crypto.Hash]bool
	kept    []*verifiedCatalog // the one used last at the end
}

// A catalogEntry is one member of one catalog.
type catalogEntry struct {
	digest  digestKey
	catalog uint32 // index of its path
}

// NewCatalogs makes an index without catalogs. open reads a catalog once more when a file is found in it.
func NewCatalogs(open func(path string) ([]byte, error)) *Catalogs {
	return &Catalogs{open: open, seen: map[crypto.Hash]bool{}}
}

// Add indexes a catalog by its members' digests. It does not verify it: only the catalog that lists a file is
// ever verified. What was read of a broken catalog stays indexed.
func (c *Catalogs) Add(path string, der []byte) error {
	if len(der) > MaxCatalog {
		return fmt.Errorf("index catalog %q: %d octets are more than exvet reads", path, len(der))
	}
	sd, err := readCatalog(der)
	if err != nil {
		return fmt.Errorf("index catalog %q: %w", path, err)
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	number := uint32(len(c.paths))
	c.paths = append(c.paths, path)
	c.sorted = false
	err = sd.members(func(hash crypto.Hash, digest []byte) error {
		if len(c.entries) == maxMembers {
			return errors.New("too many members in all catalogs together")
		}
		c.seen[hash] = true
		c.entries = append(c.entries, catalogEntry{digestKey(digest), number})
		return nil
	})
	if err != nil {
		return fmt.Errorf("index catalog %q: %w", path, err)
	}
	return nil
}

// hashes lists the hash functions of the members, the strongest first.
func (c *Catalogs) hashes() []crypto.Hash {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	var hashes []crypto.Hash
	for _, hash := range []crypto.Hash{crypto.SHA512, crypto.SHA384, crypto.SHA256, crypto.SHA1} {
		if c.seen[hash] {
			hashes = append(hashes, hash)
		}
	}
	return hashes
}

// find lists the catalogs that may hold a digest, in the order they were added.
func (c *Catalogs) find(digest []byte) []string {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if !c.sorted {
		slices.SortFunc(c.entries, func(a, b catalogEntry) int {
			if order := bytes.Compare(a.digest[:], b.digest[:]); order != 0 {
				return order
			}
			return int(a.catalog) - int(b.catalog)
		})
		c.sorted = true
	}
	at, _ := slices.BinarySearchFunc(c.entries, digest[:16], func(e catalogEntry, want []byte) int { return bytes.Compare(e.digest[:], want) })
	var paths []string
	for ; at < len(c.entries) && bytes.Equal(c.entries[at].digest[:], digest[:16]) && len(paths) < maxTried; at++ {
		if path := c.paths[c.entries[at].catalog]; !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	return paths
}

// verified returns a catalog verified before, or nil.
func (c *Catalogs) verified(path string) *verifiedCatalog {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for i, kept := range c.kept {
		if kept.path == path {
			c.kept = append(slices.Delete(c.kept, i, i+1), kept)
			return kept
		}
	}
	return nil
}

// keep remembers a verified catalog, and forgets the one not used for longest.
func (c *Catalogs) keep(catalog *verifiedCatalog) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if slices.ContainsFunc(c.kept, func(kept *verifiedCatalog) bool { return kept.path == catalog.path }) {
		return // another goroutine was faster
	}
	if len(c.kept) == maxKept {
		c.kept = slices.Delete(c.kept, 0, 1)
	}
	c.kept = append(c.kept, catalog)
}
