package engine

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/exvet/exvet"
)

// modules is a snapshot with IIS modules of those names, and nothing missing but in the scopes named.
func modules(open []string, names ...string) []byte {
	missing, list := []string{}, []string{}
	for _, scope := range open {
		missing = append(missing, fmt.Sprintf(`{"facts":["iis.modules"],"scope":%q,"reason":"not XML","file":"C:\\x\\web.config","line":41}`, scope))
	}
	for _, name := range names {
		list = append(list, fmt.Sprintf(`{"name":%q,"key":%q}`, name, strings.ToLower(name)))
	}
	status := "complete"
	if len(open) > 0 {
		status = "partial"
	}
	collected := fmt.Sprintf(`{"exchange":{"status":"complete","missing":[]},"iis":{"status":%q,"missing":[%s]}}`, status, strings.Join(missing, ","))
	facts := fmt.Sprintf(`{"exchange":{},"iis":{"modules":[%s]}}`, strings.Join(list, ","))
	return []byte(strings.Replace(framed(facts), `"collected":{}`, `"collected":`+collected, 1))
}

// findIf finds the module named bad, with more of the finding's keys.
func findIf(more string) string {
	return `findings contains {"subject": m.key, "message": "found", ` + more + `} if { some m in input.facts.iis.modules; m.key == "bad" }`
}

func TestEvaluate(t *testing.T) {
	tests := []struct {
		name     string
		rule     testRule
		snapshot []byte
		status   exvet.Status
		error    string   // part of it
		findings []string // "subject severity"
	}{
		{"found", testRule{body: findIf(`"binary": "b"`)}, modules(nil, "Good", "Bad"), exvet.Found, "", []string{"bad medium"}},
		{"clear", testRule{body: findIf(`"binary": "b"`)}, modules(nil, "Good"), exvet.Clear, "", nil},
		{"found on partial facts", testRule{body: findIf(`"binary": "b"`)}, modules([]string{"S/a"}, "Bad"), exvet.Found, "", []string{"bad medium"}},
		{"unknown", testRule{body: findIf(`"binary": "b"`)}, modules([]string{"S/a"}, "Good"), exvet.Unknown, "", nil},
		{"not for this role", testRule{custom: "#   roles: [edge]\n", body: findIf(`"binary": "b"`)}, modules(nil, "Good"), exvet.NotApplicable, "", nil},
		{"not for this build", testRule{custom: "#   since: \"15.2\"\n", body: findIf(`"binary": "b"`)}, modules(nil, "Good"), exvet.NotApplicable, "", nil},
		{"raised", testRule{body: findIf(`"severity": "critical"`)}, modules(nil, "Bad"), exvet.Found, "", []string{"bad critical"}},
		{"sorted", testRule{body: findModules}, modules(nil, "B", "a", "C"), exvet.Found, "", []string{"a medium", "b medium", "c medium"}},
		{"an array of findings", testRule{body: `findings := [{"subject": "s", "message": "m"}]`}, modules(nil), exvet.Found, "", []string{"s medium"}},

		{"conflict", testRule{body: `findings contains {"subject": x, "message": x} if x := words.broken`}, modules(nil, "a", "b"), exvet.Error, "conflict", nil},
		{"undefined findings", testRule{body: `findings := [1] if input.none`}, modules(nil), exvet.Error, "undefined", nil},
		{"no subject", testRule{body: `findings contains {"message": "m"}`}, modules(nil), exvet.Error, "no subject", nil},
		{"one of two without subject", testRule{body: "findings contains {\"message\": \"m\"}\n\nfindings contains {\"subject\": \"s\", \"message\": \"m\"}"}, modules(nil), exvet.Error, "no subject", nil},
		{"empty message", testRule{body: `findings contains {"subject": "s", "message": ""}`}, modules(nil), exvet.Error, "no message", nil},
		{"subject of another type", testRule{body: `findings contains {"subject": 1, "message": "m"}`}, modules(nil), exvet.Error, "subject is number", nil},
		{"unknown severity", testRule{body: findIf(`"severity": "worst"`)}, modules(nil, "Bad"), exvet.Error, "worst", nil},
		{"unknown key", testRule{body: findIf(`"sevrity": "high"`)}, modules(nil, "Bad"), exvet.Error, "sevrity", nil},
		{"evidence without ref", testRule{body: findIf(`"evidence": [{"value": "v", "rfe": "r"}]`)}, modules(nil, "Bad"), exvet.Error, "no ref", nil},
		{"evidence is text", testRule{body: findIf(`"evidence": ["line 3"]`)}, modules(nil, "Bad"), exvet.Error, "line 3", nil},
		{"a finding is text", testRule{body: `findings contains "found"`}, modules(nil), exvet.Error, "string", nil},
		{"findings are an object", testRule{body: `findings := {"a": {"subject": "s", "message": "m"}}`}, modules(nil), exvet.Error, "list", nil},
		{"about of its own", testRule{about: `about := object.union(rule.about(rego.metadata.chain()), {"needs": []})`, body: findModules}, modules([]string{"S"}), exvet.Error, "about.needs", nil},
		{"another rule's id", testRule{about: `about := object.union(rule.about(rego.metadata.chain()), {"id": "T-GOOD"})`, body: findModules}, modules(nil), exvet.Error, "about.id", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.rule.name = "tried"
			e, err := load(t, nil, testRule{name: "good", body: findModules}, test.rule)
			if err != nil {
				t.Fatal(err)
			}
			report, err := judge(t.Context(), e, test.snapshot, Options{Rules: []string{"T-*"}})
			if err != nil {
				t.Fatal(err)
			}
			if len(report.Results) != 2 || report.Results[0].ID != "T-GOOD" || report.Results[1].ID != "T-TRIED" {
				t.Fatalf("results = %+v", report.Results)
			}
			if good := report.Results[0]; good.Status == exvet.Error {
				t.Errorf("the other rule is in error: %s", good.Error)
			}
			got := report.Results[1]
			if got.Status != test.status || !strings.Contains(got.Error, test.error) || (test.error == "") != (got.Error == "") {
				t.Errorf("status = %s %q, want %s %q", got.Status, got.Error, test.status, test.error)
			}
			if got.Missing == nil || got.Findings == nil {
				t.Errorf("missing %v, findings %v: null in JSON", got.Missing, got.Findings)
			}
			var findings []string
			for _, finding := range got.Findings {
				findings = append(findings, finding.Subject+" "+string(finding.Severity))
				if finding.Evidence == nil {
					t.Error("evidence is null in JSON")
				}
			}
			if !reflect.DeepEqual(findings, test.findings) {
				t.Errorf("findings = %q, want %q", findings, test.findings)
			}
		})
	}
}

