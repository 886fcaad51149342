package host

import (
	"archive/zip"
	"encoding/binary"
	"testing"
	"time"
)

// The time a file was created is read from a zip that Windows packed, and from nothing that is cut off.
func TestCreated(t *testing.T) {
	at := time.Date(2026, 11, 19, 3, 4, 5, 0, time.UTC)
	field := binary.LittleEndian.AppendUint16(nil, 0x000a)
	field = binary.LittleEndian.AppendUint16(field, 32)
	field = append(field, 0, 0, 0, 0, 1, 0, 24, 0)
	for _, when := range []time.Time{at.Add(time.Hour), at.Add(2 * time.Hour), at} {
		field = binary.LittleEndian.AppendUint64(field, uint64(when.Unix()+11_644_473_600)*10_000_000)
	}
	other := []byte{0x55, 0x54, 1, 0, 3}
	for name, test := range map[string]struct {
		extra []byte
		want  time.Time
	}{
		"alone":            {field, at},
		"behind another":   {append(append([]byte{}, other...), field...), at},
		"none":             {other, time.Time{}},
		"cut off":          {field[:20], time.Time{}},
		"cut off inside":   {append(append([]byte{}, 0x0a, 0, 8, 0, 0, 0, 0, 0, 1, 0, 24, 0), other...), time.Time{}},
		"no field":         {nil, time.Time{}},
		"one octet":        {[]byte{1}, time.Time{}},
		"attribute of one": {[]byte{0x0a, 0, 5, 0, 0, 0, 0, 0, 1}, time.Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			header := &zip.FileHeader{Name: "a.dll", Extra: test.extra}
			if got := created(header.FileInfo()); !got.Equal(test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
