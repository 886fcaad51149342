// Package regtest writes registry hives and exports for tests.
package regtest

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf16"
)

// A Tree is the keys of a hive by their path below its root, "" for the root; those above need not be listed.
type Tree map[string]Values

// Values are the values of a key by name: string, Expand, []string, uint32, uint64 or []byte.
type Values map[string]any

// Expand is a text with variables.
type Expand string

// Written is the FILETIME all keys were last written at: 2026-01-02 03:04:05 UTC.
const Written = 134117966450000000

const (
	header  = 4096
	noCell  = 0xffffffff
	perList = 500 // keys in one list; more make a list of lists
)

// Hive writes a hive.
func Hive(tree Tree) []byte {
	w := &writer{cells: make([]byte, 32)}
	copy(w.cells, "hbin")
	root := w.key(build(tree), noCell)
	for len(w.cells)%4096 != 0 {
		rest := 4096 - len(w.cells)%4096
		w.cells = binary.LittleEndian.AppendUint32(w.cells, uint32(rest))
		w.cells = append(w.cells, make([]byte, rest-4)...)
	}
	binary.LittleEndian.PutUint32(w.cells[8:], uint32(len(w.cells)))
	base := make([]byte, header)
	copy(base, "regf")
	put := func(at int, n uint32) { binary.LittleEndian.PutUint32(base[at:], n) }
	put(4, 7)
	put(8, 7)
	binary.LittleEndian.PutUint64(base[12:], Written)
	put(20, 1)
	put(24, 5)
	put(32, 1)
	put(36, root)
	put(40, uint32(len(w.cells)))
	put(44, 1)
	Seal(base)
	return append(base, w.cells...)
}

// Seal writes the checksum of a base block.
func Seal(base []byte) {
	var sum uint32
	for at := 0; at < 508; at += 4 {
		sum ^= binary.LittleEndian.Uint32(base[at:])
	}
	binary.LittleEndian.PutUint32(base[508:], sum)
}

type node struct {
	name   string
	values Values
	below  map[string]*node // by upper-case name
}

