package iisconfig

import (
	"context"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// Damaged configuration files must give facts or gaps: never a panic, and never much time or memory.
func TestReadMutatedFiles(t *testing.T) {
	for _, source := range []string{"../../testdata/evidence/contoso", "../../../shared/evidence/ex2016-lab"} {
		t.Run(filepath.Base(source), func(t *testing.T) {
			disk := load(t, source)
			r := rand.New(rand.NewPCG(3, 4))
			var slowest time.Duration
			for range 150 {
				damaged := damage(r, disk)
				began := time.Now()
				facts, err := Read(context.Background(), damaged, Environment{SystemRoot: `C:\Windows`})
				if facts == nil && err == nil {
					t.Fatal("neither facts nor a gap")
				}
				slowest = max(slowest, time.Since(began))
			}
			// A hundred times what an undamaged server takes: a guard against hangs, no measurement.
			if slowest > 20*time.Second {
				t.Errorf("one server took %s", slowest)
			}
			var memory runtime.MemStats
			runtime.ReadMemStats(&memory)
			if memory.Sys > 1<<30 {
				t.Errorf("%d MB of memory", memory.Sys>>20)
			}
		})
	}
}

// load reads a copied disk whose names are spelt as its configuration spells them; the files of one that is
// not may not be found, which is one more way to be damaged.
func load(t *testing.T, source string) fstest.MapFS {
	t.Helper()
	if _, err := os.Stat(source); err != nil {
		t.Skip("optional: " + source + " is not there")
	}
	disk := fstest.MapFS{}
	err := fs.WalkDir(os.DirFS(source), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.EqualFold(entry.Name(), "SharedWebConfig.config") {
			return err
		}
		data, err := os.ReadFile(filepath.Join(source, name))
		disk[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return disk
}

// damage changes some of the files: bytes, pieces cut, doubled or moved, and markup where it hurts.
func damage(r *rand.Rand, disk fstest.MapFS) fstest.MapFS {
	hurts := []string{"<", ">", "</", "/>", "<!--", "-->", "<![CDATA[", "&#0;", "&", "\x00", "\xff\xfe", `<location path="..">`, `%windir%`, `"`, "<!DOCTYPE a>"}
	damaged := fstest.MapFS{}
	for name, file := range disk {
		data := file.Data
		for range r.IntN(3) {
			if len(data) < 2 {
				break
			}
			at, to := r.IntN(len(data)), r.IntN(len(data))
			at, to = min(at, to), max(at, to)
			switch r.IntN(4) {
			case 0:
				data = append(append(append([]byte{}, data[:at]...), byte(r.IntN(256))), data[at+1:]...)
			case 1:
				data = append(append(append([]byte{}, data[:at]...), hurts[r.IntN(len(hurts))]...), data[at:]...)
			case 2:
				data = append(append([]byte{}, data[:at]...), data[min(to, at+2_000):]...)
			case 3:
				data = append(append(append([]byte{}, data[:to]...), data[at:min(to, at+2_000)]...), data[to:]...)
			}
		}
		damaged[name] = &fstest.MapFile{Data: data}
	}
	return damaged
}