func TestEvaluateReport(t *testing.T) {
	e, err := load(t, nil, testRule{name: "find", body: findIf(`"evidence": [{"ref": "r2", "value": "v"}, {"ref": "r1", "value": "v"}]`)})
	if err != nil {
		t.Fatal(err)
	}
	report, err := judge(t.Context(), e, modules([]string{"S/a"}, "Bad"), Options{Source: "ex01.json", Rules: []string{"T-*"}})
	if err != nil {
		t.Fatal(err)
	}
	if report.Source != "ex01.json" || report.Server.Name != "EX01" || report.Server.ExchangeRoot != `C:\Ex` || len(report.Server.Roles) != 1 {
		t.Errorf("source %q, server %+v", report.Source, report.Server)
	}
	if want := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC); !report.Snapshot.CollectedAt.Equal(want) || len(report.Snapshot.SHA256) != 64 {
		t.Errorf("stamp = %+v", report.Snapshot)
	}
	if got := report.Collected["iis"]; got.Status != exvet.Partial || len(got.Missing) != 1 || got.Missing[0].Line != 41 {
		t.Errorf("iis = %+v", got)
	}
	if sum := report.Summary; sum.Rules != 1 || sum.Found != 1 || sum.Coverage != 1 || sum.Skipped != len(e.Rules())-1 {
		t.Errorf("summary = %+v", sum)
	}
	result := report.Results[0]
	if len(result.Missing) != 1 || result.Missing[0].Scope != "S/a" || result.Missing[0].Reason != "not XML" {
		t.Errorf("missing = %+v", result.Missing)
	}
	if evidence := result.Findings[0].Evidence; len(evidence) != 2 || evidence[0].Ref != "r2" || evidence[1].Ref != "r1" {
		t.Errorf("evidence = %+v, want it in the rule's order", evidence)
	}
}

