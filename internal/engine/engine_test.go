package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
)

// testRule is an organisation's rule: its id ends in its name, and what is in custom or the body replaces the default.
type testRule struct{ name, custom, about, body string }

func (r testRule) rego() string {
	about := r.about
	if about == "" {
		about = "about := rule.about(rego.metadata.chain())"
	}
	return fmt.Sprintf(`# METADATA
# title: %[1]s
# custom:
#   id: T-%[2]s
#   stance: review
#   severity: medium
#   clause: "-"
#   basis: inference
#   needs: [iis.modules]
#   remediation: none
%[3]spackage org.test.rules.iis.%[1]s

import data.exvet.rule
import data.org.test.words

%[4]s

used := [rule.subject(["x"]), words.names]

%[5]s
`, r.name, strings.ToUpper(r.name), r.custom, about, r.body)
}

const words = `package org.test.words

names := {module.key | some module in input.facts.iis.modules}

by_key := {key: rows |
	some key in names
	rows := [module | some module in input.facts.iis.modules; module.key == key]
}

broken := module.key if some module in input.facts.iis.modules
`

// organisation loads rules as the bundle of an organisation.
func organisation(t testing.TB, rules ...testRule) *bundles.Bundle {
	t.Helper()
	root := t.TempDir()
	files := map[string]string{"words.rego": words}
	for _, rule := range rules {
		files[rule.name+".rego"] = rule.rego()
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(root, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	loaded, err := bundles.Load(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

// load makes an engine of the core and the rules.
func load(t testing.TB, schema []byte, rules ...testRule) (*Engine, error) {
	t.Helper()
	core, err := bundles.Core()
	if err != nil {
		t.Fatal(err)
	}
	loaded := []*bundles.Bundle{core}
	if len(rules) > 0 {
		loaded = append(loaded, organisation(t, rules...))
	}
	return New(t.Context(), loaded, schema)
}

func snapshotSchema(t testing.TB) []byte {
	t.Helper()
	schema, err := os.ReadFile(filepath.Join("..", "..", "snapshot.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

const findModules = `findings contains {"subject": m.key, "message": m.key} if some m in input.facts.iis.modules`

func TestNew(t *testing.T) {
	schema := snapshotSchema(t)
	tests := []struct {
		name   string
		schema []byte
		rule   testRule
		reason string
		says   []string
	}{
		{"a rule that fits", schema, testRule{name: "fits", body: findModules}, "", nil},
		{"a misspelt field", schema, testRule{name: "typo", body: strings.Replace(findModules, "m.key", "m.kye", 1)}, "bundle/type", []string{"typo.rego:20", "kye", "key"}},
		{"a misspelt table", schema, testRule{name: "typo", body: strings.Replace(findModules, "modules", "modles", 1)}, "bundle/type", []string{"typo.rego:20", "modles", "modules"}},
		{"a misspelt section", schema, testRule{name: "typo", body: strings.Replace(findModules, "iis", "ISS", 1)}, "bundle/type", []string{"typo.rego:20", "ISS"}},
		{"without a schema nothing is typed", nil, testRule{name: "typo", body: strings.Replace(findModules, "modules", "modles", 1)}, "", nil},
		{"a function that does not exist", nil, testRule{name: "call", body: "findings contains x if x := lowr(input.x)"}, "bundle/type", []string{"call.rego:20", "lowr"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := load(t, test.schema, test.rule)
			if test.reason == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			refused(t, err, test.reason, test.says...)
		})
	}
	t.Run("a need that is no fact", func(t *testing.T) {
		org := organisation(t, testRule{name: "need", body: findModules})
		org.Rules[0].Needs = []string{"iis.modles"}
		core, err := bundles.Core()
		if err != nil {
			t.Fatal(err)
		}
		_, err = New(t.Context(), []*bundles.Bundle{core, org}, schema)
		refused(t, err, "bundle/metadata", "need.rego:1", "iis.modles", "modules")
	})
	t.Run("no core", func(t *testing.T) {
		if _, err := New(t.Context(), []*bundles.Bundle{organisation(t, testRule{name: "x", body: findModules})}, nil); err == nil {
			t.Error("no error without the core")
		}
	})
	t.Run("the core is typed", func(t *testing.T) {
		core, err := bundles.Core()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := newEngine(t.Context(), []*bundles.Bundle{core}, schema); err != nil {
			t.Error(err)
		}
	})
}

func TestRules(t *testing.T) {
	e, err := load(t, nil, testRule{name: "b", body: findModules}, testRule{name: "a", body: findModules})
	if err != nil {
		t.Fatal(err)
	}
	if got := e.Bundles(); len(got) != 2 || got[0].Name != "core" || got[1].Name != "org/test" {
		t.Errorf("bundles = %+v", got)
	}
	rules := e.Rules()
	for i := 1; i < len(rules); i++ {
		if rules[i-1].ID >= rules[i].ID {
			t.Errorf("rule %q stands before %q", rules[i-1].ID, rules[i].ID)
		}
	}
	if last := rules[len(rules)-1]; last.ID != "T-B" || last.Bundle != "org/test" {
		t.Errorf("last rule = %+v", last)
	}
}

// refused checks that err is a refusal of bad input with the reason, in one line that says the rest.
func refused(t *testing.T, err error, reason string, says ...string) {
	t.Helper()
	var refusal *exvet.Refusal
	if !errors.As(err, &refusal) {
		t.Fatalf("error = %v, want a refusal %s", err, reason)
	}
	if refusal.Reason != reason || refusal.Code != exvet.ExitInput {
		t.Errorf("error = %v (exit %d), want %s", err, refusal.Code, reason)
	}
	for _, text := range says {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("error = %v, want %q in it", err, text)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("error has several lines: %q", err)
	}
}

// judge reads a snapshot and evaluates it.
func judge(ctx context.Context, e *Engine, snapshot []byte, options Options) (exvet.ServerReport, error) {
	document, err := Read(options.Source, snapshot)
	if err != nil {
		return exvet.ServerReport{}, err
	}
	return e.Evaluate(ctx, document, options)
}
