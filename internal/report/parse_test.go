package report

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/yuin/goldmark"
	markup "github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"github.com/exvet/exvet"
)

// tainted is the sample with a text in every field a server, a rule or a waiver can fill.
func tainted(text string) *exvet.Report {
	r := waivedSample()
	exit, results := r.Exit, slices.Clone(r.Servers[0].Results)
	taint(reflect.ValueOf(r), text)
	r.Exit.FailOn, r.Exit.Require = exit.FailOn, exit.Require
	for i := range results { // what decides how a result is shown stays
		got := &r.Servers[0].Results[i]
		got.ID += strconv.Itoa(i)
		got.Status, got.Stance, got.Severity = results[i].Status, results[i].Stance, results[i].Severity
		for j := range got.Findings {
			got.Findings[j].Severity = results[i].Severity
		}
	}
	return r
}

// TestParseBack reads what each format wrote of hostile text with a reader of that format that is not ours, and
// holds it to the text.
func TestParseBack(t *testing.T) {
	parsers := map[string]func(t *testing.T, document []byte, want string){
		"csv": csvBack, "html": htmlBack, "json": jsonBack, "jsonl": linesBack, "junit": junitBack, "markdown": markdownBack,
		"prometheus": prometheusBack, "sarif": sarifBack,
	}
	for _, format := range Formats() {
		parse := parsers[format]
		if parse == nil {
			if format != "text" {
				t.Errorf("no reader for %s", format)
			}
			continue
		}
		for _, tt := range hostile {
			t.Run(format+" "+tt.name, func(t *testing.T) {
				var b bytes.Buffer
				if err := Write(&b, format, tainted(tt.text), Options{}); err != nil {
					t.Fatal(err)
				}
				want := tt.safe
				if format == "json" || format == "jsonl" {
					want = string([]rune(tt.text)) // these keep the text and escape its bytes
				}
				parse(t, b.Bytes(), want)
			})
		}
	}
}

