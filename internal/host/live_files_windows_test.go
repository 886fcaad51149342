package host

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestLiveFiles(t *testing.T) {
	files := openLive(t).files
	folder := temporary(t)
	write := func(path string) string {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("text"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	plain := write(filepath.Join(folder, "Plain File.txt"))
	long := write(`\\?\` + filepath.Join(folder, strings.Repeat("n", 120), strings.Repeat("m", 120), strings.Repeat("o", 120)+".dll"))
	held := write(filepath.Join(folder, "held.txt"))
	helper(t, held)
	shared, err := os.OpenFile(write(filepath.Join(folder, "shared.txt")), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer shared.Close()
	hosts := write(files.native0(files.windows + "/System32/exvet-test.txt"))
	defer os.Remove(hosts)
	tests := []struct{ name, file, want string }{
		{"a file", name(t, plain), "text"},
		{"in any case", strings.ToUpper(name(t, plain)), "text"},
		{"a dot at its end", name(t, plain) + ".", "text"},
		{"a long path", name(t, long), "text"},
		{"open elsewhere", name(t, filepath.Join(folder, "shared.txt")), "text"},
		{"held by another", name(t, held), "another program has it open"},
		{"Sysnative", files.windows + "/Sysnative/exvet-test.txt", "text"},
		{"missing", name(t, plain) + "x", "file does not exist"},
		{"below a file", name(t, plain) + "/x", "file does not exist"},
		{"no drive", "1/x", "file does not exist"},
		{"a drive nobody has", "Q/x", "file does not exist"},
		{"a wild card", name(t, folder) + "/*.txt", "file does not exist"},
		{"upwards", "C/../x", "invalid argument"},
		{"a folder", name(t, folder), "is a folder"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text, err := fs.ReadFile(files, test.file)
			got := string(text)
			if err != nil {
				got = err.Error()
			}
			if got != test.want && !(err != nil && strings.Contains(got, test.want)) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	t.Run("described while held", func(t *testing.T) {
		if info, err := fs.Stat(files, name(t, held)); err != nil || info.Size() != 4 || info.IsDir() {
			t.Errorf("got %v, %v", info, err)
		}
	})
	t.Run("listed", func(t *testing.T) {
		entries, err := fs.ReadDir(files, name(t, folder))
		var got []string
		for _, entry := range entries {
			got = append(got, entry.Name())
		}
		if want := []string{"Plain File.txt", "held.txt", strings.Repeat("n", 120), "shared.txt"}; err != nil || !slices.Equal(got, want) {
			t.Errorf("got %v, %v; want %v", got, err, want)
		}
	})
	t.Run("drives", func(t *testing.T) {
		entries, err := fs.ReadDir(files, ".")
		if err != nil || !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == files.windows[:1] && e.IsDir() }) {
			t.Errorf("got %v, %v", entries, err)
		}
	})
	t.Run("deleted while it is read", func(t *testing.T) {
		path := write(filepath.Join(folder, "going.txt"))
		file, err := files.Open(name(t, path))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		if err := os.Remove(path); err != nil {
			t.Error(err)
		}
	})
}

// native0 gives the path of a name that is known to be good.
func (d *drives) native0(name string) string {
	path, _ := d.native("test", name)
	return path
}
