package evtx

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"time"

	"github.com/exvet/exvet"
)

// A reader holds one chunk and what was learnt from it. Everything in it is used again for the next chunk.
type reader struct {
	filter filter
	seen   exvet.EventLog

	data    []byte // the chunk
	block   int    // number of the chunk in the file, from 0
	damaged bool   // the chunk
	work    int    // left for this chunk

	nodes     []node           // of the templates, and of the record at hand
	templates map[uint32]int32 // first node by the place of the definition; unreadable for one that is damaged
	values    []value          // of the record at hand
	text      []byte           // being made
	names     map[string]string
}

func newReader(query exvet.EventQuery) *reader {
	return &reader{
		filter: newFilter(query), seen: exvet.EventLog{Log: query.Log},
		data: make([]byte, chunkSize), block: -1, templates: map[uint32]int32{}, names: map[string]string{},
	}
}

// chunk reads the next chunk that holds records. It reports false at the end of the file.
func (r *reader) chunk(file io.Reader) (bool, error) {
	for {
		n, err := io.ReadFull(file, r.data)
		switch {
		case errors.Is(err, io.EOF):
			return false, nil
		case errors.Is(err, io.ErrUnexpectedEOF):
			clear(r.data[n:])
			r.note(fmt.Sprintf("the file ends inside a chunk, after %d of its %d bytes", n, chunkSize))
		case err != nil:
			return false, fmt.Errorf("read event log: %w", err)
		}
		r.block++
		if string(r.data[:8]) == "ElfChnk\x00" {
			r.begin()
			return true, nil
		}
		if !blank(r.data) {
			r.seen.DamagedChunks++
			r.seen.Skipped += int64(n)
			r.note(fmt.Sprintf("block %d is no chunk", r.block))
		}
	}
}

// blank reports whether a block was never used.
func blank(block []byte) bool {
	return len(bytes.TrimLeft(block, "\x00")) == 0
}

// begin forgets the chunk before and checks the header of this one.
func (r *reader) begin() {
	clear(r.templates)
	r.nodes, r.work, r.damaged = r.nodes[:0], maxWork, false
	r.seen.Chunks++
	sum := crc32.ChecksumIEEE(r.data[:120])
	sum = crc32.Update(sum, crc32.IEEETable, r.data[128:chunkHeaderSize])
	// A log without checksums holds zeros.
	if want := binary.LittleEndian.Uint32(r.data[124:]); want != 0 && sum != want {
		r.damage("the checksum of its header is wrong")
	}
	if want := binary.LittleEndian.Uint32(r.data[52:]); want != 0 && crc32.ChecksumIEEE(r.data[chunkHeaderSize:r.end()]) != want {
		r.damage("the checksum of its records is wrong")
	}
}

// end is where the records of the chunk end: what lies behind is left over from before.
func (r *reader) end() int {
	free := binary.LittleEndian.Uint32(r.data[48:])
	if free < chunkHeaderSize || free > chunkSize {
		return chunkSize
	}
	return int(free)
}

// damage notes what is wrong with the chunk, which is counted once.
func (r *reader) damage(format string, args ...any) {
	if !r.damaged {
		r.seen.DamagedChunks++
		r.damaged = true
	}
	if len(r.seen.Notes) < maxNotes { // words cost more than damage
		r.note(fmt.Sprintf("chunk %d: ", r.block) + fmt.Sprintf(format, args...))
	}
}

var signature = []byte{0x2a, 0x2a, 0, 0}

// records gives the wanted events of the chunk. It reports false when no more are.
func (r *reader) records(yield func(exvet.Event, error) bool) bool {
	end := r.end()
	lostTrack := false
	for at := chunkHeaderSize; at+minRecord <= end; {
		size, ok := r.recordSize(at, end)
		if !ok {
			lost := end - at
			if next := bytes.Index(r.data[at+1:end], signature); next >= 0 {
				lost = next + 1
			}
			if !blank(r.data[at : at+lost]) {
				r.damage("no record at byte %d", at)
				r.seen.Skipped += int64(lost)
			}
			at += lost
			lostTrack = true
			continue
		}
		if lostTrack {
			r.seen.Recovered++
		} else {
			r.seen.Records++
		}
		event, wanted, err := r.record(at, size)
		if err != nil {
			r.seen.Unreadable++
			r.damage("record %d: %v", binary.LittleEndian.Uint64(r.data[at+8:]), err)
		}
		if wanted && err == nil && !yield(event, nil) {
			return false
		}
		at += size
	}
	return true
}

// recordSize gives the size of the record at a place, if there is one.
func (r *reader) recordSize(at, end int) (int, bool) {
	if !bytes.Equal(r.data[at:at+4], signature) {
		return 0, false
	}
	size := binary.LittleEndian.Uint32(r.data[at+4:])
	if size < minRecord || size > uint32(end-at) {
		return 0, false
	}
	return int(size), binary.LittleEndian.Uint32(r.data[at+int(size)-4:]) == size
}

// extend widens what the log is known to span by a record, which was counted.
func (r *reader) extend(number uint64, at time.Time) {
	seen := &r.seen
	if seen.Records+seen.Recovered == 1 || number < seen.OldestRecord {
		seen.OldestRecord = number
	}
	seen.NewestRecord = max(seen.NewestRecord, number)
	if at.IsZero() {
		return
	}
	if seen.Oldest.IsZero() || at.Before(seen.Oldest) {
		seen.Oldest = at
	}
	if at.After(seen.Newest) {
		seen.Newest = at
	}
}
