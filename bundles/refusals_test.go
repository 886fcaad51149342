package bundles

import (
	"archive/tar"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/exvet/exvet"
)

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
