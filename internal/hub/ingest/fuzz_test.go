package ingest

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/exvet/exvet/internal/decision"
)

// FuzzResult reads what an agent reports, puts changes over it and takes out of it what the tables hold.
func FuzzResult(f *testing.F) {
	const report = `"report": {"format": 1, "generated_at": "2026-11-20T08:00:00Z", "servers": [{"server": {"name": "EX01", "roles": ["mailbox"]}, "results": [
		{"id": "EXV-A-1", "title": "a", "stance": "unsupported", "severity": "high", "status": "found", "findings": [{"subject": "pool:X", "severity": "high", "message": "m"}],
		 "missing": [{"scope": "", "reason": "r", "facts": ["iis"]}]}], "collected": {"iis": {"missing": [{"reason": "x"}]}}, "integrations": [{"product": "P"}], "summary": {"coverage": 1}}],
		"waivers": [{"rule": "EXV-A-1", "expires": "2026-12-31"}], "exit": {"fail_on": "medium"}}`
	f.Add([]byte(`[{"decision_id": "d", "labels": {"id": "a"}, "result": {"format": 1, "kind": "whole", "cause": "start", "host": "EX01", ` + report + `}}]`))
	f.Add([]byte(`[{"decision_id": "d", "result": {"format": 1, "kind": "changes", "base": "b", "removed": ["EXV-A-1"], ` + report + `}}]`))
	f.Add([]byte(`[{"decision_id": "d", "result": {"format": 1, "kind": "failure", "error": "agent/timeout: x"}}]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		_ = named(body)
		one, ok := single(body)
		if !ok || check(one.Result) != nil || one.Result.Kind == decision.Failure {
			return
		}
		result := one.Result
		if result.Kind == decision.Changes {
			if _, err := decision.Apply(result.Report, *result); err != nil {
				t.Errorf("what was read as changes is none: %v", err)
			}
		}
		seen, err := look(result.Report)
		if err != nil {
			return
		}
		for _, finding := range seen.Findings {
			for _, text := range []string{finding.Rule, finding.Subject, finding.Clause, finding.Integration} {
				if !utf8.ValidString(text) || strings.ContainsRune(text, 0) || len(text) > maxText {
					t.Errorf("a text no table takes: %q", text)
				}
			}
		}
	})
}
