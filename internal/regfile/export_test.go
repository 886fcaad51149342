package regfile_test

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/regfile"
	"github.com/exvet/exvet/internal/regfile/regtest"
)

const version5 = "Windows Registry Editor Version 5.00\r\n\r\n"

func TestReadExport(t *testing.T) {
	const at = `HKLM\SOFTWARE\A`
	tests := []struct {
		name, text string
		want       map[string]any // text, texts, number or bytes of each value of at; nil for a key that is not there
	}{
		{"text", version5 + "[HKEY_LOCAL_MACHINE\\SOFTWARE\\A]\r\n@=\"d\"\r\n\"C:\\\\x \\\"y\\\"\"=\"C:\\\\z\"\r\n", map[string]any{"": "d", `C:\x "y"`: `C:\z`}},
		{"numbers", version5 + "[HKLM\\SOFTWARE\\A]\n\"n\"=dword:0000000A\n\"q\"=hex(b):01,00,00,00,00,01,00,00\n", map[string]any{"n": uint64(10), "q": uint64(1<<40 + 1)}},
		{"goes on", version5 + "[HKLM\\SOFTWARE\\A]\r\n\"b\"=hex:01,02,\\\r\n  03,\\\r\n  04\r\n", map[string]any{"b": []byte{1, 2, 3, 4}}},
		{"lists and variables", version5 + "[HKLM\\SOFTWARE\\A]\n\"l\"=hex(7):61,00,00,00,62,00,00,00,00,00\n\"e\"=hex(2):25,00,61,00,25,00,00,00\n", map[string]any{"l": []string{"a", "b"}, "e": "%a%"}},
		{"text over two lines", version5 + "[HKLM\\SOFTWARE\\A]\n\"t\"=\"one\ntwo\"\n\"u\"=\"x\"\n", map[string]any{"t": "one\ntwo", "u": "x"}},
		{"ANSI", "REGEDIT4\n\n[HKLM\\SOFTWARE\\A]\n\"t\"=\"h\xe4\"\n\"e\"=hex(2):25,61,25,e4,00\n\"l\"=hex(7):61,00,62,00,00\n", map[string]any{"t": "hä", "e": "%a%ä", "l": []string{"a", "b"}}},
		{"deleted value", version5 + "[HKLM\\SOFTWARE\\A]\n\"a\"=\"1\"\n\"b\"=\"2\"\n\"a\"=-\n", map[string]any{"b": "2"}},
		{"deleted key", version5 + "[HKLM\\SOFTWARE\\A]\n\"a\"=\"1\"\n[HKLM\\SOFTWARE\\A\\B]\n[-HKLM\\SOFTWARE\\A]\n\"c\"=\"3\"\n", nil},
		{"comments and other hives", version5 + "; x\n[HKLM\\SOFTWARE\\A] ; y\n\"a\"=\"1\" ; z\n[HKEY_CURRENT_CONFIG\\X]\n\"a\"=\"2\"\n", map[string]any{"a": "1"}},
		{"said twice", version5 + "[HKLM\\SOFTWARE\\A]\n\"a\"=\"1\"\n[HKLM\\software\\a]\n\"A\"=\"2\"\n", map[string]any{"A": "2"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			export, err := regfile.ReadExport([]byte(test.text))
			if err != nil {
				t.Fatal(err)
			}
			key, err := export.Key(at)
			if test.want == nil {
				if key != nil || !errors.Is(err, exvet.ErrNoEvidence) {
					t.Errorf("got %v, %v; want no evidence", key, err)
				}
				return
			}
			got := map[string]any{}
			for _, value := range key.Values {
				got[value.Name] = plain(value)
			}
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func plain(value exvet.RegistryValue) any {
	switch value.Type {
	case exvet.RegistryTexts:
		return value.Texts()
	case exvet.RegistryText, exvet.RegistryExpand:
		return value.Text()
	case exvet.RegistryBinary:
		return value.Data
	}
	n, _ := value.Number()
	return n
}

func TestReadExportRefuses(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", "names no version"},
		{"[HKLM\\A]", "names no version"},
		{version5 + "[HKLM\\A\n", "a key without ]"},
		{version5 + "x\n", "line 3: damaged hive: neither"},
		{version5 + "[HKLM\\A]\n\"a=1\n", "closing quote"},
		{version5 + "[HKLM\\A]\n\"a\" 1\n", "without ="},
		{version5 + "[HKLM\\A]\n\"a\"=dword:xyz\n", "not a number"},
		{version5 + "[HKLM\\A]\n\"a\"=hex:0g\n", "not hexadecimal"},
		{version5 + "[HKLM\\A]\n\"a\"=hex:01,\\\n", "ends in the middle"},
		{version5 + "[HKLM\\A]\n\"a\"=\"open\n", "closing quote"},
		{version5 + strings.Repeat("[-HKLM\\A]\n", 2000), "deletions"},
	}
	for _, test := range tests {
		t.Run(test.want, func(t *testing.T) {
			if _, err := regfile.ReadExport([]byte(test.text)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// TestTwins compares a hive with the export of the same keys.
func TestTwins(t *testing.T) {
	hive, err := regfile.OpenHive(regtest.Hive(sample()))
	if err != nil {
		t.Fatal(err)
	}
	export, err := regfile.ReadExport(regtest.Export(`HKEY_LOCAL_MACHINE\SOFTWARE`, sample()))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{``, `\Microsoft`, `\microsoft\WINDOWS NT`, `\Many`, `\Many\Key0777`, `\Ключ\ünder`} {
		t.Run(path, func(t *testing.T) {
			parts := strings.FieldsFunc(path, func(c rune) bool { return c == '\\' })
			want, err := hive.Key(parts)
			if err != nil {
				t.Fatal(err)
			}
			got, err := export.Key(`HKLM\SOFTWARE` + path)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got.Values, want.Values) || len(got.Keys) != len(want.Keys) {
				t.Errorf("got %v %v, want %v %v", got.Values, got.Keys, want.Values, want.Keys)
			}
		})
	}
	if _, err := export.Key(`HKLM\SOFTWARE\none`); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want fs.ErrNotExist", err)
	}
	if _, err := export.Key(`HKLM\SYSTEM\Select`); !errors.Is(err, exvet.ErrNoEvidence) {
		t.Errorf("got %v, want no evidence", err)
	}
}

func TestMutatedExports(t *testing.T) {
	tree := regtest.Tree{}
	for path, values := range sample() {
		if !strings.HasPrefix(path, "Many") {
			tree[path] = values
		}
	}
	seed := regtest.Export(`HKEY_LOCAL_MACHINE\SOFTWARE`, tree)
	random := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		text := append([]byte{}, seed...)
		for range 1 + random.IntN(8) {
			text[random.IntN(len(text))] = byte(random.Uint32())
		}
		if random.IntN(4) == 0 {
			text = text[:random.IntN(len(text))]
		}
		export, err := regfile.ReadExport(text)
		if (export == nil) == (err == nil) {
			t.Fatalf("got %v, %v; want one of them", export, err)
		}
		if export == nil {
			continue
		}
		if key, err := export.Key(`HKLM\SOFTWARE\Microsoft`); (key == nil) == (err == nil) {
			t.Fatalf("got %v, %v; want one of them", key, err)
		}
	}
}
