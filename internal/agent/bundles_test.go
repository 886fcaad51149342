package agent

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/exvet/exvet/bundles"
)

func TestBundlesOverHTTP(t *testing.T) {
	h, key := newHub(t), newSigner(t)
	h.publish("acme", key.sign(t, madeBundle{org: "acme", serial: 5}.archive(t), "acme-1", "exvet-acme"))
	config := setup(t, h, key, "")
	a := begin(t, config)
	a.round(t)
	if revision, message := h.bundleStatus("acme"); revision != "r5" || message != "" {
		t.Fatalf("active %q, message %q; want r5", revision, message)
	}
	if !a.rules.taken() {
		t.Error("rules did not change with the first bundle")
	}
	for range 3 {
		a.round(t)
	}
	if h.downloads != 1 || a.rules.taken() {
		t.Errorf("%d downloads and rules changed over unchanged polls; want 1", h.downloads)
	}
	h.publish("acme", key.sign(t, madeBundle{org: "acme", serial: 6}.archive(t), "acme-1", "exvet-acme"))
	a.round(t)
	if revision, _ := h.bundleStatus("acme"); revision != "r6" || !a.rules.taken() {
		t.Errorf("active %q; want the new revision r6", revision)
	}

	evil := newSigner(t)
	good := key.sign(t, madeBundle{org: "acme", serial: 8}.archive(t), "acme-1", "exvet-acme")
	tests := []struct {
		name    string
		archive []byte
		want    string
	}{
		{"unsigned", madeBundle{org: "acme", serial: 7}.archive(t), "bundle missing .signatures.json"},
		{"another key", evil.sign(t, madeBundle{org: "acme", serial: 7}.archive(t), "acme-1", "exvet-acme"), "failed to verify JWT signature"},
		{"another scope", key.sign(t, madeBundle{org: "acme", serial: 7}.archive(t), "acme-1", "exvet-other"), "scope mismatch"},
		{"tampered", tampered(t, good), "digest"},
		{"cut short", good[:len(good)/2], "bundle/damaged"},
		{"replayed", key.sign(t, madeBundle{org: "acme", serial: 4}.archive(t), "acme-1", "exvet-acme"), "bundle/replayed"},
		{"expired", key.sign(t, madeBundle{org: "acme", serial: 7, notAfter: time.Now().Add(-time.Hour)}.archive(t), "acme-1", "exvet-acme"), "bundle/expired"},
		{"foreign root", key.sign(t, madeBundle{org: "other", serial: 7}.archive(t), "acme-1", "exvet-acme"), "bundle/root-claimed"},
		{"another engine", key.sign(t, madeBundle{org: "acme", serial: 7, min: "99.0.0"}.archive(t), "acme-1", "exvet-acme"), "bundle/engine"},
		{"does not compile", key.sign(t, madeBundle{org: "acme", serial: 7, rego: "x := data.org.acme.nothing(1)"}.archive(t), "acme-1", "exvet-acme"), "nothing"},
		{"no bundle", []byte("<html>Please log on</html>"), "gzip"},
		{"too large", make([]byte, bundles.MaxArchive+1), "bundle/too-large"},
		{"too large unpacked", bomb(t), "bundle/too-large"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h.publish("acme", test.archive)
			a.round(t)
			revision, message := h.bundleStatus("acme")
			if revision != "r6" || !strings.Contains(message, test.want) {
				t.Errorf("active %q, message %q; want r6 and %q", revision, message, test.want)
			}
			if a.rules.taken() {
				t.Error("a refused bundle changed the rules")
			}
			if _, err := a.rules.engine(t.Context()); err != nil {
				t.Errorf("the rules no longer answer: %v", err)
			}
		})
	}
	h.publish("acme", good)
	h.fail(func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasPrefix(r.URL.Path, "/bundles/") {
			return false
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(good)))
		_, _ = w.Write(good[:len(good)/3])
		panic(http.ErrAbortHandler)
	})
	a.round(t)
	if revision, message := h.bundleStatus("acme"); revision != "r6" || !strings.Contains(message, "EOF") {
		t.Errorf("broken off: active %q, message %q; want r6 and the reason", revision, message)
	}
	h.fail(nil)
	a.round(t)
	if revision, message := h.bundleStatus("acme"); revision != "r8" || message != "" {
		t.Errorf("after the refusals: active %q, message %q; want r8", revision, message)
	}
}

