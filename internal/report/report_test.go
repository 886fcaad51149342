package report

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/exvet/exvet"
)

var update = flag.Bool("update", false, "write the files the tests compare with")

func TestWrite(t *testing.T) {
	two := sample()
	second := two.Servers[0]
	second.Server.Name, second.Source = "EX02", "ex02.zip"
	second.Results, second.Integrations, second.Collected = nil, nil, nil
	second.Summary = exvet.Summary{Rules: 6, Clear: 6, Coverage: 1}
	two.Servers = append(two.Servers, second)
	waived := sample()
	waived.Exit = exvet.Exit{Code: exvet.ExitUnknown, Reason: "a required rule is unknown"}
	waived.Servers[0].Results[1].Findings[0].Waiver = &exvet.Waiver{
		Reason: "replaced in spring", Owner: "messaging", Expires: "2026-12-31", Ticket: "CHG-7", Disposition: "planned"}
	waived.Servers[0].Results[1].Status, waived.Servers[0].Summary.Found, waived.Servers[0].Summary.Waived = exvet.Waived, 3, 1
	waived.Bundles[1].Settings = []exvet.Setting{
		{Rule: "EXV-IIS-040*", Reason: "ours\x1b[2J", Owner: "messaging", Source: "data.yaml:3", Rules: []string{"EXV-IIS-040", "EXV-IIS-040B"}},
		{Rule: "EXV-IIS-030", Severity: exvet.Low, Enabled: true, Reason: "known", Owner: "messaging", Source: "data.yaml:7", Rules: []string{"EXV-IIS-030"}},
		{Rule: "EXV-ISS-1", Severity: exvet.Low, Enabled: true, Reason: "known", Owner: "messaging", Source: "data.yaml:9"},
	}
	waived.Servers[0].Skipped = []exvet.SkippedRule{{ID: "EXV-IIS-040", By: "org/acme"}, {ID: "EXV-IIS-050", By: "--skip-rule"}}
	for _, state := range []exvet.WaiverState{exvet.WaiverUsed, exvet.WaiverExpired, exvet.WaiverUnused, exvet.WaiverUnknownRule, exvet.WaiverUndecided} {
		waived.Waivers = append(waived.Waivers, exvet.WaiverUse{State: state, Findings: 2, Waiver: exvet.Waiver{
			Rule: "EXV-IIS-030", Subject: "pool:*\x1b[2J", Owner: "messaging", Expires: "2026-01-31", Source: "waivers.yaml:7"}})
	}
	tests := []struct {
		golden  string
		format  string
		report  *exvet.Report
		options Options
	}{
		{"sample.txt", "text", sample(), Options{Elapsed: 110 * time.Millisecond}},
		{"narrow.txt", "text", sample(), Options{Width: 70}},
		{"color.txt", "text", sample(), Options{Color: true}},
		{"two.txt", "text", two, Options{Width: 120}},
		{"waived.txt", "text", waived, Options{}},
		{"empty.txt", "text", &exvet.Report{}, Options{}},
		{"sample.json", "json", sample(), Options{}},
		{"empty.json", "json", &exvet.Report{}, Options{}},
	}
	for _, tt := range tests {
		t.Run(tt.golden, func(t *testing.T) {
			var got bytes.Buffer
			if err := Write(&got, tt.format, tt.report, tt.options); err != nil {
				t.Fatal(err)
			}
			golden(t, tt.golden, got.Bytes())
		})
	}
}

func TestWriteRules(t *testing.T) {
	rules := []exvet.About{
		{
			ID: "EXV-IIS-001", Title: "Third-party module in an Exchange application pool",
			Description: "An ISAPI extension or module that Exchange setup did not install\nruns inside an Exchange worker process.\n\nIt can change what Exchange sends.\n",
			Stance:      exvet.Unsupported, Severity: exvet.High, Clause: "C3", Basis: "kb",
			Needs: []string{"iis.modules", "iis.apps"}, Roles: []string{"mailbox", "client_access"}, Since: "15.1.0.0",
			Remediation: "Take the module out.", Alternative: "A reverse proxy.", Repro: "appcmd delete module NAME",
			References: []string{"https://learn.microsoft.com/a", "https://learn.microsoft.com/b"},
		},
		{ID: "ORG-A-1", Title: "Ours", Stance: exvet.Review, Severity: exvet.Low, Clause: "-", Basis: "inference"},
	}
	tests := []struct {
		golden string
		write  func(*bytes.Buffer) error
	}{
		{"rules.txt", func(b *bytes.Buffer) error { return WriteRules(b, rules, Options{}) }},
		{"rule.txt", func(b *bytes.Buffer) error { return WriteRule(b, rules[0], "core, a/b.rego:1", Options{}) }},
		{"rule_short.txt", func(b *bytes.Buffer) error { return WriteRule(b, rules[1], "org/a, c.rego:7", Options{}) }},
	}
	for _, tt := range tests {
		t.Run(tt.golden, func(t *testing.T) {
			var got bytes.Buffer
			if err := tt.write(&got); err != nil {
				t.Fatal(err)
			}
			golden(t, tt.golden, got.Bytes())
		})
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs\ngot:\n%s\nwant:\n%s", name, got, want)
	}
}

func TestWriteRefusesUnknownFormat(t *testing.T) {
	err := Write(&bytes.Buffer{}, "pdf", sample(), Options{})
	var refusal *exvet.Refusal
	if !errors.As(err, &refusal) || refusal.Code != exvet.ExitInput {
		t.Fatalf("got %v, want a refusal with code %d", err, exvet.ExitInput)
	}
	if want := "json, text"; !strings.Contains(err.Error(), want) {
		t.Errorf("got %q, want it to list %q", err, want)
	}
}

func TestJSONFitsSchema(t *testing.T) {
	schema := compile(t, exvet.ReportSchema())
	document, err := JSON(sample())
	if err != nil {
		t.Fatal(err)
	}
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(instance); err != nil {
		t.Error(err)
	}
}

func compile(t *testing.T, source []byte) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(source))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}
