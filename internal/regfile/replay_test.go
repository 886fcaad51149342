package regfile

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/exvet/exvet/internal/regfile/regtest"
)

// logOf writes a transaction log that turns the cells of one hive into those of others, one entry each.
func logOf(kind, sequence uint32, hives ...[]byte) []byte {
	log := bytes.Clone(hives[0][:logHeader])
	binary.LittleEndian.PutUint32(log[28:], kind)
	regtest.Seal(log)
	for i, after := range hives[1:] {
		before := hives[i]
		var refs, data []byte
		count := uint32(0)
		for at := baseBlock; at < len(after); at += 4096 {
			page := after[at : at+4096]
			if at+4096 <= len(before) && bytes.Equal(before[at:at+4096], page) {
				continue
			}
			count++
			refs = binary.LittleEndian.AppendUint32(refs, uint32(at-baseBlock))
			refs = binary.LittleEndian.AppendUint32(refs, 4096)
			data = append(data, page...)
		}
		entry := make([]byte, (entryHeader+len(refs)+len(data)+511)/512*512)
		copy(entry, "HvLE")
		for at, n := range map[int]uint32{4: uint32(len(entry)), 12: sequence + uint32(i), 16: uint32(len(after) - baseBlock), 20: count} {
			binary.LittleEndian.PutUint32(entry[at:], n)
		}
		copy(entry[entryHeader:], append(refs, data...))
		binary.LittleEndian.PutUint64(entry[24:], marvin(entry[entryHeader:]))
		binary.LittleEndian.PutUint64(entry[32:], marvin(entry[:32]))
		log = append(log, entry...)
	}
	return log
}

func TestReplay(t *testing.T) {
	hive := func(value string, more int) []byte {
		return regtest.Hive(regtest.Tree{`A`: {"v": value, "pad": bytes.Repeat([]byte{7}, more)}})
	}
	old, newer, newest := hive("old", 0), hive("newer", 0), hive("newest", 9000)
	dirty := bytes.Clone(old)
	binary.LittleEndian.PutUint32(dirty[4:], 9) // the secondary number is 7
	regtest.Seal(dirty)
	torn := bytes.Clone(dirty)
	torn[60] ^= 1 // the checksum is wrong
	both := logOf(newLog, 7, old, newer, newest)
	cut := both[:len(both)-512]
	broken := bytes.Clone(both)
	broken[len(broken)-4096] ^= 1
	outside := logOf(newLog, 7, old, newer, newest)
	second := logHeader + int(u32(outside, logHeader+4))
	binary.LittleEndian.PutUint32(outside[second+entryHeader:], 1<<30)
	binary.LittleEndian.PutUint64(outside[second+24:], marvin(outside[second+entryHeader:]))
	binary.LittleEndian.PutUint64(outside[second+32:], marvin(outside[second:second+32]))
	const notApplied = "dirty hive, logs not applied"
	tests := []struct {
		name string
		file []byte
		logs [][]byte
		want string
		err  string
	}{
		{"clean, logs are not looked at", old, [][]byte{both}, "old", ""},
		{"two entries of one log", dirty, [][]byte{nil, both}, "newest", ""},
		{"one entry each", dirty, [][]byte{logOf(newLog, 8, newer, newest), logOf(newLog, 7, old, newer)}, "newest", ""},
		{"an older entry beside", dirty, [][]byte{logOf(newLog, 6, newest, old), both}, "newest", ""},
		{"a gap ends it", dirty, [][]byte{logOf(newLog, 7, old, newer), logOf(newLog, 9, newer, newest)}, "newer", ""},
		{"an entry cut off is not applied", dirty, [][]byte{cut}, "newer", ""},
		{"nor a broken one", dirty, [][]byte{broken}, "newer", ""},
		{"the base block is torn", torn, [][]byte{both}, "newest", ""},
		{"a page outside", dirty, [][]byte{outside}, "old", notApplied + ": damaged hive: a page of entry 8"},
		{"no log", dirty, nil, "old", notApplied + ": no usable log"},
		{"an old kind of log", dirty, [][]byte{logOf(1, 7, old, newer)}, "old", notApplied + ": they are of a kind older"},
		{"nothing that follows", dirty, [][]byte{logOf(newLog, 8, old, newer)}, "old", notApplied + ": no entry follows"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			opened, err := OpenHive(bytes.Clone(test.file), test.logs...)
			if (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
				t.Fatalf("got error %v, want %q", err, test.err)
			}
			key, err := opened.Key([]string{"A"})
			if err != nil {
				t.Fatal(err)
			}
			if got := key.Text("v"); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
