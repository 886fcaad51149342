package report

import (
	"io"
	"strings"

	"github.com/exvet/exvet"
)

// WriteRules prints one line a rule.
func WriteRules(w io.Writer, rules []exvet.About, options Options) error {
	p := newPage(options)
	idWidth := len("ID")
	for _, rule := range rules {
		idWidth = max(idWidth, min(columns(Safe(rule.ID)), 24))
	}
	row := func(id, stance, severity, clause, title string, tint, titleStyle style) {
		head := pad(cut(Safe(severity), 8), 10) + pad(cut(Safe(clause), 6), 8)
		room := p.width - idWidth - 2 - 13 - columns(head)
		p.line(
			span{pad(cut(Safe(id), idWidth), idWidth+2), plain}, span{pad(cut(Safe(stance), 11), 13), tint},
			span{head, plain}, span{cut(Safe(title), room), titleStyle})
	}
	row("ID", "STANCE", "SEVERITY", "CLAUSE", "TITLE", dim, dim)
	for _, rule := range rules {
		row(rule.ID, string(rule.Stance), string(rule.Severity), rule.Clause, rule.Title, stanceStyle(rule.Stance), plain)
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

// WriteRule says in plain words what a rule looks for, why, and what to do where it is found. Place is where
// the rule is written: "core, policies/exvet/rules/iis/foreign_module/foreign_module.rego:1".
func WriteRule(w io.Writer, rule exvet.About, place string, options Options) error {
	const label = 14
	p := newPage(options)
	p.paragraph([]span{{pad(cut(Safe(rule.ID), 24), label), bold}}, rule.Title, span{}, 3)
	p.line(span{strings.Repeat(" ", label), plain}, span{cut(Safe(string(rule.Stance)), 11), stanceStyle(rule.Stance)},
		span{", severity " + cut(Safe(string(rule.Severity)), 8) + ", " + clauseText(rule), plain})
	p.blank()
	field := func(name, text string) {
		if strings.TrimSpace(text) == "" {
			return
		}
		for i, paragraph := range strings.Split(strings.TrimSpace(text), "\n\n") {
			if i > 0 {
				name = ""
			}
			p.paragraph([]span{{pad(name, label), dim}}, strings.ReplaceAll(paragraph, "\n", " "), span{}, 40)
		}
	}
	field("looks for", rule.Description)
	field("needs", strings.Join(rule.Needs, ", "))
	field("applies to", scopeOf(rule))
	field("what to do", rule.Remediation)
	field("instead", rule.Alternative)
	field("without it", rule.Repro)
	for i, reference := range rule.References {
		name := "references"
		if i > 0 {
			name = ""
		}
		p.line(span{pad(name, label), dim}, span{reference, plain})
	}
	field("written in", place)
	_, err := io.WriteString(w, p.b.String())
	return err
}

// clauseName says what a clause of the KB is about.
func clauseName(clause string) string {
	names := map[string]string{
		"C1": "clause C1 (thread impersonation)",
		"C2": "clause C2 (changed streams)",
		"C3": "clause C3 (foreign code in an Exchange pool)",
		"C4": "clause C4 (account of a pool or service)",
		"C5": "clause C5 (DLL injection)",
		"S":  "a supported method",
		"-":  "no clause of the KB",
	}
	if name, ok := names[clause]; ok {
		return name
	}
	return "clause " + cut(Safe(clause), 8)
}

// scopeOf says which servers a rule is for, or "" for all.
func scopeOf(rule exvet.About) string {
	var parts []string
	for _, role := range rule.Roles {
		parts = append(parts, roleName(role))
	}
	if rule.Since != "" {
		parts = append(parts, "build "+rule.Since+" and later")
	}
	if rule.Until != "" {
		parts = append(parts, "build "+rule.Until+" and earlier")
	}
	return strings.Join(parts, ", ")
}

// clauseText says what a rule stands on: "clause C3 (foreign code in an Exchange pool), stated by the KB".
func clauseText(rule exvet.About) string {
	switch {
	case rule.Clause == "-":
		return clauseName(rule.Clause)
	case rule.Basis == "inference":
		return clauseName(rule.Clause) + ", inferred: the KB does not name it"
	}
	return clauseName(rule.Clause) + ", stated by the KB"
}
