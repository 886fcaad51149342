package report

import (
	"bufio"
	"io"
	"strings"

	"github.com/exvet/exvet"
)

// A RulePage is what the page of a rule in docs/rules says beside its METADATA.
type RulePage struct {
	exvet.About
	Source string        // address of the rule's text, relative to the page
	Finds  []RuleFixture // servers its tests hold it to find something on
	Silent []RuleFixture // servers its tests hold it to be silent on
}

// A RuleFixture is a made server of policies/fixtures.
type RuleFixture struct {
	Name  string
	About string // in what it differs from a healthy server
}

// WriteRulePage prints the page of a rule: the practice, why, how exvet sees it, which false alarms it avoids,
// what to do, what instead, and how to reproduce a problem without it.
func WriteRulePage(w io.Writer, rule RulePage) error {
	m := markdown{bufio.NewWriter(w)}
	m.printf("<!-- Generated from the rule's METADATA and tests by `make docs`. -->\n\n# %s\n\n", escapeMarkdown(rule.Title))
	m.printf("| id | stance | severity | clause | basis |\n| --- | --- | --- | --- | --- |\n| %s | %s | %s | %s | %s |\n",
		code(rule.ID), escapeMarkdown(string(rule.Stance)), escapeMarkdown(string(rule.Severity)), escapeMarkdown(rule.Clause),
		escapeMarkdown(rule.Basis))
	m.chapter("The practice", rule.Description)
	m.chapter("Why it matters", whyOf(rule.About))
	unseen := "it"
	if len(rule.Needs) > 1 {
		unseen = "one of them"
	}
	m.printf("\n## How exvet sees it\n\nIt reads %s; where %s was not seen the rule is *unknown* there, never clear.", codes(rule.Needs), unseen)
	if scope := scopeOf(rule.About); scope != "" {
		m.printf(" It is asked only of servers of this kind: %s.", escapeMarkdown(scope))
	}
	if rule.Source != "" {
		m.printf(" Its text is [%s](%s).", escapeMarkdown(rule.Source[strings.LastIndexByte(rule.Source, '/')+1:]), rule.Source)
	}
	m.printf("\n")
	m.printf("\n## False alarms it avoids\n\n")
	m.printf("Its tests are made servers, each a healthy one with something changed (`policies/fixtures`). It must say nothing on these:\n")
	m.fixtures(rule.Silent)
	if len(rule.Finds) > 0 {
		m.printf("\nAnd it must find something on these:\n")
		m.fixtures(rule.Finds)
	}
	m.chapter("What to do", rule.Remediation)
	m.chapter("What instead", rule.Alternative)
	m.chapter("How to reproduce a problem without it", rule.Repro)
	if len(rule.References) > 0 {
		m.printf("\n## References\n\n")
	}
	for _, reference := range rule.References {
		if target := webLink(reference); target != "" {
			m.printf("- <%s>\n", target)
		} else {
			m.printf("- %s\n", escapeMarkdown(reference))
		}
	}
	return m.w.Flush()
}

// fixtures lists servers with what sets them apart.
func (m markdown) fixtures(all []RuleFixture) {
	m.printf("\n| server | what is changed there |\n| --- | --- |\n")
	for _, f := range all {
		about := f.About
		if f.Name == "healthy" {
			about = "nothing: Exchange as setup leaves it"
		}
		m.printf("| %s | %s |\n", code(f.Name), escapeMarkdown(about))
	}
}

func (m markdown) chapter(title, body string) {
	if strings.TrimSpace(body) == "" {
		return
	}
	m.printf("\n## %s\n", title)
	for paragraph := range strings.SplitSeq(strings.TrimSpace(body), "\n\n") {
		m.printf("\n%s\n", escapeMarkdown(flow(paragraph)))
	}
}

// whyOf says what a rule stands on, in sentences.
func whyOf(rule exvet.About) string {
	weight := map[exvet.Stance]string{
		exvet.Unsupported: "Microsoft's support statement for third-party integrations, KB 3086992, rules the practice out.",
		exvet.Security:    "It is a sign of compromise or a weakened control. That is no statement of Microsoft's about support.",
		exvet.Review:      "Facts alone cannot decide whether it is supported: somebody who knows the product has to.",
		exvet.Deprecated:  "It works today and is going away.",
		exvet.Supported:   "It is a supported way to integrate with Exchange, recognised and named so that nobody has to ask.",
	}[rule.Stance]
	inferred := rule.Basis == "inference"
	if inferred && rule.Stance == exvet.Unsupported {
		weight = "Microsoft's support statement for third-party integrations, KB 3086992, rules out practices of this kind."
	}
	switch {
	case rule.Clause == "-":
		return weight + " No clause of the statement is about it."
	case rule.Clause == "S":
		return weight
	case inferred:
		return weight + " It is consistent with " + clauseName(rule.Clause) + ", which does not name the method: that is an inference."
	}
	return weight + " It falls under " + clauseName(rule.Clause) + "."
}

// codes lists texts as code: "`a`, `b` and `c`".
func codes(texts []string) string {
	var parts []string
	for _, text := range texts {
		parts = append(parts, code(text))
	}
	if n := len(parts); n > 1 {
		return strings.Join(parts[:n-1], ", ") + " and " + parts[n-1]
	}
	return strings.Join(parts, "")
}

// A RuleArea is the rules of one part of a server, as the index of the rule pages shows them.
type RuleArea struct {
	Title string
	Rules []exvet.About
}

// WriteRuleIndex prints the index of the rule pages, which are called after their ids.
func WriteRuleIndex(w io.Writer, areas []RuleArea) error {
	m := markdown{bufio.NewWriter(w)}
	total := 0
	for _, area := range areas {
		total += len(area.Rules)
	}
	m.printf("<!-- Generated from the rules' METADATA by `make docs`. -->\n\n# The rules\n\n")
	m.printf("%s, each with a page: the practice, why it matters, how exvet sees it, which false alarms it avoids, what to do and what\n"+
		"instead. A clause with `~` before it is an inference. `exvet rule show ID` says the same on a terminal.\n", count(total, "rule"))
	for _, area := range areas {
		m.printf("\n## %s\n\n| id | stance | severity | clause | what it looks for |\n| --- | --- | --- | --- | --- |\n", escapeMarkdown(area.Title))
		for _, rule := range area.Rules {
			clause := rule.Clause
			if rule.Basis == "inference" && clause != "-" && clause != "S" {
				clause = "~" + clause
			}
			m.printf("| [%s](%s.md) | %s | %s | %s | %s |\n", escapeMarkdown(rule.ID), rule.ID, escapeMarkdown(string(rule.Stance)),
				escapeMarkdown(string(rule.Severity)), escapeMarkdown(clause), escapeMarkdown(rule.Title))
		}
	}
	return m.w.Flush()
}
