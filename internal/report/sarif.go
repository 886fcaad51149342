package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/exvet/exvet"
)

const homepage = "https://github.com/exvet/exvet"

// writeSARIF prints a SARIF 2.1.0 log with a run for each server. GitHub asks that each run of a file is of
// a category of its own, that each result has a physical location, and that a run which found something calls
// itself successful: whether it did is the exit code.
func writeSARIF(w io.Writer, r *exvet.Report, _ Options) error {
	log := sarifLog{
		Schema:  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
		Version: "2.1.0",
		Runs:    []sarifRun{},
	}
	names := serverNames(r)
	for i := range r.Servers {
		log.Runs = append(log.Runs, sarifServer(r, &r.Servers[i], names[i]))
	}
	document, err := indentedJSON(log, " ") // people seldom read it, and it is the longest of the formats
	if err != nil {
		return err
	}
	_, err = w.Write(document)
	return err
}

func sarifServer(r *exvet.Report, s *exvet.ServerReport, name string) sarifRun {
	run := sarifRun{
		Tool: sarifTool{sarifDriver{Name: "exvet", Version: Safe(r.Exvet.Version), InformationURI: homepage, Rules: []sarifRule{}}},
		Automation: sarifAutomation{
			ID:          "exvet/" + url.PathEscape(name) + "/",
			Description: sarifMessage{Safe(name + ": " + aboutServer(s))},
		},
		Invocations: []sarifInvocation{{
			Successful: true, ExitCode: r.Exit.Code, ExitReason: Safe(r.Exit.Reason),
			End: r.GeneratedAt.UTC().Format(time.RFC3339), Notifications: sarifNotifications(s), Configuration: sarifSettings(r),
		}},
		Results: []sarifResult{},
		Properties: map[string]any{
			"coverage": s.Summary.Coverage, "snapshotSha256": Safe(s.Snapshot.SHA256), "source": Safe(s.Source),
			"collectedAt": s.Snapshot.CollectedAt.UTC().Format(time.RFC3339),
		},
	}
	for i := range s.Results {
		result := &s.Results[i]
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRuleOf(result.About))
		seen := map[string]int{}
		for _, f := range result.Findings {
			seen[f.Subject]++
			run.Results = append(run.Results, sarifFinding(s, result, i, f, seen[f.Subject]))
		}
	}
	return run
}

func sarifRuleOf(rule exvet.About) sarifRule {
	properties := map[string]any{
		"tags":             []string{"security", "exchange", Safe(string(rule.Stance)), "clause-" + Safe(rule.Clause)},
		"precision":        "very-high",
		"problem.severity": problemSeverity(rule.Severity),
		"stance":           Safe(string(rule.Stance)), "clause": Safe(rule.Clause), "basis": Safe(rule.Basis),
	}
	if rule.Basis == "inference" {
		properties["precision"] = "high"
	}
	if score := securitySeverity(rule.Severity); score != "" {
		properties["security-severity"] = score
	}
	out := sarifRule{
		ID: Safe(rule.ID), Short: sarifMessage{Safe(rule.Title)}, Full: sarifMessage{Safe(rule.Title)},
		Configuration: sarifConfiguration{sarifLevel(rule.Stance, rule.Severity)}, Properties: properties,
		Help: sarifHelp(rule),
	}
	if rule.Description != "" {
		out.Full.Text = flow(rule.Description)
	}
	for _, reference := range rule.References {
		if target := webLink(reference); target != "" {
			out.HelpURI = target
			break
		}
	}
	return out
}

// sarifHelp is everything a rule says of itself, as text and as Markdown.
func sarifHelp(rule exvet.About) sarifMultiformat {
	var text, marked strings.Builder
	add := func(label, body string) {
		if body == "" {
			return
		}
		if label != "" {
			fmt.Fprintf(&text, "%s: ", label)
			fmt.Fprintf(&marked, "**%s.** ", label)
		}
		fmt.Fprintf(&text, "%s\n", flow(body))
		fmt.Fprintf(&marked, "%s\n\n", escapeMarkdown(flow(body)))
	}
	add("", rule.Title)
	add("", rule.Description)
	add("Stands on", clauseText(rule))
	add("What to do", rule.Remediation)
	add("Instead", rule.Alternative)
	add("To see whether a problem stays without it", rule.Repro)
	for _, reference := range rule.References {
		if target := webLink(reference); target != "" {
			fmt.Fprintf(&text, "%s\n", target)
			fmt.Fprintf(&marked, "- <%s>\n", target)
		}
	}
	return sarifMultiformat{text.String(), marked.String()}
}

// flow is a text of METADATA in one line.
func flow(text string) string { return Safe(strings.Join(strings.Fields(text), " ")) }

