package regfile_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/exvet/exvet/internal/regfile"
	"github.com/exvet/exvet/internal/regfile/regtest"
)

// walk reads everything that can be reached, as a scan never does, and gives the number of keys.
func walk(hive *regfile.Hive, path []string, left *int) {
	if *left--; *left < 0 {
		return
	}
	key, _ := hive.Key(path)
	if key == nil {
		return
	}
	for _, value := range key.Values {
		_ = value.Texts()
	}
	for _, name := range key.Keys {
		walk(hive, append(path[:len(path):len(path)], name), left)
	}
}

func TestMutatedHives(t *testing.T) {
	tree := sample()
	for i := 300; i < 1200; i++ {
		delete(tree, fmt.Sprintf(`Many\Key%04d`, i))
	}
	seed := regtest.Hive(tree)
	random := rand.New(rand.NewPCG(1, 2))
	start := time.Now()
	for round := range 1500 {
		hive := bytes.Clone(seed)
		for range 1 + random.IntN(8) {
			at := random.IntN(len(hive))
			switch random.IntN(4) {
			case 0:
				hive[at] = byte(random.Uint32())
			case 1:
				hive[at] ^= 1 << random.IntN(8)
			case 2:
				at &^= 3
				binary.LittleEndian.PutUint32(hive[at:], uint32(random.IntN(len(hive)))&^7)
			default:
				if hive = hive[:max(at, 1)]; random.IntN(10) > 0 {
					hive = append(hive, seed[len(hive):]...)
				}
			}
		}
		if opened, _ := regfile.OpenHive(hive, hive[:random.IntN(len(hive))]); opened != nil {
			left := 3000
			walk(opened, nil, &left)
		}
		if time.Since(start) > time.Minute {
			t.Fatalf("round %d: took more than a minute", round)
		}
	}
	if used := inUse(); used > 200<<20 {
		t.Errorf("got %d MB in use, want less than 200", used>>20)
	}
}

func inUse() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.Sys
}

// find gives the place of a cell's content that begins with a signature and holds a name.
func find(t *testing.T, hive []byte, text string) int {
	t.Helper()
	at := bytes.Index(hive, []byte(text))
	if at < 0 {
		t.Fatalf("no %q in the hive", text)
	}
	return at
}

func TestHostileHives(t *testing.T) {
	key := func(hive []byte, name string) []byte { // the content of a key's cell
		return hive[bytes.Index(hive, []byte(name))-76:]
	}
	offset := func(t *testing.T, hive []byte, name string) uint32 {
		return uint32(find(t, hive, name) - 76 - 4 - 4096)
	}
	tests := []struct {
		name   string
		change func(t *testing.T, hive []byte)
		path   []string
		want   string
	}{
		{"a key that is its own child", func(t *testing.T, hive []byte) {
			own := offset(t, hive, "Microsoft")
			at := 4096 + 4 + int(binary.LittleEndian.Uint32(key(hive, "Microsoft")[28:]))
			binary.LittleEndian.PutUint32(hive[at+4:], own)
		}, []string{"Microsoft", "Microsoft", "Microsoft", "Microsoft"}, ""},
		{"a list of lists that holds itself", func(_ *testing.T, hive []byte) {
			list := binary.LittleEndian.Uint32(key(hive, "Many")[28:])
			binary.LittleEndian.PutUint32(hive[4096+4+list+4:], list)
		}, []string{"Many"}, "no list of keys"},
		{"a huge number of values", func(_ *testing.T, hive []byte) {
			binary.LittleEndian.PutUint32(key(hive, "Windows NT")[36:], 1<<31)
		}, []string{"Microsoft", "Windows NT"}, "values in one key"},
		{"a value larger than the file", func(t *testing.T, hive []byte) {
			at := find(t, hive, "large") - 20
			binary.LittleEndian.PutUint32(hive[at+4:], 1<<30)
		}, []string{"Microsoft", "Windows NT"}, `value "large": larger than`},
		{"a value cut off", func(t *testing.T, hive []byte) {
			at := find(t, hive, "expand") - 20
			binary.LittleEndian.PutUint32(hive[at+4:], 5000)
		}, []string{"Microsoft", "Windows NT"}, "cut off"},
		{"keys outside", func(_ *testing.T, hive []byte) {
			binary.LittleEndian.PutUint32(key(hive, "Many")[28:], 0x7ffffff0)
		}, []string{"Many", "Key0001"}, "lies outside"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			hive := regtest.Hive(sample())
			test.change(t, hive)
			opened, err := regfile.OpenHive(hive)
			if err != nil {
				t.Fatal(err)
			}
			_, err = opened.Key(test.path)
			if got := fmt.Sprint(err); test.want == "" && err != nil || !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestShared has cells that many others point to, so that a small file stands for a huge tree.
func TestShared(t *testing.T) {
	read := func(t *testing.T, hive []byte, paths ...string) error {
		t.Helper()
		opened, err := regfile.OpenHive(hive)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		for _, path := range paths {
			if _, failed := opened.Key([]string{path}); failed != nil {
				err = failed
			}
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("took %s", took)
		}
		return err
	}
	tree, paths := regtest.Tree{}, []string{}
	for i := range 80 {
		paths = append(paths, fmt.Sprintf("k%03d", i))
		tree[paths[i]] = regtest.Values{"large": bytes.Repeat([]byte{1}, 900_000)}
	}
	lists := regtest.Tree{"pad": {"many": make([]byte, 4*60_000)}}
	for i := range 500 {
		lists[fmt.Sprintf(`Many\K%03d`, i)] = nil
	}
	list := regtest.Hive(lists)
	at := func(name string) int { return bytes.Index(list, []byte(name)) - 76 }
	// A list of 4,000 lists, all of them the same one with 500 keys. It lies where the first piece of data did.
	own := binary.LittleEndian.Uint32(list[at("Many")+28:])
	room := bytes.Index(list, make([]byte, 16_300)) &^ 7
	content := binary.LittleEndian.AppendUint16([]byte("ri"), 4000)
	for range 4000 {
		content = binary.LittleEndian.AppendUint32(content, own)
	}
	size := len(content) + 4
	binary.LittleEndian.PutUint32(list[room:], uint32(-((size + 7) &^ 7)))
	copy(list[room+4:], content)
	binary.LittleEndian.PutUint32(list[at("Many")+28:], uint32(room-4096))
	tests := []struct {
		name  string
		hive  []byte
		paths []string
		want  string
	}{
		{"much data", regtest.Hive(tree), paths, "MB of values"},
		{"lists of one list", list, []string{"Many", "Many"}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if err := read(t, test.hive, test.paths...); test.want == "" && err != nil || !strings.Contains(fmt.Sprint(err), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestOpenHiveRefuses(t *testing.T) {
	whole := regtest.Hive(sample())
	for _, test := range []struct {
		name string
		file []byte
	}{
		{"nothing", nil}, {"text", []byte("Windows Registry Editor")}, {"a base block alone", whole[:4096]},
		{"no root", func() []byte {
			hive := bytes.Clone(whole)
			binary.LittleEndian.PutUint32(hive[36:], 0xfffffff0)
			return hive
		}()},
	} {
		t.Run(test.name, func(t *testing.T) {
			if hive, err := regfile.OpenHive(test.file); hive != nil || err == nil {
				t.Errorf("got %v, %v; want a refusal", hive, err)
			}
		})
	}
}
