package wine_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCache has a cache say something false of a file: as long as the file stays the same it is believed, and read again once it
// changed.
func TestCache(t *testing.T) {
	s := newServer(t, "contoso")
	const path = `C:\Program Files\Contoso\WAF\ContosoWaf.dll`
	s.copyFile(filepath.Join(made.base, "bin", "thirdparty.dll"), s.unix(path))
	hash := func(text []byte) string { sum := sha256.Sum256(text); return hex.EncodeToString(sum[:]) }
	text, err := os.ReadFile(s.unix(path))
	s.check(err)
	look := func(more ...string) string {
		t.Helper()
		out := s.exvet(append([]string{"collect", "--output", `C:\run\snapshot.json`}, more...)...)
		written, err := os.ReadFile(s.unix(`C:\run\snapshot.json`))
		if err != nil {
			t.Fatalf("exit %d: %v\n%s", out.code, err, out.stderr)
		}
		var snapshot struct {
			Facts struct {
				Binaries struct {
					List []struct{ Path, SHA256 string }
				}
			}
		}
		s.check(json.Unmarshal(written, &snapshot))
		for _, file := range snapshot.Facts.Binaries.List {
			if strings.EqualFold(file.Path, path) {
				return file.SHA256
			}
		}
		t.Fatalf("%s is not among %d files", path, len(snapshot.Facts.Binaries.List))
		return ""
	}
	cached := []string{"--cache", `C:\run\cache`}
	if got := look(cached...); got != hash(text) {
		t.Fatalf("read: %s, want %s", got, hash(text))
	}
	lie := strings.Repeat("c0ffee00", 8)
	lies := 0
	s.check(filepath.WalkDir(s.unix(`C:\run\cache`), func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		kept, err := os.ReadFile(name)
		if err != nil || !bytes.Contains(kept, []byte(hash(text))) {
			return err
		}
		lies++
		var entries struct{ Row json.RawMessage }
		if err := json.Unmarshal(kept, &entries); err != nil {
			return err
		}
		row := bytes.ReplaceAll(entries.Row, []byte(hash(text)), []byte(lie))
		return os.WriteFile(name, fmt.Appendf(nil, `{"sum":%q,"row":%s}`, hash(row), row), 0o600)
	}))
	if got := look(cached...); got != lie {
		t.Errorf("from the cache, in which %d entries are false: %s, want %s", lies, got, lie)
	}
	if got := look(); got != hash(text) {
		t.Errorf("without the cache: %s, want %s", got, hash(text))
	}
	text[0x600] ^= 1 // as large as it was
	s.check(os.WriteFile(s.unix(path), text, 0o755))
	if got := look(cached...); got != hash(text) {
		t.Errorf("of a file that changed: %s, want %s", got, hash(text))
	}
}
