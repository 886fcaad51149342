// Package regfile reads registry hives and .reg exports of a server that is looked at elsewhere.
package regfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"time"

	"github.com/exvet/exvet"
)

// Limits of one hive. SOFTWARE of an Exchange server is some 100 MB with half a million keys, of which a scan looks
// at a few thousand.
const (
	MaxHive     = 256 << 20 // bytes of the file
	maxDepth    = 512       // keys in a path, as in Windows
	maxChildren = 200_000   // keys below one key
	maxVisits   = 4_000_000 // entries of lists of keys that are followed
	maxHeld     = 96 << 20  // bytes the names of keys may take
	maxName     = 512       // bytes of a key's name, as in Windows
	maxValues   = 16_384    // values of one key, as in Windows
	maxData     = 1 << 20   // bytes of one value, as in Windows
	maxRead     = 64 << 20  // bytes of values handed out, names and all
)

// A Hive is one hive file, read where it lies: keys are looked up as they are asked for. It may be used from several
// goroutines.
type Hive struct {
	cells   []byte // what follows the base block; offsets count from its start
	root    uint32
	applied bool // its logs were needed and have been applied

	mu       sync.Mutex
	children map[uint32]*children // by offset of the key
	held     int                  // bytes children take
	visits   int                  // entries of lists followed
	read     int                  // bytes of values handed out
}

// children are the keys below a key.
type children struct {
	names  []string
	folded map[string]uint32 // offsets
	err    error             // why some are not among them
}

const (
	baseBlock = 4096 // bytes before the first cell
	noCell    = 0xffffffff
)

// errDamaged is wrapped by errors about a hive that is not as Windows writes it.
var errDamaged = errors.New("damaged hive")

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errDamaged, fmt.Sprintf(format, args...))
}

// OpenHive takes over the bytes of a hive, and reads its transaction logs. A hive copied from a running server is dirty: what
// was written last is in the logs alone. They are applied to the bytes; the error says so where that fails, and the hive
// beside it is then as it was copied.
func OpenHive(file []byte, logs ...[]byte) (*Hive, error) {
	if len(file) > MaxHive {
		return nil, fmt.Errorf("larger than %d MB", MaxHive>>20)
	}
	if len(file) < baseBlock+32 || string(file[:4]) != "regf" {
		return nil, damaged("it does not begin as one")
	}
	h := &Hive{cells: file[baseBlock:], root: u32(file, 36), children: map[uint32]*children{}}
	var dirty error
	if isDirty(file) {
		recovered, root, err := replay(file, logs)
		if err != nil {
			dirty = fmt.Errorf("dirty hive, logs not applied: %w", err)
		} else {
			h.cells, h.root, h.applied = recovered, root, true
		}
	}
	if _, err := h.node(h.root); err != nil {
		return nil, errors.Join(err, dirty)
	}
	return h, dirty
}

// isDirty reports whether the hive was being written to when it was copied.
func isDirty(file []byte) bool {
	return u32(file, 4) != u32(file, 8) || checksum(file) != u32(file, 508)
}

// checksum is that of a base block.
func checksum(file []byte) uint32 {
	var sum uint32
	for at := 0; at < 508; at += 4 {
		sum ^= u32(file, at)
	}
	switch sum {
	case 0:
		return 1
	case 0xffffffff:
		return 0xfffffffe
	}
	return sum
}

