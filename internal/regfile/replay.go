package regfile

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"slices"
)

// A logEntry is one change of a hive, as Windows 8.1 and later log it.
type logEntry struct {
	sequence uint32
	size     uint32 // of the hive's cells after the change
	pages    []byte // offset and size of each page
	data     []byte // of the pages, one after the other
}

const (
	logHeader   = 512 // bytes before the first entry
	entryHeader = 40
	newLog      = 6 // file type of a log that can be replayed
)

// replay applies the logs to the cells, or nothing of them where something is wrong. Entries must follow each other without a gap from the hive's
// secondary sequence number on, as Windows itself demands.
func replay(file []byte, logs [][]byte) (cells []byte, root uint32, err error) {
	var entries []logEntry
	old := false
	next, root := u32(file, 8), u32(file, 36)
	for _, log := range logs {
		if len(log) < logHeader || string(log[:4]) != "regf" || checksum(log) != u32(log, 508) {
			continue // one that was never written to is empty
		}
		if u32(log, 28) != newLog {
			old = true
			continue
		}
		found := logEntries(log)
		if len(found) > 0 && checksum(file) != u32(file, 508) && (len(entries) == 0 || found[0].sequence < next) {
			// The base block tells nothing; the older log has a copy of it.
			next, root = found[0].sequence, u32(log, 36)
		}
		entries = append(entries, found...)
	}
	if len(entries) == 0 {
		if old {
			return nil, 0, errors.New("they are of a kind older than Windows 8.1")
		}
		return nil, 0, errors.New("no usable log beside the hive")
	}
	slices.SortStableFunc(entries, func(a, b logEntry) int { return cmp.Compare(a.sequence, b.sequence) })
	cells = file[baseBlock:]
	size := len(cells)
	var wanted []logEntry
	for _, entry := range entries {
		if entry.sequence != next {
			continue
		}
		if size, err = entry.check(size); err != nil {
			return nil, 0, err
		}
		wanted = append(wanted, entry)
		next++
	}
	if len(wanted) == 0 {
		return nil, 0, fmt.Errorf("no entry follows the hive's number %d", next)
	}
	for _, entry := range wanted {
		cells = entry.apply(cells)
	}
	return cells, root, nil
}

// logEntries gives the entries of a log up to the first that is not whole.
func logEntries(log []byte) []logEntry {
	var entries []logEntry
	for at := logHeader; at+entryHeader <= len(log); {
		size := u32(log, at+4)
		if string(log[at:at+4]) != "HvLE" || size < entryHeader || size%512 != 0 || uint64(size) > uint64(len(log)-at) {
			break
		}
		raw := log[at : at+int(size)]
		pages := uint64(u32(raw, 20)) * 8
		if entryHeader+pages > uint64(size) || !intact(raw) {
			break
		}
		entries = append(entries, logEntry{
			sequence: u32(raw, 12), size: u32(raw, 16),
			pages: raw[entryHeader : entryHeader+pages], data: raw[entryHeader+pages:],
		})
		at += int(size)
	}
	return entries
}

// check gives the size of the cells after the entry, and refuses one with a page outside.
func (e logEntry) check(size int) (int, error) {
	if e.size > MaxHive {
		return 0, fmt.Errorf("an entry makes the hive larger than %d MB", MaxHive>>20)
	}
	size = max(size, int(e.size))
	left := uint64(len(e.data))
	for i := 0; i < len(e.pages); i += 8 {
		at, length := uint64(u32(e.pages, i)), uint64(u32(e.pages, i+4))
		if length > left || at+length > uint64(size) {
			return 0, damaged("a page of entry %d lies outside", e.sequence)
		}
		left -= length
	}
	return size, nil
}

// apply writes the pages of an entry that was checked.
func (e logEntry) apply(cells []byte) []byte {
	if grow := int(e.size) - len(cells); grow > 0 {
		cells = append(cells, make([]byte, grow)...)
	}
	data := e.data
	for i := 0; i < len(e.pages); i += 8 {
		length := u32(e.pages, i+4)
		copy(cells[u32(e.pages, i):], data[:length])
		data = data[length:]
	}
	return cells
}

// intact checks the two hashes of an entry: of what follows the header, and of the header with the first hash.
func intact(raw []byte) bool {
	return binary.LittleEndian.Uint64(raw[24:]) == marvin(raw[entryHeader:]) &&
		binary.LittleEndian.Uint64(raw[32:]) == marvin(raw[:32])
}

// marvin is Marvin32 with the seed Windows gives the registry.
func marvin(data []byte) uint64 {
	low, high := uint32(0x7a4e55c5), uint32(0x82ef4d88)
	mix := func(word uint32) {
		low += word
		high ^= low
		low = bits.RotateLeft32(low, 20) + high
		high = bits.RotateLeft32(high, 9) ^ low
		low = bits.RotateLeft32(low, 27) + high
		high = bits.RotateLeft32(high, 19)
	}
	for len(data) >= 4 {
		mix(u32(data, 0))
		data = data[4:]
	}
	rest := [4]byte{}
	rest[copy(rest[:], data)] = 0x80
	mix(u32(rest[:], 0))
	mix(0)
	return uint64(high)<<32 | uint64(low)
}