// tampered changes a rule of an archive that is signed.
func tampered(t testing.TB, archive []byte) []byte {
	t.Helper()
	unzipped, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	var changed bytes.Buffer
	zipped := gzip.NewWriter(&changed)
	from, to := tar.NewReader(unzipped), tar.NewWriter(zipped)
	for {
		header, err := from.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(from)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(header.Name, ".rego") {
			content = append(content, []byte("\nmore := 1\n")...)
		}
		header.Size = int64(len(content))
		if err := errors.Join(to.WriteHeader(header), func() error { _, err := to.Write(content); return err }()); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(to.Close(), zipped.Close()); err != nil {
		t.Fatal(err)
	}
	return changed.Bytes()
}

// bomb is a small archive that unpacks to more than a bundle may hold.
func bomb(t testing.TB) []byte {
	t.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	zeros := make([]byte, 1<<20)
	header := tarHeader(t, "data.json", 1<<30)
	_, _ = w.Write(header)
	for range 200 {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

func TestStartFromDisk(t *testing.T) {
	h, key := newHub(t), newSigner(t)
	config := setup(t, h, key, "")
	a := begin(t, config)
	for serial := 5; serial <= 7; serial++ {
		h.publish("acme", key.sign(t, madeBundle{org: "acme", serial: serial}.archive(t), "acme-1", "exvet-acme"))
		a.round(t)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	h.fail(func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasPrefix(r.URL.Path, "/bundles/") {
			w.WriteHeader(http.StatusServiceUnavailable)
			return true
		}
		return false
	})
	kept, err := filepath.Glob(filepath.Join(config.Directory, bundlesFolder, "acme", "*"))
	if err != nil || len(kept) != 2 {
		t.Fatalf("%q on disk; want the last two archives", kept)
	}
	entries := a.state.get().Bundles["acme"]
	file := func(i int) string { return a.rules.file("acme", entries[i].Sum) }

	tests := []struct {
		name   string
		damage func(t *testing.T)
		want   string // revision that answers, "" is none
		serial int    // that is not taken afterwards
	}{
		{"whole", func(*testing.T) {}, "r7", 6},
		{"newest damaged", func(t *testing.T) { flip(t, file(0)) }, "r6", 6},
		{"newest empty", func(t *testing.T) { write(t, file(0), nil) }, "r6", 6},
		{"both damaged", func(t *testing.T) { flip(t, file(0)); write(t, file(1), []byte("x")) }, "", 6},
		{"both gone", func(t *testing.T) { remove(t, file(0)); remove(t, file(1)) }, "", 6},
		{"state damaged", func(t *testing.T) { write(t, a.state.file, []byte("{")) }, "r7", 6},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			copied := *config
			copied.Directory = filepath.Join(t.TempDir(), "state")
			copied.opa = pinnedIn(config, copied.Directory)
			if err := os.CopyFS(copied.Directory, os.DirFS(config.Directory)); err != nil {
				t.Fatal(err)
			}
			original := a.rules.folder
			a.rules.folder, a.state.file = filepath.Join(copied.Directory, bundlesFolder), filepath.Join(copied.Directory, "state.json")
			test.damage(t)
			a.rules.folder = original
			b := begin(t, &copied)
			b.round(t)
			if revision, _ := h.bundleStatus("acme"); revision != test.want {
				t.Errorf("active %q, want %q", revision, test.want)
			}
			compiled, err := b.rules.engine(t.Context())
			if err != nil || len(compiled.Rules()) < 100 {
				t.Errorf("rules do not answer: %v", err)
			}
			if state, message := h.health(); (state == "OK") != (test.name == "whole") {
				t.Logf("state %s: %s", state, message)
			}
			// What was seen before is not forgotten: an older one is a replay all the same.
			if got := b.state.mark("acme"); got < test.serial {
				t.Errorf("highest serial seen %d, want at least %d", got, test.serial)
			}
		})
	}
}

func pinnedIn(config *Config, folder string) map[string]any {
	pinned := map[string]any{}
	for key, value := range config.opa {
		pinned[key] = value
	}
	pinned["persistence_directory"] = folder
	return pinned
}

func flip(t testing.TB, file string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	content[rand.IntN(len(content))] ^= 0x40
	write(t, file, content)
}

func write(t testing.TB, file string, content []byte) {
	t.Helper()
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func remove(t testing.TB, file string) {
	t.Helper()
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
}
