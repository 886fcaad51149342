package evtx

import (
	"encoding/binary"
	"errors"
)

// A value is an argument of a template: bytes of the chunk.
type value struct {
	at, n int32
	kind  byte
}

// A scope is a range of the reader's values: the arguments of the template at hand.
type scope struct{ from, to int }

// instance reads a template's use and looks the template up: its first node, and the arguments, which stay on the
// reader's stack until the caller takes them off.
func (r *reader) instance(at, end int) (int32, scope, error) {
	const cost = 16 // of one use, in nodes
	if err := r.spend(cost); err != nil {
		return none, scope{}, err
	}
	from := len(r.values)
	place, _, err := r.use(at, end)
	if err != nil {
		return none, scope{}, err
	}
	first, err := r.template(place)
	return first, scope{from, len(r.values)}, err
}

// use reads a template's use: the place of the definition, which may lie inside of it, and where the use ends.
func (r *reader) use(at, end int) (place uint32, after int, err error) {
	const head, definition = 10, 24
	if at+head > end {
		return 0, end, errCut
	}
	place = binary.LittleEndian.Uint32(r.data[at+6:])
	at += head
	if int64(place) == int64(at) {
		if at+definition > end {
			return 0, end, errCut
		}
		size := binary.LittleEndian.Uint32(r.data[at+20:])
		if size > uint32(end-at-definition) {
			return 0, end, errCut
		}
		at += definition + int(size)
	}
	after, err = r.arguments(at, end)
	return place, after, err
}

// arguments reads a count, as many sizes and types, and remembers where the values are. It gives where they end.
func (r *reader) arguments(at, end int) (int, error) {
	if at+4 > end {
		return end, errCut
	}
	count := binary.LittleEndian.Uint32(r.data[at:])
	at += 4
	if count > uint32(end-at)/4 {
		return end, errors.New("more arguments than there is room for")
	}
	if err := r.spend(int(count)); err != nil {
		return end, err
	}
	data := at + 4*int(count)
	for range count {
		size := int(binary.LittleEndian.Uint16(r.data[at:]))
		if data+size > end {
			return end, errCut
		}
		r.values = append(r.values, value{at: int32(data), n: int32(size), kind: r.data[at+2]})
		data += size
		at += 4
	}
	return data, nil
}

// template gives the first node of a definition, which is parsed once for each chunk.
func (r *reader) template(place uint32) (int32, error) {
	if first, known := r.templates[place]; known {
		if first == unreadable {
			return none, errors.New("its template is damaged")
		}
		return first, nil
	}
	if len(r.templates) >= maxTemplates {
		return none, errLimit
	}
	r.templates[place] = unreadable // also for one that uses itself
	const definition = 24
	if place < chunkHeaderSize || place > chunkSize-definition {
		return none, errors.New("its template is outside of the chunk")
	}
	begin := int(place) + definition
	size := binary.LittleEndian.Uint32(r.data[place+20:])
	if size > uint32(chunkSize-begin) {
		return none, errors.New("its template is cut off")
	}
	first, err := r.parse(begin, begin+int(size), true)
	if err != nil {
		return none, err
	}
	r.templates[place] = first
	return first, nil
}
