package bundles

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/keys"

	"github.com/exvet/exvet"
)

// Algorithms of signatures. HS256 shares one secret between all who sign and verify: for labs.
const (
	ES256 = "ES256"
	RS256 = "RS256"
	HS256 = "HS256"
)

// Algorithms lists what bundles are signed with.
func Algorithms() []string { return []string{ES256, RS256, HS256} }

// A Key verifies signatures.
type Key struct {
	ID     string
	config *keys.Config
}

// A SigningKey makes signatures.
type SigningKey struct {
	algorithm string
	text      string // PEM, or the secret itself
}

const (
	maxKey    = 64 << 10
	minSecret = 32 // bytes, as RFC 7518 has it for HS256
	minRSA    = 2048
)

// ReadKey reads a public key or a certificate from a PEM file. Without an id it is called as the file is, less what follows its
// first dot. The algorithm is that of the key; HS256, for which the file holds the secret, must be asked for.
func ReadKey(file, id, algorithm string) (Key, error) {
	if id == "" {
		id, _, _ = strings.Cut(filepath.Base(file), ".")
	}
	content, err := readKeyFile(file, algorithm)
	if err != nil {
		return Key{}, err
	}
	return ParseKey(file, content, id, algorithm)
}

// ParseKey is ReadKey of what a file holds; name is what errors call it.
func ParseKey(name string, content []byte, id, algorithm string) (Key, error) {
	if algorithm == HS256 {
		return Key{ID: id, config: &keys.Config{Key: string(content), Algorithm: HS256}}, checkSecret(name, content)
	}
	block := blockOf(content, "PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE")
	if block == nil {
		if blockOf(content, "PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY") != nil {
			return Key{}, badKey("%q is a private key; verify with its public key: openssl pkey -in FILE -pubout", name)
		}
		return Key{}, badKey("%q holds no public key in PEM", name)
	}
	public, err := publicKey(block)
	if err != nil {
		return Key{}, badKey("read %q: %w", name, err)
	}
	found, err := algorithmOf(name, public, algorithm)
	if err != nil {
		return Key{}, err
	}
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return Key{}, badKey("read %q: %w", name, err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	return Key{ID: id, config: &keys.Config{Key: string(text), Algorithm: found}}, nil
}

// Config gives the key as OPA's configuration has it.
func (k Key) Config() keys.Config { return *k.config }

// ReadSigningKey reads a private key from a PEM file, or for HS256 a secret.
func ReadSigningKey(file, algorithm string) (SigningKey, error) {
	content, err := readKeyFile(file, algorithm)
	if err != nil {
		return SigningKey{}, err
	}
	if algorithm == HS256 {
		return SigningKey{HS256, string(content)}, checkSecret(file, content)
	}
	block := blockOf(content, "PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY")
	if block == nil {
		if blockOf(content, "ENCRYPTED PRIVATE KEY") != nil {
			return SigningKey{}, badKey("%q is encrypted; decrypt it first: openssl pkey -in FILE", file)
		}
		return SigningKey{}, badKey("%q holds no private key in PEM", file)
	}
	private, err := privateKey(block)
	if err != nil {
		return SigningKey{}, badKey("read %q: %w", file, err)
	}
	found, err := algorithmOf(file, private.Public(), algorithm)
	return SigningKey{found, string(pem.EncodeToMemory(block))}, err
}

func readKeyFile(file, algorithm string) ([]byte, error) {
	if algorithm != "" && !slices.Contains(Algorithms(), algorithm) {
		return nil, badKey("unknown algorithm %q; use one of %s", algorithm, strings.Join(Algorithms(), ", "))
	}
	opened, err := os.Open(file)
	if err != nil {
		return nil, badKey("%w", err)
	}
	defer opened.Close()
	content, err := io.ReadAll(io.LimitReader(opened, maxKey+1))
	if err != nil {
		return nil, badKey("%w", err)
	}
	if len(content) > maxKey {
		return nil, badKey("%q is larger than a key file", file)
	}
	return content, nil
}

// blockOf gives the first PEM block of one of the types; openssl puts the parameters of a curve before its key.
func blockOf(content []byte, types ...string) *pem.Block {
	for {
		block, rest := pem.Decode(content)
		if block == nil || slices.Contains(types, block.Type) {
			return block
		}
		content = rest
	}
}

func publicKey(block *pem.Block) (any, error) {
	switch block.Type {
	case "RSA PUBLIC KEY":
		return x509.ParsePKCS1PublicKey(block.Bytes)
	case "CERTIFICATE":
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		return certificate.PublicKey, nil
	}
	return x509.ParsePKIXPublicKey(block.Bytes)
}

func privateKey(block *pem.Block) (interface{ Public() crypto.PublicKey }, error) {
	switch block.Type {
	case "RSA PRIVATE KEY":
		return x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		return x509.ParseECPrivateKey(block.Bytes)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	private, ok := key.(interface{ Public() crypto.PublicKey })
	if !ok {
		return nil, errors.New("a key of this kind does not sign bundles")
	}
	return private, nil
}

// algorithmOf says what a key signs with, and refuses an algorithm it is not for.
func algorithmOf(file string, public any, asked string) (string, error) {
	var found string
	switch key := public.(type) {
	case *ecdsa.PublicKey:
		if key.Curve == elliptic.P256() {
			found = ES256
		}
	case *rsa.PublicKey:
		if key.N.BitLen() < minRSA {
			return "", badKey("%q is an RSA key of %d bits; use one of at least %d", file, key.N.BitLen(), minRSA)
		}
		found = RS256
	}
	switch {
	case found == "":
		return "", badKey("%q is neither a P-256 key for ES256 nor an RSA key for RS256", file)
	case asked != "" && asked != found:
		return "", badKey("%q is a key for %s, not for %s", file, found, asked)
	}
	return found, nil
}

func checkSecret(file string, secret []byte) error {
	if len(secret) < minSecret {
		return badKey("the secret in %q is shorter than %d bytes", file, minSecret)
	}
	if block, _ := pem.Decode(secret); block != nil {
		return badKey("%q is a %s in PEM and no secret; leave out %s", file, block.Type, HS256)
	}
	return nil
}

func badKey(format string, args ...any) error { return exvet.Refuse("bundle/key", format, args...) }
