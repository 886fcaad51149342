package bundles

import (
	"archive/tar"
	"bytes"
	"context"
	"maps"
	"testing"
)

// FuzzUntar reads what is inside an archive from a network, and parses it as a bundle.
func FuzzUntar(f *testing.F) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for name, text := range map[string]string{
		".manifest":               `{"roots": ["org/a"], "metadata": {"serial": 1}}`,
		"org/a/data.json":         `{"waivers": []}`,
		"org/a/rules/x/y/y.rego":  "package org.a.rules.x.y\n\nabout := {}\n\nfindings contains 1 if input.a\n",
		"/../../outside/dir.rego": "package b",
	} {
		_ = w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(text))})
		_, _ = w.Write([]byte(text))
	}
	_ = w.Close()
	f.Add(b.Bytes())
	f.Fuzz(func(_ *testing.T, data []byte) {
		files, err := untar(context.Background(), "a.tar.gz", tar.NewReader(bytes.NewReader(data)))
		if err != nil {
			return
		}
		if files, err = files.counted(); err == nil {
			_, _ = files.organised("a")
		}
	})
}

// FuzzSignature puts another signature file, and another rule, into a signed bundle: it is refused unless both say what was signed.
func FuzzSignature(f *testing.F) {
	private, public := keyFiles(f, ES256)
	signed, err := Sign(f.Context(), "acme.tar.gz", archiveOf(f, BuildOptions{Serial: 5}), signer(f, private), "acme", "")
	if err != nil {
		f.Fatal(err)
	}
	files := filesOf(f, signed)
	f.Add(string(files[signaturesFile]), string(files[rulePath]))
	f.Add(string(files[signaturesFile]), string(files[rulePath])+"\n")
	f.Add(`{"signatures": ["eyJhbGciOiJub25lIn0.e30."]}`, string(files[rulePath]))
	trust := Trust{Keys: []Key{verifier(f, public)}, Engine: "0.1.0", Now: builtAt}
	f.Fuzz(func(t *testing.T, signatures, rule string) {
		changed := maps.Clone(files)
		changed[signaturesFile], changed[rulePath] = []byte(signatures), []byte(rule)
		_, err := trust.Archive(t.Context(), "acme.tar.gz", tarball(t, changed), Either)
		original := rule == string(files[rulePath])
		if err == nil && !original {
			t.Errorf("a bundle with another rule is taken, under %q", signatures)
		}
		if err != nil && original && signatures == string(files[signaturesFile]) {
			t.Errorf("the bundle as it was signed is refused: %v", err)
		}
	})
}
