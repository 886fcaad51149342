package bundles

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/exvet/exvet"
)

// keyFiles writes a new pair of keys and gives the files of the private and the public one.
func keyFiles(t *testing.T, algorithm string) (private, public string) {
	t.Helper()
	var key any
	var err error
	var open any
	switch algorithm {
	case ES256:
		var pair *ecdsa.PrivateKey
		pair, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		key, open = pair, pair.Public()
	default:
		var pair *rsa.PrivateKey
		pair, err = rsa.GenerateKey(rand.Reader, 2048)
		key, open = pair, pair.Public()
	}
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	shown, err := x509.MarshalPKIXPublicKey(open)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	private, public = filepath.Join(folder, "acme.pem"), filepath.Join(folder, "acme.pub")
	write(t, private, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}))
	write(t, public, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: shown}))
	return private, public
}

func write(t *testing.T, file string, content []byte) {
	t.Helper()
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func verifier(t *testing.T, file string) Key {
	t.Helper()
	key, err := ReadKey(file, "", "")
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func signer(t *testing.T, file string) SigningKey {
	t.Helper()
	key, err := ReadSigningKey(file, "")
	if err != nil {
		t.Fatal(err)
	}
	return key
}

var builtAt = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// archiveOf builds the rule that fits.
func archiveOf(t *testing.T, options BuildOptions) []byte {
	t.Helper()
	loaded, err := Load(t.Context(), directory(t, map[string]string{rulePath: ruleText, "org/acme/data.json": `{"limits": {"limit": 3}}`}))
	if err != nil {
		t.Fatal(err)
	}
	options.BuiltAt = builtAt
	archive, _, err := loaded.Build(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	return archive
}

// filesOf unpacks an archive, and tarball packs one again, in any shape.
func filesOf(t *testing.T, archive []byte) tree {
	t.Helper()
	files, err := unpack(t.Context(), "a", bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func tarball(t *testing.T, files tree, more ...*tar.Header) []byte {
	t.Helper()
	var archive bytes.Buffer
	zipped := gzip.NewWriter(&archive)
	w := tar.NewWriter(zipped)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := w.WriteHeader(&tar.Header{Name: name, Size: int64(len(files[name])), Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(files[name]); err != nil {
			t.Fatal(err)
		}
	}
	for _, header := range more {
		if err := w.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if _, err := io.CopyN(w, zeros{}, header.Size); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), zipped.Close()); err != nil {
		t.Fatal(err)
	}
	return archive.Bytes()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestSigned(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	write(t, secret, bytes.Repeat([]byte("s"), minSecret))
	for _, algorithm := range Algorithms() {
		t.Run(algorithm, func(t *testing.T) {
			private, public := secret, secret
			if algorithm != HS256 {
				private, public = keyFiles(t, algorithm)
			}
			signing, err := ReadSigningKey(private, algorithm)
			if err != nil {
				t.Fatal(err)
			}
			signed, err := Sign(t.Context(), "acme.tar.gz", archiveOf(t, BuildOptions{Serial: 7, Revision: "r7"}), signing, "k1", "prod")
			if err != nil {
				t.Fatal(err)
			}
			key, err := ReadKey(public, "acme-2026", algorithm)
			if err != nil {
				t.Fatal(err)
			}
			trust := Trust{Keys: []Key{key}, Scope: "prod", MinSerial: 7, Engine: exvet.Version, Now: builtAt}
			got, err := trust.Archive(t.Context(), "acme.tar.gz", signed, Organisations)
			if err != nil {
				t.Fatal(err)
			}
			want := exvet.Bundle{Name: "org/acme", Revision: "r7", Serial: 7, Digest: got.Info.Digest, SignedBy: "acme-2026", Trust: exvet.TrustSigned}
			if !reflect.DeepEqual(got.Info, want) || len(got.Rules) != 1 {
				t.Errorf("info = %+v with %d rules, want %+v with 1", got.Info, len(got.Rules), want)
			}
			seen, err := Inspect(t.Context(), "acme.tar.gz", signed)
			if err != nil {
				t.Fatal(err)
			}
			if said := seen.Signature; said == nil || said.KeyID != "k1" || said.Scope != "prod" || said.Algorithm != algorithm {
				t.Errorf("signature says %+v", said)
			}
		})
	}
}

func TestKeysChosen(t *testing.T) {
	private, public := keyFiles(t, ES256)
	_, foreign := keyFiles(t, RS256)
	signed, err := Sign(t.Context(), "a", archiveOf(t, BuildOptions{}), signer(t, private), "acme", "")
	if err != nil {
		t.Fatal(err)
	}
	right, wrong := verifier(t, public), verifier(t, foreign)
	named := func(key Key, id string) Key { key.ID = id; return key }
	tests := []struct {
		name   string
		keys   []Key
		id     string
		by     string
		reason string
	}{
		{"the id it names", []Key{named(wrong, "old"), named(right, "acme")}, "", "acme", ""},
		{"another id", []Key{named(wrong, "old"), named(right, "new")}, "", "new", ""},
		{"the id it names belongs to another key", []Key{named(wrong, "acme"), named(right, "new")}, "", "", "bundle/signature-invalid"},
		{"an id is asked for", []Key{named(wrong, "acme"), named(right, "new")}, "new", "new", ""},
		{"the other id is asked for", []Key{named(wrong, "acme"), named(right, "new")}, "acme", "", "bundle/signature-invalid"},
		{"an id nobody has", []Key{right}, "x", "", "bundle/signature-invalid"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Trust{Keys: test.keys, KeyID: test.id}.Archive(t.Context(), "a", signed, Either)
			if test.reason != "" {
				untrustedBy(t, err, test.reason, exvet.ExitUntrusted)
			} else if err != nil || got.Info.SignedBy != test.by {
				t.Errorf("signed by %+v, %v; want %q", got, err, test.by)
			}
		})
	}
}

func untrustedBy(t *testing.T, err error, reason string, code int) {
	t.Helper()
	var refusal *exvet.Refusal
	if !errors.As(err, &refusal) {
		t.Fatalf("error = %v, want a refusal", err)
	}
	if refusal.Reason != reason || refusal.Code != code {
		t.Errorf("refused with %d: %v; want %d: %s", refusal.Code, err, code, reason)
	}
	if text := err.Error(); strings.Contains(text, "\n") || len(text) > 400 {
		t.Errorf("error is not one line: %q", text)
	}
}

func TestArchiveRefuses(t *testing.T) {
	private, public := keyFiles(t, ES256)
	foreign, _ := keyFiles(t, ES256)
	sign := func(archive []byte, file, scope string) []byte {
		signed, err := Sign(t.Context(), "acme.tar.gz", archive, signer(t, file), "acme", scope)
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	plain := archiveOf(t, BuildOptions{Serial: 5, NotAfter: builtAt.AddDate(1, 0, 0)})
	good := sign(plain, private, "")
	// changed is the signed bundle with one file changed, or taken out where change gives nothing.
	changed := func(name string, change func(string) string) []byte {
		files := filesOf(t, good)
		if files[name] = []byte(change(string(files[name]))); len(files[name]) == 0 {
			delete(files, name)
		}
		return tarball(t, files)
	}
	replace := func(old, new string) func(string) string {
		return func(s string) string {
			if !strings.Contains(s, old) {
				t.Fatalf("%q is not in %q", old, s)
			}
			return strings.Replace(s, old, new, 1)
		}
	}
	// unsigned is a bundle nobody built, of one rule and a manifest.
	unsigned := func(rule func(string) string, manifest string, more ...*tar.Header) []byte {
		return tarball(t, tree{rulePath: []byte(rule(ruleText)), manifestFile: []byte(manifest)}, more...)
	}
	same := func(s string) string { return s }
	const manifest = `{"revision": "1", "roots": ["org/acme"], "metadata": {"serial": 5}}`
	flipped := func(at int) []byte {
		archive := slices.Clone(good)
		archive[at] ^= 1
		return archive
	}
	strict := Trust{Keys: []Key{verifier(t, public)}, MinSerial: 5, Engine: "0.1.0-dev", Now: builtAt}
	lax := Trust{AllowUnsigned: true, Engine: "0.1.0", Now: builtAt}
	tests := []struct {
		name    string
		archive []byte
		trust   Trust
		reason  string
		code    int
		says    string
	}{
		{"a byte of the packed stream", flipped(len(good) / 2), strict, "bundle/damaged", 5, "acme.tar.gz"},
		{"a byte of the checksum", flipped(len(good) - 6), strict, "bundle/damaged", 5, "checksum"},
		{"cut short", good[:len(good)-20], strict, "bundle/damaged", 5, ""},
		{"a byte of a rule", changed(rulePath, replace("tracing\"", "tracinG\"")), strict, "bundle/signature-invalid", 5, "tracing.rego"},
		{"a value of the data", changed("data.json", replace("3", "4")), strict, "bundle/signature-invalid", 5, "data.json"},
		{"the serial raised", changed(manifestFile, replace(`"serial":5`, `"serial":6`)), strict, "bundle/signature-invalid", 5, ".manifest"},
		{"a rule taken out", changed(rulePath, func(string) string { return "" }), strict, "bundle/signature-invalid", 5, "not there"},
		{"a file put in", changed("org/acme/x.rego", func(string) string { return "package org.acme.x" }), strict, "bundle/signature-invalid", 5, "x.rego"},
		{"a file that does not count put in", changed("README.md", func(string) string { return "x" }), strict, "bundle/signature-invalid", 5, "README.md"},
		{"signature taken out", plain, strict, "bundle/signature-missing", 5, "--allow-unsigned"},
		{"no key", good, Trust{}, "bundle/signature-key", 5, "--verification-key"},
		{"foreign key", sign(plain, foreign, ""), strict, "bundle/signature-invalid", 5, ""},
		{"foreign key, unsigned allowed", sign(plain, foreign, ""), Trust{Keys: strict.Keys, AllowUnsigned: true}, "bundle/signature-invalid", 5, ""},
		{"another scope", sign(plain, private, "lab"), strict, "bundle/signature-invalid", 5, "scope"},
		{"signature is not JSON", changed(signaturesFile, func(string) string { return "{" }), strict, "bundle/signature-invalid", 5, ".signatures.json"},
		{"signature says nothing", changed(signaturesFile, func(string) string { return "{}" }), strict, "bundle/signature-invalid", 5, "0 signatures"},
		{"signature without a token", changed(signaturesFile, func(string) string { return `{"signatures":["a.b"]}` }), strict, "bundle/signature-invalid", 5, "Token"},
		{"a verifier of another kind", changed(signaturesFile, replace("_default", "_none")), strict, "bundle/signature-invalid", 5, "_none"},
		{"token without a signature", changed(signaturesFile, func(s string) string {
			return replace(s[strings.LastIndexByte(s, '.'):strings.LastIndexByte(s, '"')], ".")(s)
		}), strict, "bundle/signature-invalid", 5, ""},
		{"an old serial", sign(archiveOf(t, BuildOptions{Serial: 4}), private, ""), strict, "bundle/replayed", 5, "serial 4"},
		{"past its not-after", good, Trust{Keys: strict.Keys, Now: builtAt.AddDate(1, 0, 1)}, "bundle/expired", 5, "2027-11-01"},
		{"another engine", sign(archiveOf(t, BuildOptions{Serial: 5, MinEngine: "9.0.0"}), private, ""), strict, "bundle/engine", 6, "9.0.0"},
		{"another snapshot format", unsigned(same, `{"roots": ["org/acme"], "metadata": {"snapshot_format": 2}}`), lax, "bundle/engine", 6, "format 2"},
		{"claimed core root", unsigned(same, `{"roots": ["org/acme", "exvet"]}`), strict, "bundle/root-claimed", 4, `"exvet"`},
		{"everything claimed", unsigned(same, `{"roots": [""]}`), strict, "bundle/root-claimed", 4, ""},
		{"no roots", unsigned(same, `{"revision": "1"}`), strict, "bundle/root-claimed", 4, "no roots"},
		{"no manifest", tarball(t, tree{rulePath: []byte(ruleText)}), strict, "bundle/manifest", 4, ".manifest"},
		{"serial is a string", unsigned(same, `{"roots": ["org/acme"], "metadata": {"serial": "5"}}`), lax, "bundle/manifest", 4, "serial"},
		{"serial is a fraction", unsigned(same, `{"roots": ["org/acme"], "metadata": {"serial": 5.5}}`), lax, "bundle/manifest", 4, "serial"},
		{"not-after is a word", unsigned(same, `{"roots": ["org/acme"], "metadata": {"not_after": "soon"}}`), lax, "bundle/manifest", 4, "not_after"},
		{"engine is a word", unsigned(same, `{"roots": ["org/acme"], "metadata": {"min_engine": "new"}}`), lax, "bundle/manifest", 4, "min_engine"},
		{"http.send in a rule", unsigned(replace(`m.key == "tracing"`, `http.send({"url": m.key}).status_code == 200`), manifest), lax, "bundle/forbidden-builtin", 4, "http.send"},
		{"a rule without METADATA", unsigned(replace("# METADATA", "# metadata"), manifest), lax, "bundle/metadata", 4, "tracing.rego"},
		{"no archive", []byte("<html>log in</html>"), strict, "bundle/archive", 4, "acme.tar.gz"},
		{"nothing", nil, strict, "bundle/archive", 4, ""},
		{"a name with ..", unsigned(same, manifest, &tar.Header{Name: "org/../../x.rego", Typeflag: tar.TypeReg}), lax, "bundle/path", 4, "org/../../x.rego"},
		{"a name from the root", unsigned(same, manifest, &tar.Header{Name: "//etc/data.json", Typeflag: tar.TypeReg}), lax, "bundle/path", 4, "//etc"},
		{"a name with a drive", unsigned(same, manifest, &tar.Header{Name: `C:\x.rego`, Typeflag: tar.TypeReg}), lax, "bundle/path", 4, "C:"},
		{"a link", unsigned(same, manifest, &tar.Header{Name: "org/x", Linkname: "/etc/passwd", Typeflag: tar.TypeSymlink}), lax, "bundle/path", 4, "org/x"},
		{"a hard link", unsigned(same, manifest, &tar.Header{Name: "org/x", Linkname: ".manifest", Typeflag: tar.TypeLink}), lax, "bundle/path", 4, "org/x"},
		{"a name twice", unsigned(same, manifest, &tar.Header{Name: "/.manifest", Typeflag: tar.TypeReg}), lax, "bundle/path", 4, "twice"},
		{"a second manifest", unsigned(same, manifest, &tar.Header{Name: "org/.manifest", Typeflag: tar.TypeReg}), lax, "bundle/path", 4, "top"},
		{"a file too large", unsigned(same, manifest, &tar.Header{Name: "data.json", Size: maxFileSize + 1, Typeflag: tar.TypeReg}), lax, "bundle/too-large", 4, "acme.tar.gz"},
		{"a bomb of small files", bomb(t), lax, "bundle/too-large", 4, "MiB unpacked"},
		{"a rule too large", unsigned(func(s string) string { return s + strings.Repeat("#\n", maxPolicy/2) }, manifest), lax, "bundle/too-large", 4, "tracing.rego"},
		{"data of too many values", tarball(t, tree{
			rulePath: []byte(ruleText), manifestFile: []byte(manifest), "data.json": []byte(`{"org": {"acme": [` + strings.Repeat("[],", maxValues) + `[]]}}`),
		}), lax, "bundle/too-large", 4, "data.json"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := test.trust.Archive(t.Context(), "acme.tar.gz", test.archive, Organisations)
			untrustedBy(t, err, test.reason, test.code)
			if !strings.Contains(err.Error(), test.says) {
				t.Errorf("error = %v, does not say %q", err, test.says)
			}
		})
	}
	if _, err := strict.Archive(t.Context(), "acme.tar.gz", good, Organisations); err != nil {
		t.Errorf("the bundle none of this was done to: %v", err)
	}
}

// bomb is a small archive of far more than a bundle may be.
func bomb(t *testing.T) []byte {
	var many []*tar.Header
	for i := range maxSize/maxFileSize + 1 {
		many = append(many, &tar.Header{Name: strings.Repeat("x", i+1), Size: maxFileSize, Typeflag: tar.TypeReg})
	}
	return tarball(t, nil, many...)
}

func TestLargeFileIsNotRead(t *testing.T) {
	name := filepath.Join(t.TempDir(), "large.tar.gz")
	write(t, name, []byte{0x1f, 0x8b})
	if err := os.Truncate(name, 1<<30); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	_, err := Trust{AllowUnsigned: true}.Open(t.Context(), name, Organisations)
	untrustedBy(t, err, "bundle/too-large", exvet.ExitInput)
	if took := time.Since(start); took > time.Second {
		t.Errorf("refused after %s", took)
	}
}

func TestUnsignedAllowed(t *testing.T) {
	got, err := Trust{AllowUnsigned: true}.Archive(t.Context(), "a", archiveOf(t, BuildOptions{}), Organisations)
	if err != nil {
		t.Fatal(err)
	}
	if got.Info.SignedBy != "" || got.Info.Trust != exvet.TrustUnsigned {
		t.Errorf("info = %+v", got.Info)
	}
}

func TestArchiveGivenUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (Trust{AllowUnsigned: true}).Archive(ctx, "a", archiveOf(t, BuildOptions{}), Organisations); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want context.Canceled", err)
	}
}
