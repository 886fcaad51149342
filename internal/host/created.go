package host

import (
	"archive/zip"
	"encoding/binary"
	"io/fs"
	"time"
)

// created is when a file was created on its server: as the server says, or as the program that packed a zip wrote, as those of
// Windows do. A directory tells when the copy was made, which is not asked for.
func created(info fs.FileInfo) time.Time {
	if born, ok := info.(interface{ Created() time.Time }); ok {
		return born.Created()
	}
	header, ok := info.Sys().(*zip.FileHeader)
	if !ok {
		return time.Time{}
	}
	const (
		ntfs  = 0x000a // field: four octets, and attributes
		times = 0x0001 // attribute: modified, read, created
	)
	for extra := header.Extra; len(extra) >= 4; {
		id, size := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if extra = extra[4:]; size > len(extra) {
			break
		}
		field := extra[:size]
		extra = extra[size:]
		if id != ntfs || len(field) < 4 {
			continue
		}
		for field = field[4:]; len(field) >= 4; {
			attribute, length := binary.LittleEndian.Uint16(field), int(binary.LittleEndian.Uint16(field[2:]))
			if field = field[4:]; length > len(field) {
				break
			}
			if attribute == times && length >= 24 {
				return fileTime(binary.LittleEndian.Uint64(field[16:]))
			}
			field = field[length:]
		}
	}
	return time.Time{}
}

// fileTime is a time as Windows counts it, from 1601 in tenths of microseconds; zero for none, or one that cannot be.
func fileTime(count uint64) time.Time {
	const (
		epoch  = 11_644_473_600 // seconds from 1601 to 1970
		second = 10_000_000
	)
	if count == 0 || count > 1<<62 {
		return time.Time{}
	}
	return time.Unix(int64(count/second)-epoch, int64(count%second)*100).UTC()
}