// Key opens a key by the names that lead to it from the root. See exvet.Registry for its errors.
func (h *Hive) Key(path []string) (*exvet.RegistryKey, error) {
	if len(path) > maxDepth {
		return nil, fmt.Errorf("key is deeper than %d", maxDepth)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	at := h.root
	for _, name := range path {
		below, err := h.below(at)
		if err != nil {
			return nil, err
		}
		next, ok := below.folded[fold(name)]
		switch {
		case !ok && below.err != nil:
			return nil, below.err
		case !ok:
			return nil, fs.ErrNotExist
		}
		at = next
	}
	return h.open(at)
}

func (h *Hive) open(at uint32) (*exvet.RegistryKey, error) {
	node, err := h.node(at)
	if err != nil {
		return nil, err
	}
	key := &exvet.RegistryKey{Written: fileTime(binary.LittleEndian.Uint64(node[4:]))}
	below, err := h.below(at)
	if err != nil {
		return nil, err
	}
	key.Keys = below.names
	values, err := h.values(node)
	key.Values = values
	return key, errors.Join(below.err, err)
}

// cell gives the content of an allocated cell.
func (h *Hive) cell(at uint32) ([]byte, error) {
	if at == noCell || uint64(at)+4 > uint64(len(h.cells)) {
		return nil, damaged("a cell at %#x lies outside", at)
	}
	size := -int64(int32(u32(h.cells, int(at))))
	if size < 8 || int64(at)+size > int64(len(h.cells)) {
		return nil, damaged("the cell at %#x is free or too large", at)
	}
	return h.cells[at+4 : int64(at)+size], nil
}

// nodeSize is the length of a key's cell before its name.
const nodeSize = 76

// node gives the cell of a key.
func (h *Hive) node(at uint32) ([]byte, error) {
	cell, err := h.cell(at)
	if err != nil {
		return nil, err
	}
	if len(cell) < nodeSize || string(cell[:2]) != "nk" {
		return nil, damaged("the cell at %#x is no key", at)
	}
	return cell, nil
}

// below gives the keys below a key, from memory when it was asked before.
func (h *Hive) below(at uint32) (*children, error) {
	if known := h.children[at]; known != nil {
		return known, nil
	}
	node, err := h.node(at)
	if err != nil {
		return nil, err
	}
	found := &children{folded: map[string]uint32{}}
	if u32(node, 20) > 0 {
		found.err = h.list(found, u32(node, 28), false)
	}
	h.children[at] = found
	return found, nil
}

// list adds the keys of a list. A list of lists holds none of its own kind, so this goes two deep at most.
func (h *Hive) list(into *children, at uint32, inner bool) error {
	cell, err := h.cell(at)
	if err != nil {
		return err
	}
	kind, count := string(cell[:2]), int(u16(cell, 2))
	step := map[string]int{"lf": 8, "lh": 8, "li": 4, "ri": 4}[kind]
	switch {
	case step == 0 || kind == "ri" && inner:
		return damaged("the cell at %#x is no list of keys", at)
	case 4+count*step > len(cell):
		return damaged("the list at %#x is cut off", at)
	}
	var failed error
	for i := range count {
		entry := u32(cell, 4+i*step)
		if kind == "ri" {
			err = h.list(into, entry, true)
		} else {
			err = h.add(into, entry)
		}
		if err != nil && !errors.Is(err, errDamaged) {
			return err
		}
		if failed == nil {
			failed = err
		}
	}
	return failed
}

// add adds one key. Of two that have one name the first is taken.
func (h *Hive) add(into *children, at uint32) error {
	if h.visits++; h.visits > maxVisits {
		return fmt.Errorf("more than %d entries in lists of keys", maxVisits)
	}
	node, err := h.node(at)
	if err != nil {
		return err
	}
	length := int(u16(node, 72))
	if nodeSize+length > len(node) || length > maxName {
		return damaged("the name of the key at %#x is cut off or too long", at)
	}
	name := decodeName(node[nodeSize:nodeSize+length], u16(node, 2)&0x20 != 0)
	if name == "" || strings.Contains(name, `\`) {
		return damaged("the key at %#x has a name no key can have", at)
	}
	folded := fold(name)
	if _, twice := into.folded[folded]; twice {
		return nil
	}
	if len(into.names) >= maxChildren {
		return fmt.Errorf("more than %d keys below one", maxChildren)
	}
	const beside = 100 // of a name, in the map
	if h.held += 2*len(name) + beside; h.held > maxHeld {
		return fmt.Errorf("names of keys take more than %d MB", maxHeld>>20)
	}
	into.folded[folded] = at
	into.names = append(into.names, name)
	return nil
}

// fileTime turns a FILETIME into a time, zero for none.
func fileTime(ticks uint64) time.Time {
	const toUnix = 116444736000000000 // ticks of 100 ns from 1601 to 1970
	if ticks == 0 || ticks > 1<<62 {
		return time.Time{}
	}
	return time.Unix(0, 0).UTC().Add(time.Duration(int64(ticks)-toUnix) * 100)
}

func fold(name string) string { return strings.ToLower(name) }

func u16(b []byte, at int) uint16 { return binary.LittleEndian.Uint16(b[at:]) }

func u32(b []byte, at int) uint32 { return binary.LittleEndian.Uint32(b[at:]) }