func TestEvaluateRefuses(t *testing.T) {
	e, err := load(t, nil, testRule{name: "find", body: findModules})
	if err != nil {
		t.Fatal(err)
	}
	section := func(text string) []byte {
		return []byte(strings.Replace(framed(`{}`), `"collected":{}`, `"collected":{"iis":`+text+`}`, 1))
	}
	tests := []struct {
		name     string
		snapshot []byte
		options  Options
		reason   string
		says     string
	}{
		{"not JSON", []byte("<xml>"), Options{Source: "a.json"}, "snapshot/malformed", "a.json: "},
		{"status of no kind", section(`{"status":"fine","missing":[]}`), Options{}, "snapshot/format", `"fine"`},
		{"complete without facts", section(`{"status":"complete","missing":[]}`), Options{}, "snapshot/format", `"iis"`},
		{"section is text", section(`"complete"`), Options{}, "snapshot/format", `"collected"`},
		{"glob of nothing", modules(nil), Options{Rules: []string{"T-NONE*"}}, "rule/no-match", "T-NONE*"},
		{"one glob of nothing", modules(nil), Options{Rules: []string{"T-*", "X"}}, "rule/no-match", `"X"`},
		{"skip glob of nothing", modules(nil), Options{SkipRules: []string{"T-NONE"}}, "rule/no-match", "T-NONE"},
		{"no glob", modules(nil), Options{Rules: []string{"T-["}}, "rule/no-match", "not a glob"},
		{"everything skipped", modules(nil), Options{SkipRules: []string{"*"}}, "rule/no-match", "no rule is left"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := judge(t.Context(), e, test.snapshot, test.options)
			refused(t, err, test.reason, test.says)
		})
	}
	t.Run("given up", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := judge(ctx, e, modules(nil), Options{}); !errors.Is(err, context.Canceled) {
			t.Errorf("error = %v, want context.Canceled", err)
		}
	})
}

// A table that several rules share and that fails must fail for each of them, also where one worker asks them all.
func TestEvaluateSharedTable(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	broken := `findings contains {"subject": x, "message": x} if x := words.broken`
	e, err := load(t, nil, testRule{name: "a", body: broken}, testRule{name: "b", body: broken}, testRule{name: "c", body: findModules})
	if err != nil {
		t.Fatal(err)
	}
	report, err := judge(t.Context(), e, modules(nil, "x", "y"), Options{Rules: []string{"T-*"}})
	if err != nil {
		t.Fatal(err)
	}
	want := []exvet.Status{exvet.Error, exvet.Error, exvet.Found}
	for i, result := range report.Results {
		if result.Status != want[i] {
			t.Errorf("%s is %s, want %s", result.ID, result.Status, want[i])
		}
	}
}

func TestEvaluateSlowRule(t *testing.T) {
	e, err := load(t, nil,
		testRule{name: "fast", body: findModules},
		testRule{name: "slow", body: "findings contains {\"subject\": \"s\", \"message\": \"m\"} if {\n\tsome a in numbers.range(1, 10000)\n" +
			"\tsome b in numbers.range(1, 10000)\n\ta * b == 0\n}"})
	if err != nil {
		t.Fatal(err)
	}
	e.limit = 300 * time.Millisecond
	report, err := judge(t.Context(), e, modules(nil, "x"), Options{Rules: []string{"T-*"}})
	if err != nil {
		t.Fatal(err)
	}
	if fast := report.Results[0]; fast.Status != exvet.Found {
		t.Errorf("the fast rule is %s %q", fast.Status, fast.Error)
	}
	if slow := report.Results[1]; slow.Status != exvet.Error || !strings.Contains(slow.Error, "gave up after") {
		t.Errorf("the slow rule is %s %q", slow.Status, slow.Error)
	}
}
