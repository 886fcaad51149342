package evtx

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/evtx/evtxtest"
)

// A place in the one chunk of a log, from the start of the file.
const firstRecord = headerSize + chunkHeaderSize

// oneRecord is a log of one record, whose template is defined inside of it.
func oneRecord() []byte {
	return evtxtest.Write([]evtxtest.Record{{Event: common(1), Form: evtxtest.Classic}}, evtxtest.Options{})
}

// argumentsAt finds the count of arguments of the first record: behind its template.
func argumentsAt(data []byte) int {
	const head, definition = 4 + 10, 24
	begin := firstRecord + recordHeader + head
	return begin + definition + int(binary.LittleEndian.Uint32(data[begin+20:]))
}

func TestDamage(t *testing.T) {
	le := binary.LittleEndian
	tests := []struct {
		name       string
		damage     func([]byte) []byte
		events     int
		unreadable int
		recovered  int
		skipped    bool
		note       string
	}{
		{name: "none", damage: func(b []byte) []byte { return b }, events: 400},
		{name: "dirty", damage: func(b []byte) []byte { b[120] |= 1; return b }, events: 400},
		{name: "header size", damage: func(b []byte) []byte { b[41] = 9; evtxtest.Repair(b); return b }, events: 400, note: "the header says it has"},
		{name: "format", damage: func(b []byte) []byte { b[38] = 9; evtxtest.Repair(b); return b }, events: 400, note: "version 9.1 of the format"},
		{name: "a record's content", damage: func(b []byte) []byte { b[bytes.Index(b, evtxtest.UTF16("last").Data)] = 'c'; return b }, events: 400, note: "the checksum of its records is wrong"},
		{name: "a chunk's header", damage: func(b []byte) []byte { b[headerSize+8] ^= 1; return b }, events: 400, note: "chunk 0: the checksum of its header is wrong"},
		{name: "free space", damage: func(b []byte) []byte { le.PutUint32(b[headerSize+48:], 1<<30); return b }, events: 400, note: "checksum"},
		{name: "a record's size", damage: func(b []byte) []byte { le.PutUint32(b[firstRecord+4:], 5); return b }, events: 399, recovered: -1, skipped: true, note: "chunk 0: no record at byte 512"},
		{name: "a record's end", damage: func(b []byte) []byte {
			size := le.Uint32(b[firstRecord+4:])
			le.PutUint32(b[firstRecord+int(size)-4:], 0)
			return b
		}, events: 399, recovered: -1, skipped: true, note: "chunk 0: no record at byte 512"},
		{name: "a lost chunk", damage: func(b []byte) []byte { copy(b[headerSize:], "XXXXXXXX"); return b }, events: -1, skipped: true, note: "block 0 is no chunk"},
		{name: "an unused block", damage: func(b []byte) []byte { return append(b, make([]byte, 3*chunkSize)...) }, events: 400},
		{name: "cut", damage: func(b []byte) []byte { return b[:len(b)-chunkSize/2] }, events: -1, skipped: true, note: "the file ends inside a chunk"},
		{name: "a token", damage: func(b []byte) []byte { b[firstRecord+recordHeader+4+10+24+4] = 0x3c; return b }, events: -1, unreadable: -1, note: "record 1: token 0x3c"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var records []evtxtest.Record
			for i := range 400 {
				records = append(records, evtxtest.Record{Event: common(uint64(i) + 1), Form: evtxtest.Classic})
			}
			data := test.damage(evtxtest.Write(records, evtxtest.Options{ChunkRecords: 150}))
			events, log := readAll(t, data, exvet.EventQuery{Log: "x"})
			if len(events) != test.events && test.events >= 0 || len(events) == 0 {
				t.Errorf("got %d events, want %d", len(events), test.events)
			}
			if len(events) != log.Records+log.Recovered-log.Unreadable {
				t.Errorf("got %d events of %d and %d records, %d unreadable", len(events), log.Records, log.Recovered, log.Unreadable)
			}
			if log.Unreadable > 0 != (test.unreadable != 0) || log.Recovered > 0 != (test.recovered != 0) || log.Skipped > 0 != test.skipped {
				t.Errorf("got %+v", log)
			}
			if all := strings.Join(log.Notes, "\n"); !strings.Contains(all, test.note) || test.note == "" && all != "" {
				t.Errorf("got notes %q, want %q", log.Notes, test.note)
			}
			if damaged := log.DamagedChunks > 0; test.name == "dirty" && (!log.Dirty || damaged) {
				t.Errorf("got %+v, want dirty and undamaged", log)
			}
		})
	}
}

