package bundles_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"testing"
	"time"

	"github.com/exvet/exvet/internal/jsonnet"
)

var update = flag.Bool("update", false, "write the rendered files and delete strays")

// maxFixture bounds a fixture: Jsonnet is slow at making much, and a person must be able to read it.
const maxFixture = 60 << 10

// TestRendered renders what is kept in Jsonnet and compares it with the rendered files in policies.
func TestRendered(t *testing.T) {
	root, err := os.OpenRoot("..")
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()

	t.Run("known", func(t *testing.T) {
		compare(t, "policies/exvet/known/data.json", render(t, root.FS(), "bundles/known/known.jsonnet"))
	})
	t.Run("fixtures", func(t *testing.T) {
		var fixtures map[string]json.RawMessage
		if err := json.Unmarshal(render(t, root.FS(), "testdata/fixtures.jsonnet"), &fixtures); err != nil {
			t.Fatal(err)
		}
		for name, fixture := range fixtures {
			t.Run(name, func(t *testing.T) {
				got := indent(t, fixture)
				if len(got) > maxFixture {
					t.Errorf("fixture is %d bytes, want at most %d", len(got), maxFixture)
				}
				compare(t, path.Join("policies/fixtures", name, "snapshot.json"), got)
			})
		}
		checkStrays(t, root.FS(), fixtures)
	})
}

func render(t *testing.T, root fs.FS, file string) []byte {
	t.Helper()
	// Our own sources, on a machine that may be busy with the race detector: the limits are for hangs only.
	value, err := jsonnet.Evaluate(root, file, jsonnet.Options{Timeout: 10 * time.Minute, MaxSize: 64 << 20})
	if err != nil {
		t.Fatalf("render %q: %v", file, err)
	}
	return value
}

// indent writes JSON the way rendered files keep it.
func indent(t *testing.T, value []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := json.Indent(&out, bytes.TrimSpace(value), "", "  "); err != nil {
		t.Fatal(err)
	}
	out.WriteByte('\n')
	return out.Bytes()
}

// compare holds the rendered value against a file, named from the top of the repository.
func compare(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("..", filepath.FromSlash(name))
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (run go test ./bundles -run TestRendered -update)", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what its Jsonnet renders (run go test ./bundles -run TestRendered -update)", name)
	}
}

// checkStrays finds folders of fixtures that testdata/fixtures.jsonnet no longer names.
func checkStrays(t *testing.T, root fs.FS, fixtures map[string]json.RawMessage) {
	t.Helper()
	entries, err := fs.ReadDir(root, "policies/fixtures")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if _, ok := fixtures[entry.Name()]; ok {
			continue
		}
		if !*update {
			t.Errorf("policies/fixtures/%s is no fixture (run go test ./bundles -run TestRendered -update)", entry.Name())
			continue
		}
		if err := os.RemoveAll(filepath.Join("..", "policies", "fixtures", entry.Name())); err != nil {
			t.Fatal(err)
		}
	}
}