func csvBack(t *testing.T, document []byte, want string) {
	rows, err := csv.NewReader(bytes.NewReader(document)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(rows), 1+8+2+3; got != want { // six findings, two rules without one; two left out; settings and a waiver
		t.Errorf("%d rows, want %d", got, want)
	}
	for _, cell := range slices.Concat(rows...) {
		for part := range strings.SplitSeq(cell, ";") {
			if part = strings.TrimLeft(part, ` "`); part != "" && strings.ContainsRune("=+-@＝＋－＠\t\r", []rune(part)[0]) {
				t.Errorf("cell %q holds a formula", cell)
			}
		}
	}
	if got := strings.ReplaceAll(rows[1][13], "'", ""); got != strings.ReplaceAll(want, "'", "") {
		t.Errorf("got %q, want %q", got, want)
	}
}

func jsonBack(t *testing.T, document []byte, want string) {
	var got exvet.Report
	if err := json.Unmarshal(document, &got); err != nil {
		t.Fatal(err)
	}
	if got := got.Servers[0].Results[0].Findings[0].Message; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func linesBack(t *testing.T, document []byte, want string) {
	kinds := map[string]int{}
	lines := bufio.NewScanner(bytes.NewReader(document))
	for lines.Scan() {
		var line struct{ Kind, Message string }
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		kinds[line.Kind]++
		if line.Kind == "finding" && line.Message != want {
			t.Errorf("got %q, want %q", line.Message, want)
		}
	}
	if want := map[string]int{"server": 1, "rule": 6, "finding": 6, "run": 1}; !reflect.DeepEqual(kinds, want) {
		t.Errorf("got lines %v, want %v", kinds, want)
	}
}

func junitBack(t *testing.T, document []byte, want string) {
	var got struct {
		Tests, Failures, Errors, Skipped int
		Suites                           []struct {
			Name  string `xml:"name,attr"`
			Cases []struct {
				Failure *struct {
					Text string `xml:",chardata"`
				} `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	decoder := xml.NewDecoder(bytes.NewReader(document))
	decoder.Strict = true
	if err := decoder.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if len(got.Suites) != 1 || len(got.Suites[0].Cases) != 8 || got.Suites[0].Name != want {
		t.Fatalf("got %+v, want one suite %q of eight cases", got, want)
	}
	if failure := got.Suites[0].Cases[0].Failure; failure == nil || !strings.Contains(failure.Text, want) {
		t.Errorf("got %+v, want it to hold %q", failure, want)
	}
}

func prometheusBack(t *testing.T, document []byte, want string) {
	families, err := new(expfmt.NewTextParser(model.LegacyValidation)).TextToMetricFamilies(bytes.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	if families["exvet_rules"] == nil || families["exvet_findings"] == nil {
		t.Fatalf("families are missing: %s", document)
	}
	for name, family := range families {
		if !strings.HasPrefix(name, "exvet_") || family.GetHelp() == "" {
			t.Errorf("family %q, help %q", name, family.GetHelp())
		}
		for _, metric := range family.Metric {
			for _, label := range metric.Label {
				if label.GetName() == "server" && label.GetValue() != want {
					t.Errorf("%s: got server %q, want %q", name, label.GetValue(), want)
				}
			}
		}
	}
}

// markdownBack reads as GitHub does and finds no link, picture or HTML but the comment that parts words.
func markdownBack(t *testing.T, document []byte, want string) {
	parser := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser()
	var words strings.Builder
	found := false
	root := parser.Parse(text.NewReader(document))
	err := markup.Walk(root, func(node markup.Node, entering bool) (markup.WalkStatus, error) {
		if !entering {
			if node.Type() == markup.TypeBlock {
				found = found || strings.Contains(words.String(), want)
				words.Reset()
			}
			return markup.WalkContinue, nil
		}
		switch node := node.(type) {
		case *markup.Link, *markup.AutoLink, *markup.Image, *markup.HTMLBlock:
			t.Errorf("%s in %q", node.Kind(), document)
		case *markup.RawHTML:
			if got := string(node.Segments.Value(document)); got != "<!-- -->" {
				t.Errorf("HTML %q", got)
			}
		case *markup.Text:
			words.Write(unescape(node.Segment.Value(document), node.IsRaw()))
		case *markup.String:
			words.Write(node.Value)
		}
		return markup.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !found {
		t.Errorf("does not show %q:\n%s", want, document)
	}
	for _, mention := range []string{"@octocat", "#1", ":tada"} {
		for line := range strings.Lines(string(document)) {
			if outside, _, _ := strings.Cut(line, "`"); strings.Contains(outside, mention) {
				t.Errorf("%q in running text: %s", mention, line)
			}
		}
	}
}

// unescape takes the backslashes out of a piece of running text, as a renderer does.
func unescape(segment []byte, raw bool) []byte {
	if raw {
		return segment
	}
	var out []byte
	for i := 0; i < len(segment); i++ {
		if segment[i] == '\\' && i+1 < len(segment) && strings.IndexByte("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", segment[i+1]) >= 0 {
			i++
		}
		out = append(out, segment[i])
	}
	return out
}

func sarifBack(t *testing.T, document []byte, want string) {
	fitsSARIF(t, document)
	got, err := sarif.FromBytes(document, sarif.WithStrictValidation())
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Runs) != 1 || len(got.Runs[0].Results) != 6 {
		t.Fatalf("got %d runs, want one with six results", len(got.Runs))
	}
	message := *got.Runs[0].Results[0].Message.Text
	if strings.Contains(want, "](") {
		want = strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(want)
	}
	if message != want {
		t.Errorf("got %q, want %q", message, want)
	}
}

// sarifSchema is the schema of the standard, as the library in the module cache holds it.
func sarifSchema(t *testing.T) []byte {
	t.Helper()
	folder, err := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif").Output()
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(folder)), "schema.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	value := file.Scope.Lookup("schema").Decl.(*ast.ValueSpec).Values[0].(*ast.BasicLit).Value
	schema, err := strconv.Unquote(value)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(schema)
}
