package bundles

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/exvet/exvet"
)

// ruleText is an organisation's rule that fits; tests change one thing of it.
const ruleText = `# METADATA
# title: Acme tracing module
# description: Acme forbids its tracing module on mail servers.
# related_resources:
#   - ref: https://acme.example/rules/1
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

about := rule.about(rego.metadata.chain())

findings contains {"subject": m.name, "message": m.name} if {
	some m in input.facts.iis.modules
	m.key == "tracing"
}
`

const rulePath = "org/acme/rules/iis/tracing/tracing.rego"

// directory writes files below a new directory and returns it.
func directory(t testing.TB, files map[string]string) string {
	t.Helper()
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

func TestLoad(t *testing.T) {
	root := directory(t, map[string]string{
		rulePath: ruleText,
		"org/acme/rules/iis/tracing/tracing_test.rego": "package nonsense {",
		"org/acme/words/words.rego":                    "package org.acme.words\n\nx := 1\n",
		"org/acme/data.json":                           `{"names": ["a"]}`,
		"org/acme/.hidden.rego":                        "nonsense",
		"fixtures/one/data.json":                       `{"x": 1}`,
		"README.md":                                    "text",
		".manifest":                                    `{"revision": "7", "roots": ["org/acme"]}`,
	})
	got, err := Load(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	if got.Info.Name != "org/acme" || got.Info.Revision != "7" || got.Info.SignedBy != "" || !strings.HasPrefix(got.Info.Digest, "sha256:") {
		t.Errorf("info = %+v", got.Info)
	}
	if len(got.Modules) != 2 {
		t.Errorf("modules = %q, want 2", got.files())
	}
	if len(got.Rules) != 1 {
		t.Fatalf("rules = %+v, want 1", got.Rules)
	}
	rule := got.Rules[0]
	if rule.ID != "ACME-001" || rule.Package != "org.acme.rules.iis.tracing" || rule.Bundle != "org/acme" || rule.Line != 1 ||
		rule.File != filepath.Join(root, filepath.FromSlash(rulePath)) {
		t.Errorf("rule = %+v", rule)
	}
	if rule.Title != "Acme tracing module" || rule.Stance != exvet.Review || rule.Clause != "-" || rule.Roles == nil ||
		len(rule.References) != 1 || rule.References[0] != "https://acme.example/rules/1" {
		t.Errorf("about = %+v", rule.About)
	}
	again, err := Load(t.Context(), root)
	if err != nil || again.Info.Digest != got.Info.Digest {
		t.Errorf("second load: digest %q, %v; want %q", again.Info.Digest, err, got.Info.Digest)
	}
	if err := os.WriteFile(filepath.Join(root, "org", "acme", "data.json"), []byte(`{"names": ["b"]}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if changed, err := Load(t.Context(), root); err != nil || changed.Info.Digest == got.Info.Digest {
		t.Errorf("digest %q is that of other content (%v)", changed.Info.Digest, err)
	}
}

func TestLoadRefuses(t *testing.T) {
	// change replaces old by new in the rule that fits.
	change := func(old, new string) map[string]string {
		if !strings.Contains(ruleText, old) {
			t.Fatalf("the rule does not hold %q", old)
		}
		return map[string]string{rulePath: strings.Replace(ruleText, old, new, 1)}
	}
	with := func(name, content string) map[string]string {
		return map[string]string{rulePath: ruleText, name: content}
	}
	second := func(old, new string) map[string]string {
		return with("org/acme/rules/iis/second/second.rego", strings.NewReplacer("iis.tracing", "iis.second", old, new).Replace(ruleText))
	}
	tests := []struct {
		name   string
		files  map[string]string
		reason string
		says   []string
	}{
		{"nothing in it", map[string]string{"README.md": "x"}, "bundle/empty", []string{"org/<name>/"}},
		{"only words", map[string]string{"org/acme/words/words.rego": "package org.acme.words\n\nx := 1\n"}, "bundle/empty", []string{"org.acme.rules.<area>.<name>"}},
		{"owner without a product", with("org/acme/data.yaml", "owners:\n- owner: Mail team\n"), "owner/malformed", []string{"data.yaml:2", "no product"}},
		{"owners that are none", with("org/acme/data.yaml", "owners:\n  Contoso: Mail team\n"), "owner/malformed", []string{"data.yaml:1", "not a list"}},
		{"owner with another key", with("org/acme/data.yaml", "owners:\n- {product: x, owner: y, mail: z}\n"), "owner/malformed", []string{"data.yaml:2", `"mail"`}},
		{"not Rego", change("findings contains", "findings containing"), "bundle/parse", []string{"tracing.rego:20"}},
		{"data is not JSON", with("org/acme/data.json", "{"), "bundle/parse", []string{"data.json"}},
		{"manifest is not JSON", with(".manifest", "{"), "bundle/parse", []string{".manifest"}},
		{"package of the core", change("package org.acme", "package exvet"), "bundle/root-claimed", []string{"tracing.rego:14", "package exvet.rules"}},
		{"package of another organisation", with("org/other/x.rego", "package org.other\n\nx := 1\n"), "bundle/root-claimed", []string{"x.rego:1"}},
		{"data of the core", with("exvet/known/data.json", `{"iis": 1}`), "bundle/root-claimed", []string{`"exvet"`}},
		{"data at the root", with("data.json", `{"x": 1}`), "bundle/root-claimed", []string{`"x"`}},
		{"data where the root is", with("org/data.json", `{"acme": 1, "other": {}}`), "bundle/root-claimed", []string{`"org/other"`}},
		{"manifest root of the core", with(".manifest", `{"roots": ["org/acme", "exvet"]}`), "bundle/root-claimed", []string{`"exvet"`}},
		{"manifest root of everything", with(".manifest", `{"roots": [""]}`), "bundle/root-claimed", []string{`""`}},
		{"package outside the manifest's root", with(".manifest", `{"roots": ["org/acme/words"]}`), "bundle/root-claimed", []string{"tracing.rego:14"}},
		{"no METADATA", change("# METADATA", "# metadata"), "bundle/metadata", []string{"tracing.rego:14", "no METADATA"}},
		{"no about", change("about :=", "around :="), "bundle/metadata", []string{`"about"`}},
		{"no findings", change("findings contains", "finds contains"), "bundle/metadata", []string{`"findings"`}},
		{"too shallow", change("rules.iis.tracing", "rules.tracing"), "bundle/metadata", []string{"rules.<area>.<name>"}},
		{"too deep", change("rules.iis.tracing", "rules.iis.deep.tracing"), "bundle/metadata", []string{"rules.<area>.<name>"}},
		{"no title", change("# title: Acme tracing module\n", ""), "bundle/metadata", []string{"tracing.rego:1", "title"}},
		{"no remediation", change("#   remediation: Take it out.\n", ""), "bundle/metadata", []string{"remediation"}},
		{"no id", change("#   id: ACME-001\n", ""), "bundle/metadata", []string{"custom.id"}},
		{"bad id", change("ACME-001", "acme one"), "bundle/metadata", []string{"tracing.rego:7", "acme one"}},
		{"bad stance", change("stance: review", "stance: bad"), "bundle/metadata", []string{"tracing.rego:8", `"bad"`, "unsupported"}},
		{"bad severity", change("severity: low", "severity: lowest"), "bundle/metadata", []string{"lowest"}},
		{"bad clause", change(`clause: "-"`, "clause: C9"), "bundle/metadata", []string{"C9"}},
		{"bad basis", change("basis: inference", "basis: hunch"), "bundle/metadata", []string{"hunch"}},
		{"needs is a string", change("[iis.modules]", "iis.modules"), "bundle/metadata", []string{"tracing.rego:12", "[iis.modules]"}},
		{"needs nothing", change("[iis.modules]", "[]"), "bundle/metadata", []string{"needs"}},
		{"needs no fact path", change("[iis.modules]", "[input.facts/iis]"), "bundle/metadata", []string{"input.facts/iis"}},
		{"unknown role", change("#   remediation", "#   roles: [mailbx]\n#   remediation"), "bundle/metadata", []string{"tracing.rego:13", "mailbx"}},
		{"build is a number", change("#   remediation", "#   since: 15.2\n#   remediation"), "bundle/metadata", []string{"custom.since", "quotes"}},
		{"build is a word", change("#   remediation", "#   until: CU22\n#   remediation"), "bundle/metadata", []string{"CU22"}},
		{"unknown custom key", change("#   remediation", "#   remedy: x\n#   remediation"), "bundle/metadata", []string{"tracing.rego:13", "custom.remedy"}},
		{"key outside custom", change("# custom:", "# roles: [mailbox]\n# custom:"), "bundle/metadata", []string{"tracing.rego:6", `"roles"`}},
		{"one id twice", second("", ""), "bundle/duplicate-id", []string{"ACME-001", "second.rego:1", "tracing.rego:1"}},
		{"network", change(`m.key == "tracing"`, `http.send({"url": m.key}).status_code == 200`), "bundle/forbidden-builtin", []string{"tracing.rego:22", "http.send"}},
		{"clock", change(`m.key == "tracing"`, `x := time.now_ns()`), "bundle/forbidden-builtin", []string{"tracing.rego:22", "time.now_ns"}},
		{"chance in a comprehension", change(`m.key == "tracing"`, `count([1 | rand.intn(m.key, 2) == 1]) == 1`), "bundle/forbidden-builtin", []string{"rand.intn"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Load(t.Context(), directory(t, test.files))
			refused(t, err, test.reason, test.says...)
		})
	}
	t.Run("no such directory", func(t *testing.T) {
		_, err := Load(t.Context(), filepath.Join(t.TempDir(), "absent"))
		refused(t, err, "bundle/not-found", "absent")
	})
	t.Run("a file", func(t *testing.T) {
		_, err := Load(t.Context(), filepath.Join(directory(t, change("x", "x")), filepath.FromSlash(rulePath)))
		refused(t, err, "bundle/not-found", "is a file")
	})
	t.Run("a linked folder", func(t *testing.T) {
		root := directory(t, map[string]string{"README.md": "x"})
		if err := os.Symlink(filepath.Join(directory(t, change("x", "x")), "org"), filepath.Join(root, "org")); err != nil {
			t.Skipf("links cannot be made here: %v", err)
		}
		_, err := Load(t.Context(), root)
		refused(t, err, "bundle/parse", "org is a link")
	})
	t.Run("given up", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := Load(ctx, directory(t, change("x", "x"))); !errors.Is(err, context.Canceled) {
			t.Errorf("error = %v, want context.Canceled", err)
		}
	})
}

func TestDisjoint(t *testing.T) {
	load := func(organisation, id string) *Bundle {
		text := strings.NewReplacer("org.acme", "org."+organisation, "ACME-001", id).Replace(ruleText)
		loaded, err := Load(t.Context(), directory(t, map[string]string{"rule.rego": text}))
		if err != nil {
			t.Fatal(err)
		}
		return loaded
	}
	core, err := Core()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		loaded []*Bundle
		reason string
	}{
		{"two organisations", []*Bundle{core, load("acme", "ACME-001"), load("beta", "BETA-001")}, ""},
		{"one root twice", []*Bundle{core, load("acme", "ACME-001"), load("acme", "ACME-002")}, "bundle/root-claimed"},
		{"one id twice", []*Bundle{core, load("acme", "ACME-001"), load("beta", "ACME-001")}, "bundle/duplicate-id"},
		{"an id of the core", []*Bundle{core, load("acme", core.Rules[0].ID)}, "bundle/duplicate-id"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := Disjoint(test.loaded)
			if test.reason == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			refused(t, err, test.reason)
		})
	}
}

func TestCore(t *testing.T) {
	core, err := Core()
	if err != nil {
		t.Fatal(err)
	}
	if core.Info.Name != "core" || core.Info.SignedBy != "embedded" || len(core.Roots) != 1 || core.Roots[0] != "exvet" {
		t.Errorf("core is %+v with the roots %q", core.Info, core.Roots)
	}
	for _, rule := range core.Rules {
		if !strings.HasPrefix(rule.ID, "EXV-") || !strings.HasPrefix(rule.Package, "exvet.rules.") {
			t.Errorf("rule %q is package %s", rule.ID, rule.Package)
		}
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
