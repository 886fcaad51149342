package authenticode

import (
	"bytes"
	"crypto"
	"encoding/binary"
	"slices"
	"unicode/utf16"
)

// peHeader is the offset of the PE signature in made images.
const peHeader = 0x80

// makePE makes a small image: two sections, one of text octets and one with version information.
func makePE(text int, company string) []byte {
	const headers = 0x400
	resources := versionSection(0x100000, company)
	raw := (text + 0x1ff) &^ 0x1ff
	pe := make([]byte, headers+raw+len(resources))
	copy(pe, "MZ")
	put16 := func(at int, v uint16) { binary.LittleEndian.PutUint16(pe[at:], v) }
	put32 := func(at int, v uint32) { binary.LittleEndian.PutUint32(pe[at:], v) }
	put32(60, peHeader)
	copy(pe[peHeader:], "PE\x00\x00\x64\x86")
	put16(peHeader+6, 2)
	put16(peHeader+20, 240)
	optional := peHeader + 24
	put16(optional, 0x20b)
	put32(optional+32, 0x1000)
	put32(optional+36, 0x200)
	put32(optional+60, headers)
	put32(optional+108, 16)
	put32(optional+112+2*8, 0x100000)
	put32(optional+112+2*8+4, uint32(len(resources)))
	section := func(i int, name string, address, from, length int) {
		at := optional + 240 + 40*i
		copy(pe[at:], name)
		put32(at+8, uint32(length))
		put32(at+12, uint32(address))
		put32(at+16, uint32(length))
		put32(at+20, uint32(from))
	}
	section(0, ".text", 0x1000, headers, raw)
	section(1, ".rsrc", 0x100000, headers+raw, len(resources))
	for i := range raw {
		pe[headers+i] = byte(i*7 + i>>8)
	}
	copy(pe[headers+raw:], resources)
	return pe
}

// versionSection is a resource section, loaded at an address, that holds version information alone.
func versionSection(address int, company string) []byte {
	wide := func(s string) []byte {
		var b []byte
		for _, unit := range utf16.Encode([]rune(s + "\x00")) {
			b = binary.LittleEndian.AppendUint16(b, unit)
		}
		return b
	}
	aligned := func(b []byte) []byte { return append(b, make([]byte, (4-len(b)%4)%4)...) }
	block := func(key string, text bool, count int, value []byte, inner ...[]byte) []byte {
		b := append(make([]byte, 6), wide(key)...)
		b = append(aligned(b), value...)
		for _, i := range inner {
			b = append(aligned(b), i...)
		}
		binary.LittleEndian.PutUint16(b, uint16(len(b)))
		binary.LittleEndian.PutUint16(b[2:], uint16(count))
		if text {
			b[4] = 1
		}
		return b
	}
	text := func(key, value string) []byte {
		return block(key, true, len(utf16.Encode([]rune(value)))+1, wide(value))
	}
	fixed := make([]byte, 52)
	for i, v := range []uint32{0xfeef04bd, 0x10000, 15<<16 | 2, 1118<<16 | 7, 15<<16 | 2, 1118<<16 | 8} {
		binary.LittleEndian.PutUint32(fixed[4*i:], v)
	}
	version := block("VS_VERSION_INFO", false, len(fixed), fixed,
		block("StringFileInfo", true, 0, nil, block("040904b0", true, 0, nil,
			text("CompanyName", company), text("ProductName", "Exvet tests"), text("FileDescription", "a made file"), text("FileVersion", "15.02.1118.007"),
			text("ProductVersion", "15.02"), text("OriginalFilename", "made.dll"))),
		block("VarFileInfo", true, 0, nil))
	var b []byte
	directory := func(id, offset uint32) {
		b = append(b, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0)
		b = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(b, id), offset)
	}
	directory(16, 24|1<<31)
	directory(1, 48|1<<31)
	directory(0x409, 72)
	b = binary.LittleEndian.AppendUint32(b, uint32(address+88))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(version)))
	b = append(append(b, make([]byte, 8)...), version...)
	return append(b, make([]byte, (0x200-len(b)%0x200)%0x200)...)
}

// peDigest is the Authenticode digest of an image without a certificate table, computed the obvious way.
func peDigest(hash crypto.Hash, pe []byte) []byte {
	entry := peHeader + 24 + 112 + 4*8
	checksum := peHeader + 24 + 64
	return sum(hash, slices.Concat(pe[:checksum], pe[checksum+4:entry], pe[entry+8:], make([]byte, (8-len(pe)%8)%8)))
}

// pePages are the page hashes of an image, computed the obvious way.
func pePages(hash crypto.Hash, pe []byte) []byte {
	entry := peHeader + 24 + 112 + 4*8
	checksum := peHeader + 24 + 64
	page := slices.Concat(pe[:checksum], pe[checksum+4:entry], pe[entry+8:0x400], make([]byte, 0x1000-0x400))
	table := append(make([]byte, 4), sum(hash, page)...)
	sections := peHeader + 24 + 240
	end := 0
	for i := range 2 {
		length := int(binary.LittleEndian.Uint32(pe[sections+40*i+16:]))
		from := int(binary.LittleEndian.Uint32(pe[sections+40*i+20:]))
		for at := from; at < from+length; at += 0x1000 {
			part := bytes.Clone(pe[at:min(at+0x1000, from+length)])
			table = binary.LittleEndian.AppendUint32(table, uint32(at))
			table = append(table, sum(hash, append(part, make([]byte, 0x1000-len(part))...))...)
		}
		end = from + length
	}
	table = binary.LittleEndian.AppendUint32(table, uint32(end))
	return append(table, make([]byte, hash.Size())...)
}
