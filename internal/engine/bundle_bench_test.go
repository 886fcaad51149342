package engine_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"github.com/exvet/exvet/bundles"
	"github.com/exvet/exvet/internal/engine"
)

const benchRule = `# METADATA
# title: Acme tracing module %[1]d
# description: Acme forbids its tracing module on mail servers.
# custom:
#   id: ACME-%[1]d
#   stance: review
#   severity: low
#   clause: "-"
#   basis: inference
#   needs: [iis.modules]
#   remediation: Take it out.
package org.acme.rules.iis.tracing%[1]d

import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains {"subject": m.name, "message": m.name} if {
	some m in input.facts.iis.modules
	m.key == "tracing%[1]d"
}
`

// signedHundred gives a signed bundle of a hundred rules, and who may verify it.
func signedHundred(b *testing.B) ([]byte, bundles.Trust) {
	b.Helper()
	folder := b.TempDir()
	must := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	for i := range 100 {
		file := filepath.Join(folder, "acme", fmt.Sprintf("org/acme/rules/iis/tracing%d/tracing%[1]d.rego", i))
		must(os.MkdirAll(filepath.Dir(file), 0o755))
		must(os.WriteFile(file, fmt.Appendf(nil, benchRule, i), 0o600))
	}
	pair, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	secret, err := x509.MarshalPKCS8PrivateKey(pair)
	must(err)
	shown, err := x509.MarshalPKIXPublicKey(pair.Public())
	must(err)
	private, public := filepath.Join(folder, "acme.pem"), filepath.Join(folder, "acme.pub")
	must(os.WriteFile(private, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600))
	must(os.WriteFile(public, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: shown}), 0o600))
	loaded, err := bundles.Load(b.Context(), filepath.Join(folder, "acme"))
	must(err)
	archive, _, err := loaded.Build(b.Context(), bundles.BuildOptions{BuiltAt: time.Unix(1793491200, 0)})
	must(err)
	key, err := bundles.ReadSigningKey(private, "")
	must(err)
	signed, err := bundles.Sign(b.Context(), "acme", archive, key, "acme", "")
	must(err)
	verifier, err := bundles.ReadKey(public, "", "")
	must(err)
	return signed, bundles.Trust{Keys: []bundles.Key{verifier}}
}

// BenchmarkLoad100 verifies and loads a bundle of a hundred rules.
func BenchmarkLoad100(b *testing.B) {
	signed, trust := signedHundred(b)
	for b.Loop() {
		if _, err := trust.Archive(b.Context(), "acme", signed, bundles.Organisations); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkActivate100 verifies, loads, compiles and stores it with the one package of the core it calls.
func BenchmarkActivate100(b *testing.B) {
	signed, trust := signedHundred(b)
	core, err := bundles.Core()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		loaded, err := trust.Archive(b.Context(), "acme", signed, bundles.Organisations)
		if err != nil {
			b.Fatal(err)
		}
		modules := maps.Clone(loaded.Modules)
		for file, module := range core.Modules {
			if module.Package.Path.String() == "data.exvet.rule" {
				modules[file] = module
			}
		}
		compiler := ast.NewCompiler().WithCapabilities(bundles.Capabilities())
		if compiler.Compile(modules); compiler.Failed() {
			b.Fatal(compiler.Errors)
		}
		inmem.NewFromObjectWithOpts(loaded.Data, inmem.OptRoundTripOnWrite(false))
	}
}

// BenchmarkEngine100 does what a scan does: it compiles the core with it.
func BenchmarkEngine100(b *testing.B) {
	signed, trust := signedHundred(b)
	core, err := bundles.Core()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		loaded, err := trust.Archive(b.Context(), "acme", signed, bundles.Organisations)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := engine.New(b.Context(), []*bundles.Bundle{core, loaded}, nil); err != nil {
			b.Fatal(err)
		}
	}
}
