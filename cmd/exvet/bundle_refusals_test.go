package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/exvet/exvet"
)

// packed writes an archive nobody built: files by name, and one member of zeros of a size.
func packed(t *testing.T, file string, files map[string]string, zeros int64) string {
	t.Helper()
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	archive := tar.NewWriter(zip)
	member := func(name string, size int64, content io.Reader) {
		err := archive.WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o644, Typeflag: tar.TypeReg})
		if err == nil {
			_, err = io.Copy(archive, io.LimitReader(content, size))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{".manifest", "../x.rego", "org/acme/rules/iis/pools/pools.rego"} {
		if content, ok := files[name]; ok {
			member(name, int64(len(content)), strings.NewReader(content))
		}
	}
	if zeros > 0 {
		member("data.json", zeros, nothing{})
	}
	for _, closer := range []io.Closer{archive, zip} {
		if err := closer.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

type nothing struct{}

func (nothing) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestBundlesRefused: what a scan does not take, each with one line, its reason and exit code.
func TestBundlesRefused(t *testing.T) {
	l := newLab(t)
	key := []string{"--verification-key", l.file("acme.pub")}
	signed := func(name, secret string, build ...string) string {
		file := l.file(name + ".tar.gz")
		exits0(t, append([]string{"bundle", "build", l.file("acme"), "--output", file}, build...)...)
		if secret != "" {
			exits0(t, "bundle", "sign", file, "--signing-key", secret, "--signing-key-id", "acme")
		}
		return file
	}
	if err := writeKeys(l.file("other.pem"), l.file("other.pub")); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(l.file("acme.tar.gz"))
	if err != nil {
		t.Fatal(err)
	}
	flipped := slices.Clone(good)
	flipped[len(flipped)/2] ^= 1
	if err := os.WriteFile(l.file("flipped.tar.gz"), flipped, 0o600); err != nil {
		t.Fatal(err)
	}
	giant, err := os.Create(l.file("giant.tar.gz"))
	if err != nil {
		t.Fatal(err)
	}
	if err := giant.Truncate(1 << 30); err != nil {
		t.Fatal(err)
	}
	giant.Close()
	const rule = "org/acme/rules/iis/pools/pools.rego"
	own := `{"roots": ["org/acme"], "metadata": {"serial": 7}}`
	calls := strings.Replace(acmeRule, `pool.key == "msexchangeowaapppool"`, `http.send({"url": pool.key}).status_code == 200`, 1)
	unlisted := strings.Replace(acmeRule, `pool.key == "msexchangeowaapppool"`, `data.exvet.iis.guards[pool.key]`, 1)
	lax := []string{"--allow-unsigned"}
	tests := []struct {
		name, file string
		flags      []string
		code       int
		reason     string
	}{
		{"one flipped byte", l.file("flipped.tar.gz"), key, exvet.ExitUntrusted, "bundle/damaged"},
		{"a changed rule", l.file("tampered.tar.gz"), key, exvet.ExitUntrusted, "bundle/signature-invalid"},
		{"no signature", signed("unsigned", ""), key, exvet.ExitUntrusted, "bundle/signature-missing"},
		{"a foreign signature", signed("foreign", l.file("other.pem")), key, exvet.ExitUntrusted, "bundle/signature-invalid"},
		{"an old serial", l.file("acme.tar.gz"), append(key, "--min-serial", "8"), exvet.ExitUntrusted, "bundle/replayed"},
		{"a past not-after", signed("past", l.file("acme.pem"), "--now", "2020-01-01T00:00:00Z", "--not-after", "2020-02-01T00:00:00Z"), key, exvet.ExitUntrusted, "bundle/expired"},
		{"another engine", signed("engine", l.file("acme.pem"), "--min-engine", "9.0.0"), key, exvet.ExitWrongBuild, "bundle/engine"},
		{"a claimed core root", packed(t, l.file("claims.tar.gz"), map[string]string{".manifest": `{"roots": ["org/acme", "exvet"]}`, rule: acmeRule}, 0), lax,
			exvet.ExitInput, "bundle/root-claimed"},
		{"http.send in a rule", packed(t, l.file("calls.tar.gz"), map[string]string{".manifest": own, rule: calls}, 0), lax, exvet.ExitInput, "bundle/forbidden-builtin"},
		{"a rule without METADATA", packed(t, l.file("silent.tar.gz"), map[string]string{".manifest": own, rule: strings.Replace(acmeRule, "# METADATA", "#", 1)}, 0), lax,
			exvet.ExitInput, "bundle/metadata"},
		{"a word of the core that is not kept", packed(t, l.file("words.tar.gz"), map[string]string{".manifest": own, rule: unlisted}, 0), lax, exvet.ExitInput, "bundle/core-word"},
		{"one gigabyte", l.file("giant.tar.gz"), key, exvet.ExitInput, "bundle/too-large"},
		{"a zip bomb", packed(t, l.file("bomb.tar.gz"), map[string]string{".manifest": own, rule: acmeRule}, 1<<30), lax, exvet.ExitInput, "bundle/too-large"},
		{"a name with ..", packed(t, l.file("dots.tar.gz"), map[string]string{".manifest": own, "../x.rego": acmeRule}, 0), lax, exvet.ExitInput, "bundle/path"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			refuses(t, tt.code, tt.reason, append([]string{"scan", healthy, "--bundle", tt.file}, tt.flags...)...)
		})
	}
}

// TestBundleDirectory publishes into a directory and fetches from there.
func TestBundleDirectory(t *testing.T) {
	l := newLab(t)
	share := filepath.Join(t.TempDir(), "share")
	refuses(t, exvet.ExitInput, "bundle/address", "bundle", "push", l.file("acme.tar.gz"), share)
	if err := os.Mkdir(share, 0o755); err != nil {
		t.Fatal(err)
	}
	refuses(t, exvet.ExitInput, "bundle/not-found", "bundle", "pull", share, "--output", l.file("pulled.tar.gz"))
	exits0(t, "bundle", "push", l.file("acme.tar.gz"), share)
	sameFile(t, l.file("acme.tar.gz"), filepath.Join(share, "acme.tar.gz"))
	for _, source := range []string{share, filepath.Join(share, "acme.tar.gz")} {
		exits0(t, "bundle", "pull", source, "--output", l.file("pulled.tar.gz"), "--verification-key", l.file("acme.pub"))
		sameFile(t, l.file("acme.tar.gz"), l.file("pulled.tar.gz"))
		if err := os.Remove(l.file("pulled.tar.gz")); err != nil {
			t.Fatal(err)
		}
	}
	exits0(t, "bundle", "push", l.file("tampered.tar.gz"), share)
	refuses(t, exvet.ExitInput, "bundle/not-found", "bundle", "pull", share, "--output", l.file("pulled.tar.gz"))
	refuses(t, exvet.ExitUntrusted, "bundle/signature-invalid", "bundle", "pull", filepath.Join(share, "tampered.tar.gz"),
		"--output", l.file("pulled.tar.gz"), "--verification-key", l.file("acme.pub"))
	if _, err := os.Stat(l.file("pulled.tar.gz")); err == nil {
		t.Error("what is not believed was written")
	}
	unsigned := l.file("unsigned.tar.gz")
	exits0(t, "bundle", "build", l.file("acme"), "--output", unsigned)
	refuses(t, exvet.ExitUntrusted, "bundle/signature-missing", "bundle", "push", unsigned, share)
	exits0(t, "bundle", "push", unsigned, share, "--allow-unsigned")
}
