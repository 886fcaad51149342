package authoring

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/exvet/exvet/bundles"
)

// plainTests are what the tests of the scaffold say, without a table of cases.
const plainTests = `package org.acme.rules.iis.acme_iis_001_test

import data.org.acme.rules.iis.acme_iis_001

test_found if {
	{found.subject | some found in acme_iis_001.findings} == {"module:Default Web Site/owa:AcmeGate"} with input as data.fixtures["acme-iis-001"]
}

test_healthy if count(acme_iis_001.findings) == 0 with input as data.fixtures.healthy
`

// BenchmarkBuild100 is what exvet bundle build does: it checks, tests and builds a hundred rules as exvet rule new makes them. "plain" tests
// each rule twice, "tables" also by a table of three cases, which OPA's tester traces; "fixtures" has two servers of its own for each rule.
func BenchmarkBuild100(b *testing.B) {
	for _, kind := range []string{"plain", "tables", "fixtures"} {
		b.Run(kind, func(b *testing.B) {
			dir := hundred(b, kind)
			for b.Loop() {
				core, err := bundles.Core()
				if err != nil {
					b.Fatal(err)
				}
				own, err := bundles.Load(b.Context(), dir)
				if err != nil {
					b.Fatal(err)
				}
				if err := Check(b.Context(), dir, core, own); err != nil {
					b.Fatal(err)
				}
				if _, built, err := own.Build(b.Context(), bundles.BuildOptions{BuiltAt: time.Unix(1793491200, 0)}); err != nil || len(built.Rules) != 100 {
					b.Fatalf("%v: %v", built, err)
				}
			}
		})
	}
}

// hundred scaffolds a rule, and copies it under other names.
func hundred(b *testing.B, kind string) string {
	b.Helper()
	dir := b.TempDir()
	if _, err := New(b.Context(), dir, NewRule{ID: "ACME-IIS-001", Org: "acme"}); err != nil {
		b.Fatal(err)
	}
	rules := filepath.Join(dir, "org", "acme", "rules", "iis")
	texts := map[string]string{}
	for _, name := range []string{"acme_iis_001.rego", "acme_iis_001_test.rego", fixturesFile} {
		text, err := os.ReadFile(filepath.Join(rules, "acme_iis_001", name))
		if err != nil {
			b.Fatal(err)
		}
		texts[name] = string(text)
	}
	if kind == "plain" {
		texts["acme_iis_001_test.rego"] = plainTests
	}
	for i := range 100 {
		number := fmt.Sprintf("%03d", i+1)
		for name, text := range texts {
			if name == fixturesFile && kind != "fixtures" && i > 0 {
				continue
			}
			text = strings.NewReplacer("acme_iis_001", "acme_iis_"+number, "ACME-IIS-001", "ACME-IIS-"+number).Replace(text)
			if kind == "fixtures" {
				text = strings.ReplaceAll(text, "acme-iis-001", "acme-iis-"+number)
			}
			file := filepath.Join(rules, "acme_iis_"+number, strings.ReplaceAll(name, "001", number))
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				b.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				b.Fatal(err)
			}
		}
	}
	if _, err := Render(b.Context(), dir); err != nil {
		b.Fatal(err)
	}
	return dir
}
