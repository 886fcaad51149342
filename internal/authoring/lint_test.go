package authoring

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
)

// A rule, its words and its test that fit; tests change one thing of them.
const (
	ruleFile  = "org/acme/rules/iis/tracing/tracing.rego"
	wordsFile = "org/acme/words/words.rego"
	testFile  = "org/acme/rules/iis/tracing/tracing_test.rego"

	ruleText = `# METADATA
# title: Acme tracing module
# description: Acme forbids its tracing module on mail servers.
# custom:
#   id: ACME-001
#   stance: review
#   severity: low
#   clause: "-"
#   basis: inference
#   needs: [iis.modules]
#   remediation: Take it out.
package org.acme.rules.iis.tracing

import data.exvet.rule
import data.org.acme.words

about := rule.about(rego.metadata.chain())

findings contains {"subject": m.name, "message": words.text(m)} if {
	some m in input.facts.iis.modules
	m.key == "tracing"
}
`
	wordsText = `package org.acme.words

text(m) := m.name
`
	testText = `package org.acme.rules.iis.tracing_test

import data.org.acme.rules.iis.tracing

test_nothing if count(tracing.findings) == 0 with input as {}
`
)

// folder writes files below a new directory, beside the rule that fits, and returns it.
func folder(t *testing.T, changed map[string]string) string {
	t.Helper()
	files := map[string]string{ruleFile: ruleText, wordsFile: wordsText, testFile: testText}
	for name, content := range changed {
		files[name] = content
	}
	root := t.TempDir()
	for name, content := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// lint gives the problems of a directory without its name, in lines.
func lint(t *testing.T, root string) []string {
	t.Helper()
	problems, err := Lint(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, problem := range problems {
		line := strings.ReplaceAll(strings.TrimPrefix(problem.String(), root+string(filepath.Separator)), `\`, "/")
		if strings.Contains(line, "\n") {
			t.Errorf("problem has several lines: %q", line)
		}
		lines = append(lines, line)
	}
	return lines
}

// TestLintMistakes makes each mistake an author can make: one line names file, line and cure.
func TestLintMistakes(t *testing.T) {
	change := func(old, new string) map[string]string {
		if !strings.Contains(ruleText, old) {
			t.Fatalf("the rule does not hold %q", old)
		}
		return map[string]string{ruleFile: strings.Replace(ruleText, old, new, 1)}
	}
	test := func(old, new string) map[string]string {
		return map[string]string{testFile: strings.Replace(testText, old, new, 1)}
	}
	second := strings.Replace(ruleText, "iis.tracing", "iis.second", 1)
	tests := []struct {
		name  string
		files map[string]string
		want  string // how the only line begins and, after "...", what it says too
	}{
		{"nothing", nil, ""},
		{"misspelt field", change("m.key", "m.kye"), `org/acme/rules/iis/tracing/tracing.rego:21: bundle/type: m.kye: there is no "kye"...key, `},
		{"misspelt field in a word", map[string]string{wordsFile: "package org.acme.words\n\ntext(m) := input.server.naem if m\n"}, `org/acme/words/words.rego:3: bundle/type: input.server.naem: there is no "naem"...name`},
		{"missing METADATA key", change("#   stance: review\n", ""), "org/acme/rules/iis/tracing/tracing.rego:1: bundle/metadata: METADATA without custom.stance"},
		{"wrong METADATA key", change("#   remediation:", "#   remedy: x\n#   remediation:"), "org/acme/rules/iis/tracing/tracing.rego:11: bundle/metadata: unknown METADATA key custom.remedy; there are id"},
		{"wrong METADATA value", change("severity: low", "severity: lowest"), `org/acme/rules/iis/tracing/tracing.rego:7: bundle/metadata: METADATA custom.severity is "lowest"; it is one of critical`},
		{"METADATA is no YAML", change("# title: Acme", "# title: [Acme"), "org/acme/rules/iis/tracing/tracing.rego:3: bundle/parse: "},
		{"need that is no fact", change("[iis.modules]", "[iis.modules, iis.moduls]"), `org/acme/rules/iis/tracing/tracing.rego:1: bundle/metadata: needs "iis.moduls" is not a fact`},
		{"fact read and not needed", change("[iis.modules]", "[iis.apps]"), "org/acme/rules/iis/tracing/tracing.rego:1: lint/needs: ACME-001 reads iis.modules"},
		{"fact a word reads and not needed", map[string]string{wordsFile: "package org.acme.words\n\ntext(m) := input.facts.iis.pools[0].name if m\n"}, "org/acme/rules/iis/tracing/tracing.rego:1: lint/needs: ACME-001 reads iis.pools"},
		{"duplicate id", map[string]string{"org/acme/rules/iis/second/second.rego": second}, `org/acme/rules/iis/tracing/tracing.rego:1: bundle/duplicate-id: id "ACME-001" is also that of ...second.rego:1`},
		{"id of the core", change("ACME-001", "EXV-IIS-001"), `org/acme/rules/iis/tracing/tracing.rego:1: bundle/duplicate-id: id "EXV-IIS-001"`},
		{"another's root", map[string]string{"org/beta/rules/iis/x/x.rego": "package org.beta.rules.iis.x\n\nx := 1\n"}, `org/beta/rules/iis/x/x.rego:1: bundle/root-claimed: package org.beta.rules.iis.x is outside ["org/acme"]`},
		{"root of the core", map[string]string{"x.rego": "package exvet.rules.iis.x\n\nx := 1\n"}, `x.rego:1: bundle/root-claimed: package exvet.rules.iis.x is outside`},
		{"forbidden built-in", change(`m.key == "tracing"`, `http.send({"url": m.key}).status_code == 200`), "org/acme/rules/iis/tracing/tracing.rego:21: bundle/forbidden-builtin: http.send is not for rules"},
		{"unused import", change("import data.exvet.rule\n", "import data.exvet.rule\nimport data.exvet.path\n"), "org/acme/rules/iis/tracing/tracing.rego:15: bundle/type: import data.exvet.path unused"},
		{"word of the core that is not kept", change(`m.key == "tracing"`, `data.exvet.iis.guards[m.name]`), "org/acme/rules/iis/tracing/tracing.rego:21: bundle/core-word: exvet.iis.guards is no word the core keeps...apps, loads"},
		{"word of the core, ignored", change(`m.key == "tracing"`, `data.exvet.iis.guards[m.name] # exvet ignore:core-word`), "org/acme/rules/iis/tracing/tracing.rego:21: bundle/core-word: "},
		{"package of the core as a value", change(`m.key == "tracing"`, "words.text(rule) == m.key"), "org/acme/rules/iis/tracing/tracing.rego:21: bundle/core-word: exvet.rule is no word"},
		{"the core's rules", change(`m.key == "tracing"`, `data.exvet.rules[m.name]`), "org/acme/rules/iis/tracing/tracing.rego:21: bundle/core-word: exvet.rules is no word"},
		{"any package of the core", change(`m.key == "tracing"`, `data.exvet[m.name]`), "org/acme/rules/iis/tracing/tracing.rego:21: bundle/core-word: exvet is no word"},
		{"word that does not exist", change("rule.about(", "rule.abuot("), "org/acme/rules/iis/tracing/tracing.rego:17: bundle/core-word: exvet.rule.abuot is no word the core keeps...about, evidence"},
		{"data in the place of a rule", map[string]string{"org/acme/rules/iis/tracing/data.json": `{"findings": []}`}, "org/acme/rules/iis/tracing/tracing.rego:19: bundle/type: conflicting rule for data path org/acme/rules/iis/tracing/findings"},
		{"no test", map[string]string{testFile: ""}, "org/acme/rules/iis/tracing/tracing_test.rego:1: bundle/parse: the file is empty"},
		{"test of nothing", test("import data.org.acme.rules.iis.tracing\n\ntest_nothing if count(tracing.findings) == 0 with input as {}", "test_nothing if true"), "org/acme/rules/iis/tracing/tracing.rego:1: lint/untested: no test asks ACME-001; write tracing_test.rego"},
		{"test that never runs", test("test_nothing", "test_nothing if tracing\n\ntesting_more"), "org/acme/rules/iis/tracing/tracing_test.rego:7: lint/never-runs: testing_more never runs"},
		{"misspelt name in a test", test("tracing.findings)", "tracing.finding)"), "org/acme/rules/iis/tracing/tracing_test.rego:5: lint/no-such-name: data.org.acme.rules.iis.tracing.finding: package org.acme.rules.iis.tracing defines no "},
		{"test is no Rego", test("test_nothing if", "test_nothing fi"), "org/acme/rules/iis/tracing/tracing_test.rego:5: bundle/parse: "},
		{"fixture not rendered", map[string]string{"org/acme/rules/iis/tracing/fixtures.jsonnet": "{healthy: {a: 1}}"}, "fixtures/healthy/snapshot.json: lint/fixture: not rendered yet; exvet rule test renders it"},
		{"fixture is no snapshot", map[string]string{"fixtures/ex01/snapshot.json": `{"format": "one"}`}, "fixtures/ex01/snapshot.json: lint/fixture: at "},
		{"fixture is no Jsonnet", map[string]string{"org/acme/rules/iis/tracing/fixtures.jsonnet": "{\n  healthy: nothing,\n}"}, "org/acme/rules/iis/tracing/fixtures.jsonnet:2: lint/fixture: "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := lint(t, folder(t, test.files))
			if test.want == "" {
				if len(got) > 0 {
					t.Errorf("problems = %q, want none", got)
				}
				return
			}
			begin, also, _ := strings.Cut(test.want, "...")
			if !slices.ContainsFunc(got, func(line string) bool { return strings.HasPrefix(line, begin) && strings.Contains(line, also) }) {
				t.Errorf("problems = %q, want one that begins with %q and says %q", got, begin, also)
			}
			if len(got) > 1 && !slices.Contains([]string{"no test", "test is no Rego", "root of the core", "duplicate id"}, test.name) {
				t.Errorf("%d problems, want one: %q", len(got), got)
			}
		})
	}
}

// TestLintListsAll shows that one mistake does not hide another.
func TestLintListsAll(t *testing.T) {
	text := strings.NewReplacer("severity: low", "severity: lowest", "basis: inference", "basis: hunch",
		`m.key == "tracing"`, "time.now_ns() > 0\n\trand.intn(m.key, 2) == 1").Replace(ruleText)
	got := lint(t, folder(t, map[string]string{ruleFile: text}))
	for _, want := range []string{"tracing.rego:7: ", "tracing.rego:9: ", "tracing.rego:21: bundle/forbidden-builtin: time.now_ns", "tracing.rego:22: bundle/forbidden-builtin: rand.intn"} {
		if !slices.ContainsFunc(got, func(line string) bool { return strings.Contains(line, want) }) {
			t.Errorf("problems = %q, want one with %q", got, want)
		}
	}
}

func TestCheck(t *testing.T) {
	tests := []struct {
		name   string
		files  map[string]string
		reason string
	}{
		{"fits", nil, ""},
		{"problem", map[string]string{ruleFile: strings.Replace(ruleText, "m.key", "m.kye", 1)}, "bundle/type"},
		{"failing test", map[string]string{testFile: strings.Replace(testText, "== 0", "== 1", 1)}, "test/failed"},
		{"all skipped", map[string]string{testFile: strings.Replace(testText, "test_nothing", "todo_test_nothing", 1)}, "lint/untested"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := Check(t.Context(), folder(t, test.files), embedded(t), nil)
			if test.reason == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var refusal *exvet.Refusal
			if !errors.As(err, &refusal) || refusal.Reason != test.reason || refusal.Code != exvet.ExitInput {
				t.Errorf("error = %v, want a refusal %s", err, test.reason)
			}
		})
	}
}

// TestExample keeps the organisation that stands as an example fit to be built.
func TestExample(t *testing.T) {
	if err := Check(t.Context(), filepath.Join("..", "..", "bundles", "example"), embedded(t), nil); err != nil {
		t.Error(err)
	}
}

func embedded(t *testing.T) *bundles.Bundle {
	t.Helper()
	core, err := bundles.Core()
	if err != nil {
		t.Fatal(err)
	}
	return core
}
