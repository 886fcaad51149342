package collectors

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/host"
)

// What the cache keeps is used while a file stays the same; what is broken in it, and a file that changed, are read again.
func TestCache(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("optional: files have no number here, so none is kept")
	}
	top, cache := t.TempDir(), filepath.Join(t.TempDir(), "cache")
	name := filepath.Join(top, "C", "Acme", "a.dll")
	write := func(name, text string) {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(name, "MZ one")
	read := func(now time.Time) Binary {
		evidence, err := host.Open(top)
		if err != nil {
			t.Fatal(err)
		}
		defer evidence.Close()
		facts := naming{{Key: `c:\acme\a.dll`, By: "iis.filters:a"}}
		table, err := collectBinaries(context.Background(), evidence, slices.Values([]any{facts}), Options{now: now, Cache: cache})
		if table == nil || len(table.List) != 1 {
			t.Fatal(table, err)
		}
		return table.List[0]
	}
	entries := func() (names []string) {
		err := filepath.WalkDir(cache, func(name string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				names = append(names, name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	change := func(old, with string) {
		for _, entry := range entries() {
			text, err := os.ReadFile(entry)
			if err != nil {
				t.Fatal(err)
			}
			write(entry, strings.Replace(string(text), old, with, 1))
		}
	}
	day := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	first := read(day)
	if kept := entries(); len(kept) != 1 || strings.Contains(kept[0], "new-") {
		t.Fatalf("kept %v", kept)
	}
	if again := read(day); !reflect.DeepEqual(first, again) {
		t.Errorf("from the cache: got %+v, want %+v", again, first)
	}
	change(first.SHA256, strings.Repeat("0", 64))
	if again := read(day); !reflect.DeepEqual(first, again) {
		t.Errorf("from an entry that was changed: got %+v, want %+v", again, first)
	}
	change(`{"sum"`, `{"`)
	if again := read(day); !reflect.DeepEqual(first, again) {
		t.Errorf("from an entry that is broken: got %+v, want %+v", again, first)
	}
	if read(day.AddDate(0, 0, 1)); len(entries()) != 2 {
		t.Errorf("another day: kept %v, want two entries", entries())
	}
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	write(name, "MZ two")
	if err := os.Chtimes(name, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	if again := read(day); again.SHA256 == first.SHA256 || again.Modified != first.Modified {
		t.Errorf("another file of the same size and time: got %+v", again)
	}
}

var _ exvet.Mentioner = naming(nil)
