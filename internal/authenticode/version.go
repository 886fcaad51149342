package authenticode

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
)

// What version information may ask for.
const (
	maxVersion   = 64 << 10 // octets of the resource
	maxResources = 4_096    // entries of one directory of resources
	maxText      = 256      // characters of one text
	maxBlocks    = 1_024    // blocks within the resource
)

// A Version is what a file says of itself. Anyone can write anything there: it is for people, and decides
// nothing. Texts a file does not have are empty.
type Version struct {
	CompanyName         string `json:"company"`
	ProductName         string `json:"product"`
	FileDescription     string `json:"description"`
	FileVersion         string `json:"file_version"`    // text
	ProductVersion      string `json:"product_version"` // text
	OriginalFilename    string `json:"original_name"`
	FixedFileVersion    string `json:"fixed_file_version"`    // of the numbers: "15.2.1118.7"
	FixedProductVersion string `json:"fixed_product_version"` // likewise
}

// ReadVersion reads the version information of an image, in the first language it has it in. An image without
// any, or a file that is no image, gives the zero Version and no error; the error is that of the reader, or
// says what of the resource cannot be read.
func ReadVersion(ctx context.Context, file io.ReaderAt, size int64) (Version, error) {
	if err := ctx.Err(); err != nil {
		return Version{}, err
	}
	img, err := readImage(file, size)
	var wrong brokenError
	if errors.Is(err, errNotPE) || errors.As(err, &wrong) || err == nil && img.resources == 0 {
		return Version{}, nil
	}
	if err != nil {
		return Version{}, err
	}
	resource, err := img.versionResource()
	if err != nil || resource == nil {
		return Version{}, err
	}
	return readVersion(resource), nil
}

// versionResource finds the octets of the version resource, nil without one.
func (img *image) versionResource() ([]byte, error) {
	const version = 16 // type of resource
	at := uint32(0)    // offset from the beginning of the resources
	for level := range 3 {
		kind := int64(-1) // any
		if level == 0 {
			kind = version
		}
		next, ok, err := img.resourceEntry(at, kind)
		if err != nil || !ok {
			return nil, err
		}
		if directory := next&(1<<31) != 0; directory != (level < 2) {
			return nil, broken("resources %d deep", level+1)
		}
		at = next &^ (1 << 31)
	}
	var entry [16]byte
	if err := img.readAddress(entry[:], uint64(img.resources)+uint64(at)); err != nil {
		return nil, err
	}
	length := binary.LittleEndian.Uint32(entry[4:])
	if length > maxVersion {
		return nil, broken("version information of %d octets", length)
	}
	resource := make([]byte, length)
	return resource, img.readAddress(resource, uint64(binary.LittleEndian.Uint32(entry[:])))
}

// resourceEntry finds an entry of a directory of resources by its number, or the first if kind is below zero.
func (img *image) resourceEntry(directory uint32, kind int64) (offset uint32, found bool, err error) {
	var header [16]byte
	at := uint64(img.resources) + uint64(directory)
	if err := img.readAddress(header[:], at); err != nil {
		return 0, false, err
	}
	count := int(binary.LittleEndian.Uint16(header[12:])) + int(binary.LittleEndian.Uint16(header[14:]))
	if count > maxResources {
		return 0, false, broken("%d resources", count)
	}
	entries := make([]byte, 8*count)
	if err := img.readAddress(entries, at+16); err != nil {
		return 0, false, err
	}
	for ; len(entries) > 0; entries = entries[8:] {
		if kind < 0 || kind == int64(binary.LittleEndian.Uint32(entries)) {
			return binary.LittleEndian.Uint32(entries[4:]), true, nil
		}
	}
	return 0, false, nil
}

// readAddress fills b with what is loaded at an address, all from one section.
func (img *image) readAddress(b []byte, address uint64) error {
	for _, s := range img.sections {
		if from := uint64(s.address); address >= from && address-from+uint64(len(b)) <= uint64(s.raw.to-s.raw.from) {
			return img.read(b, s.raw.from+int64(address-from))
		}
	}
	return broken("resources point outside the sections")
}

// readVersion reads a VS_VERSIONINFO. What is broken is left out.
func readVersion(resource []byte) Version {
	var v Version
	texts := map[string]*string{
		"CompanyName": &v.CompanyName, "ProductName": &v.ProductName, "FileDescription": &v.FileDescription,
		"FileVersion": &v.FileVersion, "ProductVersion": &v.ProductVersion, "OriginalFilename": &v.OriginalFilename,
	}
	budget := maxBlocks
	for _, root := range readBlocks(resource, &budget) {
		if fixed := root.value; len(fixed) >= 24 && binary.LittleEndian.Uint32(fixed) == 0xfeef04bd {
			v.FixedFileVersion, v.FixedProductVersion = quad(fixed[8:]), quad(fixed[16:])
		}
		for _, info := range readBlocks(root.inner, &budget) {
			if info.key != "StringFileInfo" {
				continue
			}
			for _, table := range readBlocks(info.inner, &budget) {
				for _, text := range readBlocks(table.inner, &budget) {
					if to := texts[text.key]; to != nil && *to == "" {
						*to = readText(text.value)
					}
				}
			}
		}
	}
	return v
}

// quad writes four numbers, high words first in each half, with points between.
func quad(b []byte) string {
	word := func(i int) uint16 { return binary.LittleEndian.Uint16(b[i:]) }
	return fmt.Sprintf("%d.%d.%d.%d", word(2), word(0), word(6), word(4))
}

// A block is the shape everything in version information has.
type block struct {
	key   string
	value []byte
	inner []byte // blocks
}

// readBlocks splits blocks that follow one another, each at a multiple of four, as far as they can be read.
func readBlocks(b []byte, budget *int) []block {
	var blocks []block
	for len(b) >= 6 && *budget > 0 {
		*budget--
		length, count := int(binary.LittleEndian.Uint16(b)), int(binary.LittleEndian.Uint16(b[2:]))
		if length < 6 || length > len(b) {
			break
		}
		whole := b[:length]
		end := 6
		for end+2 <= length && (whole[end] != 0 || whole[end+1] != 0) {
			end += 2
		}
		inner := min((end+2+3)&^3, length)
		if binary.LittleEndian.Uint16(b[4:]) == 1 {
			count *= 2 // text: counted in characters
		}
		value := whole[inner:min(inner+count, length)]
		blocks = append(blocks, block{readText(whole[6:end]), value, whole[min((inner+count+3)&^3, length):]})
		b = b[min((length+3)&^3, len(b)):]
	}
	return blocks
}

// readText decodes UTF-16 up to its first zero, and cuts it at maxText characters.
func readText(b []byte) string {
	var units []uint16
	for ; len(b) >= 2 && len(units) < maxText; b = b[2:] {
		unit := binary.LittleEndian.Uint16(b)
		if unit == 0 {
			break
		}
		units = append(units, unit)
	}
	return strings.TrimSpace(string(utf16.Decode(units)))
}
