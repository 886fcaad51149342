// Package evtx reads Windows event logs (.evtx) as a stream, behind limits, and keeps what damage leaves. Pure.
package evtx

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"iter"

	"github.com/exvet/exvet"
)

// Sizes of the parts of a log, in bytes.
const (
	headerSize      = 4096
	chunkSize       = 64 << 10
	chunkHeaderSize = 512
	recordHeader    = 24 // signature, size, number and time; the content follows, then the size again
	minRecord       = recordHeader + 4
)

// Limits. A chunk that goes past one loses records; they are counted.
const (
	maxWork      = 1 << 19 // for one chunk: nodes, values and bytes of text; a real one takes a tenth
	maxNodes     = 32_000  // of the templates of one chunk
	maxTemplates = 1_024   // of one chunk
	maxDepth     = 32      // of elements
	maxNesting   = 8       // of XML inside of values
	maxStrings   = 1_024   // of one event
	maxNames     = 4_096   // short texts remembered, so that each is made once
	maxNotes     = 16
)

// Read gives the events of a log that a query wants, in the order of the file, which goes round. One chunk is held in
// memory, and a record that is not wanted costs no allocation.
//
// Damaged records are skipped and told to query.Seen when the log has been read to its end. A file that is no event log,
// or that cannot be read any further, ends in an error.
func Read(ctx context.Context, file io.Reader, query exvet.EventQuery) iter.Seq2[exvet.Event, error] {
	return func(yield func(exvet.Event, error) bool) {
		r := newReader(query)
		if err := r.header(file); err != nil {
			yield(exvet.Event{}, err)
			return
		}
		for {
			if err := ctx.Err(); err != nil {
				yield(exvet.Event{}, err)
				return
			}
			more, err := r.chunk(file)
			if err != nil {
				yield(exvet.Event{}, err)
				return
			}
			if !more {
				break
			}
			if !r.records(yield) {
				return
			}
		}
		if query.Seen != nil {
			query.Seen(r.seen)
		}
	}
}

// header checks the header of the file. A damaged one is noted: the chunks stand on their own.
func (r *reader) header(file io.Reader) error {
	head := r.data[:headerSize]
	n, err := io.ReadFull(file, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("read event log: %w", err)
	}
	if n < headerSize || string(head[:8]) != "ElfFile\x00" {
		return errors.New("read event log: not an .evtx file")
	}
	if crc32.ChecksumIEEE(head[:120]) != binary.LittleEndian.Uint32(head[124:]) {
		r.note("the checksum of the file header is wrong")
	}
	if major := binary.LittleEndian.Uint16(head[38:]); major != 3 {
		r.note(fmt.Sprintf("version %d.%d of the format; read as 3.1", major, binary.LittleEndian.Uint16(head[36:])))
	}
	if size := binary.LittleEndian.Uint16(head[40:]); size != headerSize {
		r.note(fmt.Sprintf("the header says it has %d bytes; read as %d", size, headerSize))
	}
	const dirty = 1
	r.seen.Dirty = binary.LittleEndian.Uint32(head[120:])&dirty != 0
	return nil
}

// note keeps what is odd.
func (r *reader) note(text string) {
	if len(r.seen.Notes) < maxNotes {
		r.seen.Notes = append(r.seen.Notes, text)
	}
}
