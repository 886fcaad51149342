package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/hub/store"
)

// How much of a report goes into the tables. The report itself is stored whole.
const (
	maxFindings = 50_000
	maxList     = 5_000
	maxKey      = 500  // bytes of a text that is part of a key
	maxText     = 4000 // of any other
)

// look takes out of a report what the tables hold.
func look(report *exvet.Report) (store.Look, error) {
	s := &report.Servers[0]
	l := store.Look{
		Reported: clean(s.Server.Name, 200), Product: clean(s.Server.Product, 200), Build: clean(s.Server.Build, 60),
		Roles: clean(strings.Join(s.Server.Roles, ", "), 200), Unsure: map[string]bool{},
	}
	seen := map[[2]string]bool{}
	for i := range s.Results {
		if err := addResult(&l, &s.Results[i], seen); err != nil {
			return l, err
		}
	}
	if applicable := l.Rules - s.Summary.NotApplicable; applicable > 0 && s.Summary.Coverage >= 0 && s.Summary.Coverage <= 1 {
		l.Coverage = s.Summary.Coverage
	}
	for _, section := range slices.Sorted(maps.Keys(s.Collected)) {
		for _, m := range s.Collected[section].Missing {
			l.Gaps = append(l.Gaps, store.Gap{
				Section: clean(section, 60), Scope: clean(m.Scope, maxKey), Reason: clean(m.Reason, maxKey), Place: clean(place(m), maxKey),
				Facts: clean(strings.Join(m.Facts, ", "), maxKey),
			})
		}
	}
	for i := range s.Integrations {
		in := &s.Integrations[i]
		l.Integrations = append(l.Integrations, store.Integration{
			Title: clean(in.Title(), maxKey), Vendor: clean(in.Vendor, 200), Product: clean(in.Product, 200), Version: clean(in.Version, 200),
			Signer: clean(in.Signer, 200), Owner: clean(in.Owner, 200), Confidence: clean(in.Confidence, 20), Stance: store.StanceRank(in.Stance),
			Methods: len(in.Methods), Waived: in.Waived,
		})
	}
	for _, w := range report.Waivers {
		l.Waivers = append(l.Waivers, store.Waiver{
			Rule: clean(w.Rule, 100), Subject: clean(w.Subject, maxKey), Owner: clean(w.Owner, 200), Reason: clean(w.Reason, maxText),
			Expires: clean(w.Expires, 20), Ticket: clean(w.Ticket, 200), Disposition: clean(w.Disposition, 20), State: clean(string(w.State), 20),
			Findings: w.Findings,
		})
	}
	for name, n := range map[string]int{"rules": l.Rules, "gaps": len(l.Gaps), "integrations": len(l.Integrations), "waivers": len(l.Waivers)} {
		if n > maxList {
			return l, fmt.Errorf("the report holds %d %s; the hub takes %d", n, name, maxList)
		}
	}
	return l, nil
}

func place(m exvet.Missing) string {
	if m.Line > 0 {
		return fmt.Sprintf("%s:%d", m.File, m.Line)
	}
	return m.File
}

func addResult(l *store.Look, result *exvet.Result, seen map[[2]string]bool) error {
	rule := store.Rule{
		ID: clean(result.ID, 100), Title: clean(result.Title, maxKey), Stance: store.StanceRank(result.Stance), Severity: store.SeverityRank(result.Severity),
		Clause: clause(result.Clause), Remediation: clean(result.Remediation, maxText), Alternative: clean(result.Alternative, maxText),
	}
	l.Rules++
	outcome := store.Outcome{Rule: rule.ID, Status: string(result.Status)}
	switch result.Status {
	case exvet.Unknown:
		l.Unknown++
	case exvet.Error:
		l.Failed++
	}
	if result.Status == exvet.Error || len(result.Missing) > 0 || result.Status == exvet.NotApplicable {
		l.Unsure[rule.ID] = true
	}
	for i := range result.Findings {
		f := &result.Findings[i]
		found := store.Finding{
			Rule: rule.ID, Subject: clean(f.Subject, maxKey), Stance: rule.Stance, Severity: store.SeverityRank(f.Severity), Clause: rule.Clause,
			Waived: f.Waiver != nil, Integration: clean(f.Integration, 200),
		}
		key := [2]string{found.Rule, found.Subject}
		if seen[key] {
			continue
		}
		seen[key] = true
		if l.Findings = append(l.Findings, found); len(l.Findings) > maxFindings {
			return fmt.Errorf("the report holds more than the %d findings the hub takes of a server", maxFindings)
		}
		if found.Waived {
			outcome.Waived++
		} else {
			outcome.Findings++
		}
	}
	switch result.Status {
	case exvet.Found, exvet.Waived, exvet.Unknown, exvet.Error:
	default:
		return nil
	}
	if seen[[2]string{"", rule.ID}] {
		return nil
	}
	seen[[2]string{"", rule.ID}] = true
	sum := sha256.Sum256([]byte(strings.Join([]string{rule.Title, string(result.Stance), string(result.Severity), rule.Clause, rule.Remediation, rule.Alternative}, "\x00")))
	rule.Variant = hex.EncodeToString(sum[:8])
	outcome.Variant = rule.Variant
	l.About = append(l.About, rule)
	l.Outcomes = append(l.Outcomes, outcome)
	return nil
}

// clause is one of the clauses, or "-".
func clause(text string) string {
	if slices.Contains(store.Clauses(), text) {
		return text
	}
	return "-"
}

// clean makes a text of an agent fit for any database: valid, without NUL, and no longer than so many bytes. Where it is longer,
// what is cut stands there as a digest, so that different texts stay different.
func clean(text string, most int) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
	if len(text) <= most {
		return text
	}
	sum := sha256.Sum256([]byte(text))
	digest := hex.EncodeToString(sum[:6])
	end := max(most-len(digest)-len("…"), 0)
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…" + digest
}
