package bundles

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestKeysRefused(t *testing.T) {
	private, public := keyFiles(t, ES256)
	der := func(key any, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		content, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: content})
	}
	curve := der(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))
	t.Setenv("GODEBUG", "rsa1024min=0")
	short := der(rsa.GenerateKey(rand.Reader, 1024))
	read := func(file string) []byte {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	tests := []struct {
		name      string
		content   []byte
		algorithm string
		signing   bool
		says      string
	}{
		{"a private key to verify with", read(private), "", false, "is a private key"},
		{"a public key to sign with", read(public), "", true, "no private key"},
		{"no key", []byte("text"), "", false, "no public key"},
		{"no key to sign with", nil, "", true, "no private key"},
		{"broken", []byte("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"), "", false, "asn1"},
		{"of another algorithm", read(public), RS256, false, "for ES256, not for RS256"},
		{"unknown algorithm", read(public), "none", false, `"none"`},
		{"other curve", curve, "", true, "P-256"},
		{"short", short, "", true, "1024 bits"},
		{"short secret", []byte("secret"), HS256, true, "shorter than 32 bytes"},
		{"a public key for a secret", read(public), HS256, false, "no secret"},
		{"encrypted", pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte("x")}), "", true, "encrypted"},
		{"too large", bytes.Repeat([]byte("x"), maxKey+1), "", true, "larger"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "key")
			write(t, file, test.content)
			var err error
			if test.signing {
				_, err = ReadSigningKey(file, test.algorithm)
			} else {
				_, err = ReadKey(file, "", test.algorithm)
			}
			refused(t, err, "bundle/key", test.says)
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("error is not one line: %q", err)
			}
		})
	}
}

// TestKeyForms reads keys as openssl writes them.
func TestKeyForms(t *testing.T) {
	pair, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	content, err := x509.MarshalECPrivateKey(pair)
	if err != nil {
		t.Fatal(err)
	}
	parameters := pem.EncodeToMemory(&pem.Block{Type: "EC PARAMETERS", Bytes: []byte{6, 8, 42}})
	file := filepath.Join(t.TempDir(), "ec.pem")
	write(t, file, append(parameters, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: content})...))
	if key, err := ReadSigningKey(file, ""); err != nil || key.algorithm != ES256 {
		t.Errorf("key for %q, %v", key.algorithm, err)
	}
	_, public := keyFiles(t, RS256)
	if key, err := ReadKey(public, "", ""); err != nil || key.ID != "acme" || key.config.Algorithm != RS256 {
		t.Errorf("key %+v, %v", key, err)
	}
}
