package bundles

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
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
	"slices"
	"testing"
	"time"
)

// keyFiles writes a new pair of keys and gives the files of the private and the public one.
func keyFiles(t testing.TB, algorithm string) (private, public string) {
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

func write(t testing.TB, file string, content []byte) {
	t.Helper()
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func verifier(t testing.TB, file string) Key {
	t.Helper()
	key, err := ReadKey(file, "", "")
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func signer(t testing.TB, file string) SigningKey {
	t.Helper()
	key, err := ReadSigningKey(file, "")
	if err != nil {
		t.Fatal(err)
	}
	return key
}

var builtAt = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// archiveOf builds the rule that fits.
func archiveOf(t testing.TB, options BuildOptions) []byte {
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
func filesOf(t testing.TB, archive []byte) tree {
	t.Helper()
	files, err := unpack(t.Context(), "a", bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func tarball(t testing.TB, files tree, more ...*tar.Header) []byte {
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
