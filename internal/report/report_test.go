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

type writeTest struct {
	golden  string
	format  string
	report  *exvet.Report
	options Options
}

func TestWrite(t *testing.T) {
	two, waived := twoServers(), waivedSample()
	tests := []writeTest{
		{"sample.txt", "text", sample(), Options{Elapsed: 110 * time.Millisecond}},
		{"narrow.txt", "text", sample(), Options{Width: 70}},
		{"color.txt", "text", sample(), Options{Color: true}},
		{"two.txt", "text", two, Options{Width: 120}},
		{"waived.txt", "text", waived, Options{}},
		{"empty.txt", "text", &exvet.Report{}, Options{}},
		{"sample.json", "json", sample(), Options{}},
		{"empty.json", "json", &exvet.Report{}, Options{}},
	}
	for format, extension := range map[string]string{
		"csv": "csv", "html": "html", "jsonl": "jsonl", "junit": "xml", "markdown": "md", "prometheus": "prom", "sarif": "sarif",
	} {
		for name, r := range map[string]*exvet.Report{"two": two, "waived": waived, "empty": {}} {
			tests = append(tests, writeTest{name + "." + extension, format, r, Options{}})
		}
	}
	for _, tt := range tests {
		t.Run(tt.golden, func(t *testing.T) {
			var got bytes.Buffer
			if err := Write(&got, tt.format, tt.report, tt.options); err != nil {
				t.Fatal(err)
			}
			golden(t, tt.golden, got.Bytes())
			var again bytes.Buffer
			if err := Write(&again, tt.format, tt.report, tt.options); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(again.Bytes(), got.Bytes()) {
				t.Error("the same report gives other bytes the second time")
			}
			if tt.format == "sarif" {
				fitsSARIF(t, got.Bytes())
			}
		})
	}
}

// TestEveryFormatSaysWhatIf: a verdict that leaves a product out looks like any other, unless it says so.
func TestEveryFormatSaysWhatIf(t *testing.T) {
	for _, format := range Formats() {
		var got bytes.Buffer
		if err := Write(&got, format, twoServers(), Options{}); err != nil {
			t.Fatal(err)
		}
		want := "Fabrikam Archiver"
		if format == "prometheus" {
			want = `exvet_what_if{server="EX01"} 1`
		}
		if !strings.Contains(got.String(), want) {
			t.Errorf("%s does not say %q", format, want)
		}
	}
}

// TestEveryFormatSaysWhatWasChanged: who reads one format only learns of settings, rules left out, and waivers that want a
// hand.
func TestEveryFormatSaysWhatWasChanged(t *testing.T) {
	for _, format := range Formats() {
		var got bytes.Buffer
		if err := Write(&got, format, waivedSample(), Options{}); err != nil {
			t.Fatal(err)
		}
		want := []string{"waivers.yaml", "expired", "data.yaml", "EXV-IIS-050"}
		if format == "prometheus" {
			want = []string{`exvet_waivers{state="expired"} 1`, `exvet_rules{server="EX01",status="skipped"} 2`}
		}
		for _, text := range want {
			if !strings.Contains(got.String(), text) {
				t.Errorf("%s does not say %q", format, text)
			}
		}
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
	if want := "csv, html, json, jsonl"; !strings.Contains(err.Error(), want) {
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
