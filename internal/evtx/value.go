package evtx

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Types of values.
const (
	typeNull       = 0x00
	typeString     = 0x01 // UTF-16
	typeANSI       = 0x02 // taken for code page 1252
	typeInt8       = 0x03
	typeUint8      = 0x04
	typeInt16      = 0x05
	typeUint16     = 0x06
	typeInt32      = 0x07
	typeUint32     = 0x08
	typeInt64      = 0x09
	typeUint64     = 0x0a
	typeFloat32    = 0x0b
	typeFloat64    = 0x0c
	typeBool       = 0x0d
	typeBinary     = 0x0e
	typeGUID       = 0x0f
	typePointer    = 0x10
	typeFileTime   = 0x11
	typeSystemTime = 0x12
	typeSID        = 0x13
	typeHex32      = 0x14
	typeHex64      = 0x15
	typeBinXML     = 0x21

	typeArray = 0x80
)

// argument gives a value of the template at hand.
func (r *reader) argument(index uint16, args scope) (value, bool) {
	at := args.from + int(index)
	if at >= args.to {
		return value{}, false
	}
	return r.values[at], true
}

// single gives the one value a list of nodes consists of.
func (r *reader) single(first int32, args scope) (value, bool) {
	if first == none || r.nodes[first].kind != substitution || r.nodes[first].next != none {
		return value{}, false
	}
	return r.argument(r.nodes[first].index, args)
}

// number gives the number a list of nodes stands for; 0 for what is none.
func (r *reader) number(first int32, args scope) (uint64, error) {
	if v, ok := r.single(first, args); ok && v.kind != typeString && v.kind != typeANSI {
		return integer(v.kind, r.data[v.at:v.at+v.n]), nil
	}
	written, err := r.string(first, args)
	if err != nil {
		return 0, err
	}
	number, _ := strconv.ParseUint(written, 0, 64)
	return number, nil
}

// integer reads one of the integer types.
func integer(kind byte, raw []byte) uint64 {
	size := width(kind)
	if size == 0 || size > len(raw) || size > 8 {
		return 0
	}
	var padded [8]byte
	copy(padded[:], raw[:size])
	return binary.LittleEndian.Uint64(padded[:])
}

// width gives the bytes a value of a type takes, or 0 where they vary.
func width(kind byte) int {
	switch kind {
	case typeInt8, typeUint8:
		return 1
	case typeInt16, typeUint16:
		return 2
	case typeInt32, typeUint32, typeFloat32, typeBool, typeHex32:
		return 4
	case typeInt64, typeUint64, typeFloat64, typeFileTime, typeHex64:
		return 8
	case typeGUID, typeSystemTime:
		return 16
	}
	return 0
}

// items gives the elements of an array.
func (r *reader) items(v value, add func(string) error) error {
	raw, kind := r.data[v.at:v.at+v.n], v.kind&^typeArray
	if err := r.spend(int(v.n)); err != nil {
		return err
	}
	for len(raw) > 0 {
		size := itemSize(kind, raw)
		item := raw[:size]
		raw = raw[size:]
		r.text = appendPlain(r.text[:0], kind, item)
		if err := add(string(r.text)); err != nil {
			return err
		}
	}
	return nil
}

// itemSize is how many bytes the first element of an array takes. Texts end with a NUL.
func itemSize(kind byte, raw []byte) int {
	switch kind {
	case typeString:
		for i := 0; i+1 < len(raw); i += 2 {
			if raw[i] == 0 && raw[i+1] == 0 {
				return i + 2
			}
		}
	case typeANSI:
		if i := bytes.IndexByte(raw, 0); i >= 0 {
			return i + 1
		}
	case typeSID:
		if len(raw) >= 8 {
			return min(8+4*int(raw[1]), len(raw))
		}
	default:
		if size := width(kind); size > 0 {
			return min(size, len(raw))
		}
	}
	return len(raw)
}

// appendValue appends a value as text; an array's elements with commas between them.
func (r *reader) appendValue(to []byte, v value) []byte {
	raw, kind := r.data[v.at:v.at+v.n], v.kind&^typeArray
	if v.kind&typeArray == 0 {
		return appendPlain(to, kind, raw)
	}
	for len(raw) > 0 {
		size := itemSize(kind, raw)
		to = appendPlain(to, kind, raw[:size])
		if raw = raw[size:]; len(raw) > 0 {
			to = append(to, ", "...)
		}
	}
	return to
}

