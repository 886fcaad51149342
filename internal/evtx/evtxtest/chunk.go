package evtxtest

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
)

// A chunk is being filled.
type chunk struct {
	b         []byte
	names     map[string]uint32 // places by name
	templates map[string]uint32 // places of definitions by what they look like
	count     int
	numbers   [2]uint64 // of the first and the last record
	last      int       // place of the last record
}

func newChunk() *chunk {
	return &chunk{b: make([]byte, first, chunkSize), names: map[string]uint32{}, templates: map[string]uint32{}}
}

// add writes a record and reports whether there was room; if not, the chunk is to be sealed.
func (c *chunk) add(record Record) bool {
	begin := len(c.b)
	head := append([]byte{}, c.b[:first]...)
	names, templates := clone(c.names), clone(c.templates)
	c.b = append(c.b, 0x2a, 0x2a, 0, 0, 0, 0, 0, 0)
	c.u64(record.Record)
	c.u64(FileTime(record.Time))
	if record.Form == Raw {
		c.raw(record)
	} else {
		c.instance(record)
	}
	for len(c.b)%8 != 4 {
		c.b = append(c.b, 0)
	}
	size := uint32(len(c.b) + 4 - begin)
	c.u32(size)
	put32(c.b[begin+4:], size)
	if len(c.b) > chunkSize {
		c.b = c.b[:begin]
		copy(c.b, head)
		c.names, c.templates = names, templates
		return false
	}
	if c.count == 0 {
		c.numbers[0] = record.Record
	}
	c.numbers[1], c.last = record.Record, begin
	c.count++
	return true
}

func clone(places map[string]uint32) map[string]uint32 {
	copied := make(map[string]uint32, len(places))
	for name, place := range places {
		copied[name] = place
	}
	return copied
}

// seal finishes the chunk.
func (c *chunk) seal() []byte {
	end := uint32(len(c.b))
	c.b = append(c.b, make([]byte, chunkSize-len(c.b))...)
	copy(c.b, "ElfChnk\x00")
	for i, n := range []uint64{c.numbers[0], c.numbers[1], c.numbers[0], c.numbers[1]} {
		put64(c.b[8+8*i:], n)
	}
	put32(c.b[40:], 128)
	put32(c.b[44:], uint32(c.last))
	put32(c.b[48:], end)
	sign(c.b)
	return c.b
}

func (c *chunk) u8(n byte)    { c.b = append(c.b, n) }
func (c *chunk) u16(n uint16) { c.b = binary.LittleEndian.AppendUint16(c.b, n) }
func (c *chunk) u32(n uint32) { c.b = binary.LittleEndian.AppendUint32(c.b, n) }
func (c *chunk) u64(n uint64) { c.b = binary.LittleEndian.AppendUint64(c.b, n) }

func (c *chunk) text(s string) {
	for _, unit := range utf16.Encode([]rune(s)) {
		c.u16(unit)
	}
}

// name writes the place of a name, and the name itself where it is the first.
func (c *chunk) name(name string) {
	if place, known := c.names[name]; known {
		c.u32(place)
		return
	}
	place := uint32(len(c.b) + 4)
	c.names[name] = place
	var hash uint32
	units := utf16.Encode([]rune(name))
	for _, unit := range units {
		hash = hash*65599 + uint32(unit)
	}
	bucket := c.b[128+4*(hash%64):]
	c.u32(place)
	c.u32(binary.LittleEndian.Uint32(bucket)) // the next of this bucket
	put32(bucket, place)
	c.u16(uint16(hash))
	c.u16(uint16(len(units)))
	c.text(name)
	c.u16(0)
}

// An xml is an element to be written: attributes and content are literals, or "%n:t" for value n of type t.
type xml struct {
	name    string
	attrs   [][2]string
	content string
	inner   []xml
}

// element writes an element; in templates it begins with the number of a value it depends on: none.
func (c *chunk) element(e xml, template bool) {
	token := byte(0x01)
	if len(e.attrs) > 0 {
		token = 0x41
	}
	c.u8(token)
	if template {
		c.u16(0xffff)
	}
	size := c.hole()
	c.name(e.name)
	if len(e.attrs) > 0 {
		list := c.hole()
		for i, attr := range e.attrs {
			token := byte(0x46)
			if i == len(e.attrs)-1 {
				token = 0x06
			}
			c.u8(token)
			c.name(attr[0])
			c.piece(attr[1])
		}
		c.fill(list)
	}
	if e.content == "" && len(e.inner) == 0 {
		c.u8(0x03)
	} else {
		c.u8(0x02)
		if e.content != "" {
			c.piece(e.content)
		}
		for _, inner := range e.inner {
			if inner.name == "" {
				c.piece(inner.content)
				continue
			}
			c.element(inner, template)
		}
		c.u8(0x04)
	}
	c.fill(size)
}

func (c *chunk) piece(content string) {
	var index uint16
	var kind byte
	if n, _ := fmt.Sscanf(content, "%%%d:%x", &index, &kind); n == 2 && strings.HasPrefix(content, "%") {
		c.u8(0x0e)
		c.u16(index)
		c.u8(kind)
		return
	}
	c.u8(0x05)
	c.u8(0x01)
	c.u16(uint16(len(utf16.Encode([]rune(content)))))
	c.text(content)
}

// hole leaves room for a size, which fill puts in.
func (c *chunk) hole() int {
	c.u32(0)
	return len(c.b)
}

func (c *chunk) fill(hole int) { put32(c.b[hole-4:], uint32(len(c.b)-hole)) }
