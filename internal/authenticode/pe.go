package authenticode

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// What one image may ask for.
const (
	maxSections     = 1_024
	maxCertificates = 16 << 20 // octets of the certificate table
)

// errNotPE means that a file is no PE image at all, rather than a broken one.
var errNotPE = errors.New("not a PE file")

// An image is the outline of a PE file. All offsets are file offsets, and lie within the file.
type image struct {
	file io.ReaderAt
	size int64

	checksum  int64  // offset of CheckSum, 4 octets
	directory int64  // offset of the certificate table's entry among the data directories, 8 octets; 0 without one
	headers   int64  // octets of headers, as SizeOfHeaders says
	outline   int64  // offset of the first octet after the section table
	page      int64  // SectionAlignment
	resources uint32 // address of the resources, as loaded; 0 without any

	table    span // certificate table; empty without one
	sections []section
}

// A span is a part of a file, from its first octet to the one after its last.
type span struct{ from, to int64 }

// A section is one section of an image.
type section struct {
	address, virtual uint32 // where it is loaded, and how much
	raw              span   // where it is in the file
}

// readImage reads the headers of a PE file. Its errors are errNotPE, read errors (which wrap what the reader
// said), and *brokenError for headers that contradict themselves or the file.
func readImage(file io.ReaderAt, size int64) (*image, error) {
	img := &image{file: file, size: size}
	var dos [64]byte
	if size < int64(len(dos)) {
		return nil, errNotPE
	}
	if err := img.read(dos[:], 0); err != nil {
		return nil, err
	}
	if string(dos[:2]) != "MZ" {
		return nil, errNotPE
	}
	at := int64(binary.LittleEndian.Uint32(dos[60:]))
	var coff [24]byte
	if err := img.read(coff[:], at); err != nil {
		return nil, err
	}
	if string(coff[:4]) != "PE\x00\x00" {
		return nil, errNotPE
	}
	optional := make([]byte, binary.LittleEndian.Uint16(coff[20:]))
	if err := img.read(optional, at+24); err != nil {
		return nil, err
	}
	if err := img.readOptional(optional, at+24); err != nil {
		return nil, err
	}
	sections := int64(binary.LittleEndian.Uint16(coff[6:]))
	if err := img.readSections(at+24+int64(len(optional)), sections); err != nil {
		return nil, err
	}
	return img, img.checkTable()
}

// A brokenError means that the file is read well, but is not what it says it is.
type brokenError string

func (e brokenError) Error() string { return string(e) }

func broken(format string, args ...any) error { return brokenError(fmt.Sprintf(format, args...)) }

// read fills b from an offset. A part outside the file makes the image broken.
func (img *image) read(b []byte, at int64) error {
	if at < 0 || at > img.size-int64(len(b)) {
		return broken("headers point outside the file: %d octets at %d of %d", len(b), at, img.size)
	}
	if len(b) == 0 {
		return nil
	}
	if n, err := img.file.ReadAt(b, at); n < len(b) {
		if err == nil || errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return fmt.Errorf("read %d octets at %d: %w", len(b), at, err)
	}
	return nil
}

// readOptional reads the optional header, which begins at an offset.
func (img *image) readOptional(optional []byte, at int64) error {
	if len(optional) < 2 {
		return broken("no optional header")
	}
	directories := 96 // offset of the data directories
	switch binary.LittleEndian.Uint16(optional) {
	case 0x10b:
	case 0x20b:
		directories = 112
	default:
		return broken("optional header of no known kind")
	}
	if len(optional) < directories {
		return broken("optional header cut off")
	}
	img.checksum = at + 64
	img.page = int64(binary.LittleEndian.Uint32(optional[32:]))
	img.headers = int64(binary.LittleEndian.Uint32(optional[60:]))
	count := int64(binary.LittleEndian.Uint32(optional[directories-4:]))
	entry := func(i int) ([]byte, bool) {
		from := directories + 8*i
		return optional[min(from, len(optional)):], int64(i) < count && from+8 <= len(optional)
	}
	if b, ok := entry(2); ok {
		img.resources = binary.LittleEndian.Uint32(b)
	}
	if b, ok := entry(4); ok {
		img.directory = at + int64(directories) + 4*8
		if length := int64(binary.LittleEndian.Uint32(b[4:])); length > 0 {
			from := int64(binary.LittleEndian.Uint32(b)) // a file offset, alone among the directories
			img.table = span{from, from + length}
		}
	}
	return nil
}

func (img *image) readSections(at, count int64) error {
	if count > maxSections {
		return broken("%d sections", count)
	}
	table := make([]byte, 40*count)
	if err := img.read(table, at); err != nil {
		return err
	}
	img.outline = at + int64(len(table))
	for ; len(table) > 0; table = table[40:] {
		length, from := int64(binary.LittleEndian.Uint32(table[16:])), int64(binary.LittleEndian.Uint32(table[20:]))
		if length == 0 || from == 0 {
			from, length = 0, 0 // not in the file
		}
		img.sections = append(img.sections, section{
			virtual: binary.LittleEndian.Uint32(table[8:]), address: binary.LittleEndian.Uint32(table[12:]),
			raw: span{min(from, img.size), min(from+length, img.size)},
		})
	}
	return nil
}

// checkTable refuses a certificate table where it could hide from the digest what Windows would load.
func (img *image) checkTable() error {
	if img.table == (span{}) {
		return nil
	}
	if img.table.to > img.size {
		return broken("certificate table ends at %d, the file at %d", img.table.to, img.size)
	}
	if img.table.to-img.table.from > maxCertificates {
		return broken("certificate table of %d octets", img.table.to-img.table.from)
	}
	if img.table.from < max(img.headers, img.outline) {
		return broken("certificate table begins within the headers")
	}
	for _, s := range img.sections {
		if s.raw.from < img.table.to && img.table.from < s.raw.to {
			return broken("certificate table lies within a section")
		}
	}
	return nil
}

// hashed lists the parts of the file that its Authenticode digest covers, in order: all but the checksum, the
// certificate table and its entry among the data directories.
func (img *image) hashed() []span {
	var spans []span
	from := int64(0)
	for _, gap := range []span{{img.checksum, img.checksum + 4}, {img.directory, img.directory + 8}, img.table} {
		if gap.from > 0 {
			spans = append(spans, span{from, gap.from})
			from = gap.to
		}
	}
	return append(spans, span{from, img.size})
}
