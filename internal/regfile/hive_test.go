package regfile_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"www.velocidex.com/golang/regparser"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/regfile"
	"github.com/exvet/exvet/internal/regfile/regtest"
)

// sample has every type of value and every kind of list.
func sample() regtest.Tree {
	tree := regtest.Tree{
		"": {"top": "root"},
		`Microsoft\Windows NT`: {
			"": "default", "text": "hällo", "expand": regtest.Expand("%SystemRoot%\\x"), "number": uint32(7), "long": uint64(1 << 40),
			"list": []string{"a", "b c"}, "bytes": []byte{1, 2, 3, 4, 5}, "few": []byte{9}, "large": bytes.Repeat([]byte("0123456789"), 5000),
		},
		`Ключ\Ünder`: {"Имя": "да"},
	}
	for i := range 1200 {
		tree[fmt.Sprintf(`Many\Key%04d`, i)] = regtest.Values{"n": uint32(i)}
	}
	return tree
}

func open(t *testing.T, path ...string) *exvet.RegistryKey {
	t.Helper()
	hive, err := regfile.OpenHive(regtest.Hive(sample()))
	if err != nil {
		t.Fatal(err)
	}
	key, err := hive.Key(path)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestHive(t *testing.T) {
	key := open(t, "MICROSOFT", "windows nt")
	if want := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC); !key.Written.Equal(want) {
		t.Errorf("written: got %s, want %s", key.Written, want)
	}
	number, _ := key.Value("NUMBER")
	long, _ := key.Value("long")
	list, _ := key.Value("list")
	large, _ := key.Value("large")
	few, _ := key.Value("few")
	n, _ := number.Number()
	m, _ := long.Number()
	for _, test := range []struct {
		name      string
		got, want any
	}{
		{"default", key.Text(""), "default"},
		{"text", key.Text("text"), "hällo"},
		{"expand", key.Text("expand"), `%SystemRoot%\x`},
		{"number", n, uint64(7)},
		{"long", m, uint64(1 << 40)},
		{"list", list.Texts(), []string{"a", "b c"}},
		{"large", len(large.Data), 50_000},
		{"few", few.Data, []byte{9}},
		{"unicode", open(t, "ключ", "ünder").Text("имя"), "да"},
		{"many", len(open(t, "many").Keys), 1200},
		{"root", open(t).Keys, []string{"Many", "Microsoft", "Ключ"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if !reflect.DeepEqual(test.got, test.want) {
				t.Errorf("got %v, want %v", test.got, test.want)
			}
		})
	}
	hive, _ := regfile.OpenHive(regtest.Hive(sample()))
	if _, err := hive.Key([]string{"Microsoft", "none"}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want fs.ErrNotExist", err)
	}
}

// TestWriterAgainstLibrary reads a written hive with a reader that is not ours.
func TestWriterAgainstLibrary(t *testing.T) {
	library, err := regparser.NewRegistry(bytes.NewReader(regtest.Hive(sample())))
	if err != nil {
		t.Fatal(err)
	}
	if got := len(library.OpenKey("Many").Subkeys()); got != 1200 {
		t.Errorf("got %d keys, want 1200", got)
	}
	ours := open(t, "Microsoft", "Windows NT")
	values := library.OpenKey(`Microsoft\Windows NT`).Values()
	if len(values) != len(ours.Values) {
		t.Errorf("got %d values, want %d", len(ours.Values), len(values))
	}
	for _, value := range values {
		want := value.ValueData()
		got, _ := ours.Value(value.ValueName())
		if n := len(got.Data); uint32(got.Type) != want.Type || n > len(want.Data) || !bytes.Equal(got.Data, want.Data[:n]) {
			t.Errorf("%s: got %d %x, want %d %x", value.ValueName(), got.Type, got.Data, want.Type, want.Data)
		}
	}
}

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
	t.Run("values that share their data", func(t *testing.T) {
		tree := regtest.Tree{}
		for i := range 200 {
			tree[fmt.Sprintf("k%03d", i)] = regtest.Values{"large": bytes.Repeat([]byte{1}, 900_000)}
		}
		hive, err := regfile.OpenHive(regtest.Hive(tree))
		if err != nil {
			t.Fatal(err)
		}
		for i := range 200 {
			_, err = hive.Key([]string{fmt.Sprintf("k%03d", i)})
		}
		if err == nil || !strings.Contains(err.Error(), "MB of values") {
			t.Errorf("got %v, want a refusal", err)
		}
	})
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
