package engine

import (
	"bytes"
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/exvet/exvet"
)

// Rule by rule, the engine says what stock opa says in one query of data.exvet.main.results.
func TestFixtures(t *testing.T) {
	e, err := load(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	stock, err := rego.New(rego.Query("data.exvet.main.results"), rego.Compiler(e.compiler), rego.Store(e.store)).PrepareForEval(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join("..", "..", "policies", "fixtures", "*", "snapshot.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	for i, path := range paths {
		name := filepath.Base(filepath.Dir(path))
		if i%fixtureStep != 0 && name != "healthy" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			snapshot, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			server, err := judge(t.Context(), e, snapshot, Options{Source: name})
			if err != nil {
				t.Fatal(err)
			}
			want := stockResults(t, stock, snapshot)
			if len(server.Results) != len(want) {
				t.Fatalf("%d results, want %d", len(server.Results), len(want))
			}
			for i, got := range server.Results {
				if !reflect.DeepEqual(got, want[i]) {
					t.Errorf("got  %+v\nwant %+v", got, want[i])
				}
			}
			if len(server.Notes) == 0 || server.Server.Product == "" {
				t.Errorf("server %+v, notes %q", server.Server, server.Notes)
			}
			if name == "healthy" {
				report := exvet.Report{Servers: []exvet.ServerReport{server}}
				if Conclude(&report, ExitOptions{}); report.Exit.Code != exvet.ExitClean {
					t.Errorf("healthy ends in %+v", report.Exit)
				}
			}
		})
	}
}

// stockResults asks for all results at once and puts them into the engine's order.
func stockResults(t *testing.T, query rego.PreparedEvalQuery, snapshot []byte) []exvet.Result {
	t.Helper()
	input, err := ast.ValueFromReader(bytes.NewReader(snapshot))
	if err != nil {
		t.Fatal(err)
	}
	set, err := query.Eval(t.Context(), rego.EvalParsedInput(input))
	if err != nil || len(set) != 1 {
		t.Fatalf("results: %v, %v", set, err)
	}
	content, err := json.Marshal(set[0].Expressions[0].Value)
	if err != nil {
		t.Fatal(err)
	}
	var results []exvet.Result
	if err := json.Unmarshal(content, &results); err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(results, func(a, b exvet.Result) int { return cmp.Compare(a.ID, b.ID) })
	for i := range results {
		// OPA keeps the line ends of METADATA texts.
		results[i].About = trimmed(results[i].About)
		slices.SortStableFunc(results[i].Findings, func(a, b exvet.Finding) int {
			return cmp.Or(cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Message, b.Message))
		})
	}
	return results
}

func trimmed(about exvet.About) exvet.About {
	for _, text := range []*string{&about.Description, &about.Remediation, &about.Alternative, &about.Repro} {
		*text = strings.TrimSpace(*text)
	}
	return about
}
