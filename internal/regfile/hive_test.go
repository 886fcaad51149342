package regfile_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"reflect"
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