// Logs made to cost time or memory must cost neither.
func TestHostile(t *testing.T) {
	le := binary.LittleEndian
	tests := []struct {
		name  string
		note  string
		build func() []byte
	}{
		{"an absurd count of arguments", "more arguments than there is room for", func() []byte {
			data := oneRecord()
			le.PutUint32(data[argumentsAt(data):], 0xffffffff)
			return data
		}},
		{"an absurd count that just fits", "more arguments than", func() []byte {
			data := oneRecord()
			le.PutUint32(data[argumentsAt(data):], 15_000)
			return data
		}},
		{"a template that is an absurd size", "cut off", func() []byte {
			data := oneRecord()
			le.PutUint32(data[firstRecord+recordHeader+14+20:], 0xfffffff0)
			return data
		}},
		{"a template in the chunk's header", "template is outside", func() []byte {
			data := oneRecord()
			le.PutUint32(data[firstRecord+recordHeader+4+6:], 0)
			return data
		}},
		{"names that lead round", "a name outside of the chunk", func() []byte {
			data := writtenLog(200)
			// Each name links to itself, and is as long as a chunk.
			for bucket := range 64 {
				place := le.Uint32(data[headerSize+128+4*bucket:])
				if place == 0 {
					continue
				}
				le.PutUint32(data[headerSize+int(place):], place)
				le.PutUint16(data[headerSize+int(place)+6:], 0x7fff)
			}
			return data
		}},
		{"templates in templates", "more than exvet reads", nestedTemplates},
		{"elements in elements", "more than exvet reads", nestedElements},
		{"one value thousands of times", "more than exvet reads", repeatedValue},
		{"a chunk of nothing but signatures", "no record at byte 512", func() []byte {
			data := oneRecord()
			le.PutUint32(data[headerSize+48:], chunkSize)
			for at := firstRecord; at+4 <= len(data); at += 4 {
				copy(data[at:], signature)
			}
			return data
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			one := test.build()
			evtxtest.Repair(one)
			// Sixteen chunks of it: a megabyte.
			data := append([]byte{}, one[:headerSize]...)
			for len(data) < 1<<20 {
				data = append(data, one[headerSize:headerSize+chunkSize]...)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()
			events, log := readAll(t, data, exvet.EventQuery{})
			runtime.ReadMemStats(&after)
			if took := time.Since(began); took > 3*time.Second {
				t.Errorf("took %s", took)
			}
			if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 200<<20 {
				t.Errorf("allocated %d MB", allocated>>20)
			}
			if log.Unreadable == 0 && log.Skipped == 0 {
				t.Errorf("got %d events and no damage", len(events))
			}
			if all := strings.Join(log.Notes, "\n"); !strings.Contains(all, test.note) {
				t.Errorf("got notes %q, want %q: the log is not what it was meant to be", log.Notes, test.note)
			}
		})
	}
}

// A raw chunk is one record of binary XML, as long as a record may be.
func rawChunk(content []byte) []byte {
	data := oneRecord()[:headerSize+chunkSize]
	clear(data[firstRecord:])
	le := binary.LittleEndian
	size := recordHeader + len(content) + 4
	copy(data[firstRecord:], signature)
	le.PutUint32(data[firstRecord+4:], uint32(size))
	le.PutUint64(data[firstRecord+8:], 1)
	copy(data[firstRecord+recordHeader:], content)
	le.PutUint32(data[firstRecord+size-4:], uint32(size))
	le.PutUint32(data[headerSize+48:], uint32(chunkHeaderSize+size))
	return data
}

// nestedTemplates is a record whose template uses itself.
func nestedTemplates() []byte {
	le := binary.LittleEndian
	place := uint32(chunkHeaderSize + recordHeader + 14)
	content := []byte{0x0f, 1, 1, 0, 0x0c, 1, 0, 0, 0, 0}
	content = le.AppendUint32(content, place)
	content = append(content, make([]byte, 20)...)
	inner := []byte{}
	for range 1_000 {
		inner = append(inner, 0x0c, 1, 0, 0, 0, 0)
		inner = le.AppendUint32(inner, place)
		inner = append(inner, 0, 0, 0, 0)
	}
	content = le.AppendUint32(content, uint32(len(inner)))
	content = append(append(content, inner...), 0, 0, 0, 0)
	return rawChunk(content)
}

// nestedElements is a record of elements in elements, none closed.
func nestedElements() []byte {
	content := []byte{0x0f, 1, 1, 0}
	name := binary.LittleEndian.AppendUint32(nil, chunkHeaderSize)
	for range 5_000 {
		content = append(append(append(content, 0x01, 0, 0, 0, 0), name...), 0x02)
	}
	return rawChunk(content)
}

// repeatedValue is a record whose template consists of one long value over and over.
func repeatedValue() []byte {
	le := binary.LittleEndian
	text := evtxtest.UTF16(strings.Repeat("x", 20_000)).Data
	place := uint32(chunkHeaderSize + recordHeader + 14)
	content := []byte{0x0f, 1, 1, 0, 0x0c, 1, 0, 0, 0, 0}
	content = le.AppendUint32(content, place)
	content = append(content, make([]byte, 20)...)
	names := place + 24 + 6_000
	element := func(name uint32, inner ...byte) []byte {
		b := append(le.AppendUint32([]byte{0x01, 0xff, 0xff, 0, 0, 0, 0}, name), 0x02)
		return append(append(b, inner...), 0x04)
	}
	var values []byte
	for range 300 {
		values = append(values, element(names+40, 0x0d, 0, 0, 1)...)
	}
	inner := element(names, append(element(names+20), element(names+60, values...)...)...)
	inner = append(inner, make([]byte, 6_000-len(inner))...)
	for i, name := range []string{"Event", "System", "Data", "EventData"} {
		b := make([]byte, 20, 40)
		le.PutUint16(b[6:], uint16(len(name)))
		copy(b[8:], evtxtest.UTF16(name).Data[:min(12, 2*len(name))])
		if i == 3 {
			b = append(b[:8], evtxtest.UTF16(name).Data...)
		}
		inner = append(inner, b...)
	}
	content = le.AppendUint32(content, uint32(len(inner)))
	content = append(content, inner...)
	content = append(le.AppendUint32(content, 1), 0, 0, 1, 0)
	le.PutUint16(content[len(content)-4:], uint16(len(text)))
	content = append(content, text...)
	return rawChunk(content)
}