func build(tree Tree) *node {
	root := &node{name: "ROOT", below: map[string]*node{}}
	for _, path := range slices.Sorted(maps.Keys(tree)) {
		at := root
		for part := range strings.SplitSeq(path, `\`) {
			if part == "" {
				continue
			}
			next := at.below[strings.ToUpper(part)]
			if next == nil {
				next = &node{name: part, below: map[string]*node{}}
				at.below[strings.ToUpper(part)] = next
			}
			at = next
		}
		at.values = tree[path]
	}
	return root
}

// A writer holds the cells written so far.
type writer struct{ cells []byte }

// cell writes an allocated cell and gives its offset.
func (w *writer) cell(content []byte) uint32 {
	at := len(w.cells)
	size := (len(content) + 4 + 7) &^ 7
	w.cells = binary.LittleEndian.AppendUint32(w.cells, uint32(-size))
	w.cells = append(w.cells, content...)
	w.cells = append(w.cells, make([]byte, size-4-len(content))...)
	return uint32(at)
}

func (w *writer) key(n *node, parent uint32) uint32 {
	name, narrow := encodeName(n.name)
	content := make([]byte, 76+len(name))
	copy(content, "nk")
	flags := uint16(0)
	if narrow {
		flags |= 0x20
	}
	if parent == noCell {
		flags |= 0x0c
	}
	le := binary.LittleEndian
	le.PutUint16(content[2:], flags)
	le.PutUint64(content[4:], Written)
	le.PutUint16(content[72:], uint16(len(name)))
	copy(content[76:], name)
	at := w.cell(content)
	values, keys := w.values(n.values), w.keys(n, at)
	fixed := w.cells[at+4:]
	le.PutUint32(fixed[16:], parent)
	le.PutUint32(fixed[20:], uint32(len(n.below)))
	le.PutUint32(fixed[28:], keys)
	le.PutUint32(fixed[32:], noCell)
	le.PutUint32(fixed[36:], uint32(len(n.values)))
	le.PutUint32(fixed[40:], values)
	le.PutUint32(fixed[44:], noCell)
	le.PutUint32(fixed[48:], noCell)
	return at
}

// keys writes the keys below one and the list of them.
func (w *writer) keys(n *node, at uint32) uint32 {
	if len(n.below) == 0 {
		return noCell
	}
	var lists []byte
	names := slices.Sorted(maps.Keys(n.below))
	for part := range slices.Chunk(names, perList) {
		list := binary.LittleEndian.AppendUint16([]byte("lh"), uint16(len(part)))
		for _, name := range part {
			list = binary.LittleEndian.AppendUint32(list, w.key(n.below[name], at))
			list = binary.LittleEndian.AppendUint32(list, hash(name))
		}
		lists = binary.LittleEndian.AppendUint32(lists, w.cell(list))
	}
	if len(lists) == 4 {
		return binary.LittleEndian.Uint32(lists)
	}
	return w.cell(append(binary.LittleEndian.AppendUint16([]byte("ri"), uint16(len(lists)/4)), lists...))
}

func hash(name string) uint32 {
	var sum uint32
	for _, r := range name {
		sum = sum*37 + uint32(r)
	}
	return sum
}

func (w *writer) values(values Values) uint32 {
	if len(values) == 0 {
		return noCell
	}
	var list []byte
	for _, name := range slices.Sorted(maps.Keys(values)) {
		kind, data := encode(values[name])
		raw, narrow := encodeName(name)
		content := make([]byte, 20+len(raw))
		copy(content, "vk")
		le := binary.LittleEndian
		le.PutUint16(content[2:], uint16(len(raw)))
		le.PutUint32(content[12:], kind)
		if narrow {
			le.PutUint16(content[16:], 1)
		}
		copy(content[20:], raw)
		if len(data) <= 4 {
			le.PutUint32(content[4:], uint32(len(data))|1<<31)
			copy(content[8:12], data)
		} else {
			le.PutUint32(content[4:], uint32(len(data)))
			le.PutUint32(content[8:], w.data(data))
		}
		list = le.AppendUint32(list, w.cell(content))
	}
	return w.cell(list)
}

// data writes the data of a value, in pieces where it is large.
func (w *writer) data(data []byte) uint32 {
	const piece = 16_344
	if len(data) <= piece {
		return w.cell(data)
	}
	var list []byte
	for part := range slices.Chunk(data, piece) {
		list = binary.LittleEndian.AppendUint32(list, w.cell(part))
	}
	content := binary.LittleEndian.AppendUint16([]byte("db"), uint16(len(list)/4))
	return w.cell(binary.LittleEndian.AppendUint32(content, w.cell(list)))
}

// encodeName gives a name in one byte a letter where that is possible.
func encodeName(name string) (raw []byte, narrow bool) {
	for _, r := range name {
		if r > 0xff {
			return wide(name), false
		}
		raw = append(raw, byte(r))
	}
	return raw, true
}

func wide(text string) []byte {
	var raw []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		raw = binary.LittleEndian.AppendUint16(raw, unit)
	}
	return raw
}

// encode gives the type and the data of a value.
func encode(value any) (uint32, []byte) {
	switch value := value.(type) {
	case string:
		return 1, wide(value + "\x00")
	case Expand:
		return 2, wide(string(value) + "\x00")
	case []byte:
		return 3, value
	case uint32:
		return 4, binary.LittleEndian.AppendUint32(nil, value)
	case []string:
		return 7, wide(strings.Join(append(slices.Clone(value), "", ""), "\x00"))
	case uint64:
		return 11, binary.LittleEndian.AppendUint64(nil, value)
	}
	panic(fmt.Sprintf("regtest: no registry type for %T", value))
}