// webLink is an address that may be followed from a report, or "".
func webLink(address string) string {
	target, err := url.Parse(address)
	if err != nil || (target.Scheme != "https" && target.Scheme != "http") || target.Host == "" {
		return ""
	}
	return target.String()
}

// sarifLevel is the level of a result. A supported integration is no problem, and SARIF has a word for that.
func sarifLevel(stance exvet.Stance, severity exvet.Severity) string {
	switch {
	case stance == exvet.Supported:
		return "none"
	case severity.Rank() >= exvet.High.Rank():
		return "error"
	case severity == exvet.Medium:
		return "warning"
	}
	return "note"
}

// securitySeverity is the score GitHub sorts alerts by, in the middle of the range of its word.
func securitySeverity(severity exvet.Severity) string {
	return map[exvet.Severity]string{exvet.Critical: "9.5", exvet.High: "8.0", exvet.Medium: "5.5", exvet.Low: "2.5"}[severity]
}

func problemSeverity(severity exvet.Severity) string {
	switch sarifLevel(exvet.Unsupported, severity) {
	case "error":
		return "error"
	case "warning":
		return "warning"
	}
	return "recommendation"
}

// sarifFinding is one finding; nth tells findings of one rule and subject apart.
func sarifFinding(s *exvet.ServerReport, rule *exvet.Result, index int, f exvet.Finding, nth int) sarifResult {
	out := sarifResult{
		RuleID: Safe(rule.ID), RuleIndex: index, Kind: "fail", Level: sarifLevel(rule.Stance, f.Severity),
		Message: sarifText(f.Message), Suppressions: []sarifSuppression{},
		Fingerprints: sarifFingerprints(s.Server.Name, rule.ID, f.Subject, nth),
		Properties: sarifFindingBag{
			Subject: Safe(f.Subject), Severity: Safe(string(f.Severity)), Stance: Safe(string(rule.Stance)),
			Integration: Safe(f.Integration), Binary: Safe(f.Binary),
		},
	}
	if rule.Stance == exvet.Supported {
		out.Kind = "informational"
	}
	out.Locations, out.Related = sarifLocations(f)
	if w := f.Waiver; w != nil {
		out.Suppressions = append(out.Suppressions, sarifSuppression{
			Kind: "external", Status: "accepted", Justification: Safe(w.Reason),
			Properties: map[string]any{"owner": Safe(w.Owner), "expires": Safe(w.Expires), "ticket": Safe(w.Ticket), "disposition": Safe(w.Disposition)},
		})
	}
	return out
}

// sarifText is a message in which nothing is a link: SARIF reads [text](target) as one.
func sarifText(text string) sarifMessage {
	text = Safe(text)
	if strings.Contains(text, "](") {
		text = strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(text)
	}
	return sarifMessage{text}
}

// sarifFingerprints tell a finding from others in every run: what was found and where, without line numbers.
// GitHub knows the name of the first only.
func sarifFingerprints(server, rule, subject string, nth int) map[string]string {
	sum := sha256.Sum256([]byte(strings.Join([]string{server, rule, subject}, "\x00")))
	print := hex.EncodeToString(sum[:16]) + ":" + strconv.Itoa(nth)
	return map[string]string{"primaryLocationLineHash": print, "exvetFinding/v1": print}
}

// sarifSettings say what was changed of the rules, and which waivers want a hand.
func sarifSettings(r *exvet.Report) []sarifNotification {
	all := []sarifNotification{}
	for _, n := range changedRules(r) {
		all = append(all, sarifNotification{Level: "note", Message: sarifText("setting: " + n.word + ": " + n.text)})
	}
	for _, n := range idleWaivers(r) {
		all = append(all, sarifNotification{Level: "warning", Message: sarifText("waiver: " + n.word + ": " + n.text)})
	}
	return all
}

// sarifNotifications say what was not seen, each cause once, and which rules failed.
func sarifNotifications(s *exvet.ServerReport) []sarifNotification {
	all := []sarifNotification{}
	if left := leftOut(s); left != "" {
		all = append(all, sarifNotification{Level: "warning", Message: sarifText("what if: " + left)})
	}
	for _, g := range gaps(s) {
		text := "not seen: " + g.label() + ": " + g.reason
		if len(g.rules) > 0 {
			text += "; unknown" + g.there() + ": " + strings.Join(g.rules, ", ")
		}
		note := sarifNotification{Level: "warning", Message: sarifText(text)}
		for _, file := range g.files[:min(len(g.files), maxFiles)] {
			note.Locations = append(note.Locations, sarifLocation{Physical: sarifPlace("file:"+file, g.line)})
		}
		all = append(all, note)
	}
	for i, result := range s.Results {
		if result.Status == exvet.Error {
			all = append(all, sarifNotification{
				Level: "error", Message: sarifText("rule in error: " + result.Error), Rule: &sarifReference{Safe(result.ID), i},
			})
		}
	}
	return all
}
