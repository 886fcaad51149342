// Package evtxtest writes event logs for tests: whole files with templates, tables of names and checksums.
package evtxtest

import (
	"encoding/binary"
	"hash/crc32"
	"time"

	"github.com/exvet/exvet"
)

// A Form is how the record of an event is laid out.
type Form int

// The forms Windows uses.
const (
	Classic Form = iota // EventData of a list of strings, as ReportEvent writes it
	Named               // EventData of Exvet's Data, each in a value of its own
	User                // UserData: XML with a template of its own, inside of a value
	Raw                 // no template, as in a log of forwarded events
)

// A Record is an event and its form. Values, where given, replace the strings of a Named one.
type Record struct {
	exvet.Event

	Form   Form
	Values []Value
}

// A Value is a typed argument of a template.
type Value struct {
	Kind byte // as in binary XML: 0x01 is UTF-16, 0x81 an array of it
	Data []byte
}

// Options are what is odd about a file.
type Options struct {
	Dirty        bool
	ChunkRecords int // that a chunk takes at most; 0 is as many as fit
}

const (
	chunkSize  = 64 << 10
	headerSize = 4096
	first      = 512 // byte of a chunk where its records begin
)

// Write gives the bytes of a log. Records get the numbers they have, or those of their places from 1.
func Write(records []Record, options Options) []byte {
	file := make([]byte, headerSize)
	var c *chunk
	chunks := 0
	next := uint64(1)
	for _, record := range records {
		if record.Record == 0 {
			record.Record = next
		}
		next = record.Record + 1
		if c == nil || options.ChunkRecords > 0 && c.count == options.ChunkRecords || !c.add(record) {
			if c != nil {
				file = append(file, c.seal()...)
			}
			c = newChunk()
			chunks++
			if !c.add(record) {
				panic("a record does not fit into a chunk")
			}
		}
	}
	if c != nil {
		file = append(file, c.seal()...)
	}
	copy(file, "ElfFile\x00")
	put64(file[16:], uint64(max(chunks-1, 0)))
	put64(file[24:], next)
	put32(file[32:], 128)
	put16(file[36:], 1)
	put16(file[38:], 3)
	put16(file[40:], headerSize)
	put16(file[42:], uint16(chunks))
	if options.Dirty {
		put32(file[120:], 1)
	}
	put32(file[124:], crc32.ChecksumIEEE(file[:120]))
	return file
}

// Repair makes every checksum of a file that was changed right again.
func Repair(file []byte) {
	if len(file) < headerSize {
		return
	}
	put32(file[124:], crc32.ChecksumIEEE(file[:120]))
	for at := headerSize; at+chunkSize <= len(file); at += chunkSize {
		sign(file[at : at+chunkSize])
	}
}

// sign puts the checksums into a chunk.
func sign(c []byte) {
	end := binary.LittleEndian.Uint32(c[48:])
	if end < first || end > chunkSize {
		end = chunkSize
	}
	put32(c[52:], crc32.ChecksumIEEE(c[first:end]))
	sum := crc32.Update(crc32.ChecksumIEEE(c[:120]), crc32.IEEETable, c[128:first])
	put32(c[124:], sum)
}

// FileTime is a time in hundreds of nanoseconds since 1601.
func FileTime(at time.Time) uint64 {
	if at.IsZero() {
		return 0
	}
	return uint64(at.Unix()+11_644_473_600)*10_000_000 + uint64(at.Nanosecond()/100)
}

func put16(to []byte, n uint16) { binary.LittleEndian.PutUint16(to, n) }
func put32(to []byte, n uint32) { binary.LittleEndian.PutUint32(to, n) }
func put64(to []byte, n uint64) { binary.LittleEndian.PutUint64(to, n) }