// appendPlain appends a value that is no array, as Windows writes it. What is too short for its type is shown as bytes.
func appendPlain(to []byte, kind byte, raw []byte) []byte {
	switch kind {
	case typeNull, typeBinXML:
		return to
	case typeString:
		return appendUTF16(to, trimNUL(raw[:len(raw)&^1]))
	case typeANSI:
		for _, c := range bytes.TrimRight(raw, "\x00") {
			to = utf8.AppendRune(to, charmap.Windows1252.DecodeByte(c))
		}
		return to
	case typeSID:
		return appendSID(to, raw)
	case typePointer:
		switch len(raw) {
		case 4:
			return fmt.Appendf(to, "%#x", binary.LittleEndian.Uint32(raw))
		case 8:
			return fmt.Appendf(to, "%#x", binary.LittleEndian.Uint64(raw))
		}
	}
	if width(kind) == 0 || len(raw) < width(kind) {
		return hex.AppendEncode(to, raw)
	}
	bits := integer(kind, raw)
	switch kind {
	case typeInt8:
		return strconv.AppendInt(to, int64(int8(bits)), 10)
	case typeInt16:
		return strconv.AppendInt(to, int64(int16(bits)), 10)
	case typeInt32:
		return strconv.AppendInt(to, int64(int32(bits)), 10)
	case typeInt64:
		return strconv.AppendInt(to, int64(bits), 10)
	case typeFloat32:
		return strconv.AppendFloat(to, float64(math.Float32frombits(uint32(bits))), 'g', -1, 32)
	case typeFloat64:
		return strconv.AppendFloat(to, math.Float64frombits(bits), 'g', -1, 64)
	case typeBool:
		return strconv.AppendBool(to, bits != 0)
	case typeGUID:
		return fmt.Appendf(to, "{%08X-%04X-%04X-%X-%X}", binary.LittleEndian.Uint32(raw), binary.LittleEndian.Uint16(raw[4:]),
			binary.LittleEndian.Uint16(raw[6:]), raw[8:10], raw[10:16])
	case typeFileTime:
		return fileTime(bits).AppendFormat(to, time.RFC3339Nano)
	case typeSystemTime:
		return appendSystemTime(to, raw)
	case typeHex32, typeHex64:
		return fmt.Appendf(to, "%#x", bits)
	}
	return strconv.AppendUint(to, bits, 10)
}

// appendSID appends a security identifier, S-1-5-18.
func appendSID(to, raw []byte) []byte {
	if len(raw) < 8 || len(raw) < 8+4*int(raw[1]) {
		return hex.AppendEncode(to, raw)
	}
	var authority uint64
	for _, b := range raw[2:8] {
		authority = authority<<8 | uint64(b)
	}
	to = fmt.Appendf(to, "S-%d-%d", raw[0], authority)
	for i := range int(raw[1]) {
		to = fmt.Appendf(to, "-%d", binary.LittleEndian.Uint32(raw[8+4*i:]))
	}
	return to
}

func appendSystemTime(to, raw []byte) []byte {
	part := func(i int) int { return int(binary.LittleEndian.Uint16(raw[2*i:])) }
	at := time.Date(part(0), time.Month(part(1)), part(3), part(4), part(5), part(6), part(7)*int(time.Millisecond), time.UTC)
	return at.AppendFormat(to, time.RFC3339Nano)
}

// fileTime turns hundreds of nanoseconds since 1601 into a time; what lies outside of 1601 to 9999 is none.
func fileTime(ticks uint64) time.Time {
	const (
		perSecond = 10_000_000
		epoch     = 11_644_473_600            // seconds from 1601 to 1970
		last      = 2_650_467_744_000_000_000 // the end of 9999
	)
	if ticks == 0 || ticks >= last {
		return time.Time{}
	}
	return time.Unix(int64(ticks/perSecond)-epoch, int64(ticks%perSecond)*100).UTC()
}
