package agent

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/exvet/exvet/bundles"
)

// A signer is a pair of keys.
type signer struct {
	key    bundles.SigningKey
	public string // PEM
	pem    string // the private one
}

func newSigner(t testing.TB) signer {
	t.Helper()
	pair, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(pair)
	if err != nil {
		t.Fatal(err)
	}
	shown, err := x509.MarshalPKIXPublicKey(pair.Public())
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600); err != nil {
		t.Fatal(err)
	}
	key, err := bundles.ReadSigningKey(file, "")
	if err != nil {
		t.Fatal(err)
	}
	private := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}))
	return signer{key, string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: shown})), private}
}

// A made bundle of an organisation.
type madeBundle struct {
	org      string // "acme"
	serial   int
	min      string
	notAfter time.Time
	rego     string // more of the rule
}

// archive builds a bundle with one rule.
func (m madeBundle) archive(t testing.TB) []byte {
	t.Helper()
	folder := t.TempDir()
	rule := filepath.Join(folder, "org", m.org, "rules", "test", "one")
	if err := os.MkdirAll(rule, 0o700); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf(ruleText, strings.ToUpper(m.org), m.org, m.serial, m.rego)
	if err := os.WriteFile(filepath.Join(rule, "one.rego"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	loaded, err := bundles.Load(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	archive, _, err := loaded.Build(t.Context(), bundles.BuildOptions{
		Revision: fmt.Sprint("r", m.serial), Serial: m.serial, MinEngine: m.min, NotAfter: m.notAfter, BuiltAt: time.Now().Add(-24 * time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	return archive
}

func (s signer) sign(t testing.TB, archive []byte, id, scope string) []byte {
	t.Helper()
	signed, err := bundles.Sign(context.Background(), "made", archive, s.key, id, scope)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

const ruleText = `# METADATA
# title: A rule of a test
# description: It finds something on every server.
# custom:
#   id: %[1]s-TEST-001
#   stance: review
#   severity: high
#   clause: "-"
#   basis: inference
#   needs: [iis.pools]
#   remediation: Take it out.
package org.%[2]s.rules.test.one

import data.exvet.rule

about := rule.about(rego.metadata.chain())

serial := %[3]d

findings contains finding if {
	some pool in input.facts.iis.pools
	serial < 0
	finding := {"subject": rule.subject(["pool", pool.name]), "message": "found", "evidence": []}
}

%[4]s
`

// tarHeader is the header of one file.
func tarHeader(t testing.TB, name string, size int64) []byte {
	t.Helper()
	var header bytes.Buffer
	if err := tar.NewWriter(&header).WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o600, Typeflag: tar.TypeReg}); err != nil {
		t.Fatal(err)
	}
	return header.Bytes()
}
