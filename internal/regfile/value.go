package regfile

import (
	"errors"
	"fmt"
	"unicode/utf16"

	"github.com/exvet/exvet"
)

var errTooMuch = fmt.Errorf("more than %d MB of values", maxRead>>20)

// valueSize is the length of a value's cell before its name.
const valueSize = 20

// values gives the values of a key. The error says why some are not among them.
func (h *Hive) values(node []byte) ([]exvet.RegistryValue, error) {
	count := u32(node, 36)
	if count == 0 {
		return nil, nil
	}
	list, err := h.cell(u32(node, 40))
	switch {
	case err != nil:
		return nil, err
	case count > maxValues:
		return nil, fmt.Errorf("more than %d values in one key", maxValues)
	case int(count)*4 > len(list):
		return nil, damaged("a list of values is cut off")
	}
	values := make([]exvet.RegistryValue, 0, count)
	var failed error
	for i := range int(count) {
		value, err := h.value(u32(list, i*4))
		if errors.Is(err, errTooMuch) {
			return values, err
		}
		if err == nil {
			values = append(values, value)
		} else if failed == nil {
			failed = err
		}
	}
	return values, failed
}

func (h *Hive) value(at uint32) (exvet.RegistryValue, error) {
	cell, err := h.cell(at)
	if err != nil {
		return exvet.RegistryValue{}, err
	}
	if len(cell) < valueSize || string(cell[:2]) != "vk" {
		return exvet.RegistryValue{}, damaged("the cell at %#x is no value", at)
	}
	length := int(u16(cell, 2))
	if valueSize+length > len(cell) {
		return exvet.RegistryValue{}, damaged("the name of the value at %#x is cut off", at)
	}
	const beside = 32 // of a name and its data
	if h.read += length + beside; h.read > maxRead {
		return exvet.RegistryValue{}, errTooMuch
	}
	value := exvet.RegistryValue{
		Name: decodeName(cell[valueSize:valueSize+length], u16(cell, 16)&1 != 0),
		Type: exvet.RegistryType(u32(cell, 12)),
	}
	value.Data, err = h.data(cell)
	if err != nil {
		return exvet.RegistryValue{}, fmt.Errorf("value %q: %w", value.Name, err)
	}
	return value, nil
}

// data gives the data of a value: in its own cell up to four bytes, in one of its own up to 16,344, else in pieces.
func (h *Hive) data(value []byte) ([]byte, error) {
	const inside, piece = 1 << 31, 16_344
	size, at := u32(value, 4), u32(value, 8)
	if size&inside != 0 {
		if size &^= inside; size > 4 {
			return nil, damaged("%d bytes where four fit", size)
		}
		return value[8 : 8+size : 8+size], nil
	}
	if size > maxData {
		return nil, fmt.Errorf("larger than %d bytes", maxData)
	}
	if h.read += int(size); h.read > maxRead {
		return nil, errTooMuch
	}
	if size == 0 {
		return nil, nil
	}
	cell, err := h.cell(at)
	if err != nil {
		return nil, err
	}
	if size > piece && len(cell) >= 8 && string(cell[:2]) == "db" {
		return h.pieces(cell, int(size))
	}
	if int(size) > len(cell) {
		return nil, damaged("the data is cut off")
	}
	return cell[:size:size], nil
}

// pieces joins the data of a large value.
func (h *Hive) pieces(cell []byte, size int) ([]byte, error) {
	const piece = 16_344
	count := int(u16(cell, 2))
	list, err := h.cell(u32(cell, 4))
	if err != nil {
		return nil, err
	}
	if count*4 > len(list) || count > size/piece+1 {
		return nil, damaged("a list of pieces is cut off or too long")
	}
	data := make([]byte, 0, size)
	for i := range count {
		part, err := h.cell(u32(list, i*4))
		if err != nil {
			return nil, err
		}
		data = append(data, part[:min(len(part), piece, size-len(data))]...)
	}
	if len(data) < size {
		return nil, damaged("the data is cut off")
	}
	return data, nil
}

// decodeName gives the name of a key or a value: one byte a letter, or UTF-16.
func decodeName(raw []byte, narrow bool) string {
	if narrow {
		runes := make([]rune, len(raw))
		for i, b := range raw {
			runes[i] = rune(b)
		}
		return string(runes)
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = u16(raw, 2*i)
	}
	return string(utf16.Decode(units))
}
