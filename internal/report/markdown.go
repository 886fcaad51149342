package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/exvet/exvet"
)

// maxMarkdownFindings is how many findings of one rule a product lists: a comment on GitHub holds 65,536
// characters. JSON has them all.
const maxMarkdownFindings = 50

// A markdown writes text as GitHub shows it. What comes from a server is escaped, or stands in a code span.
type markdown struct{ w *bufio.Writer }

func writeMarkdown(w io.Writer, r *exvet.Report, _ Options) error {
	m := markdown{bufio.NewWriter(w)}
	m.printf("# exvet: exit %d\n\n%s\n", r.Exit.Code, escapeMarkdown(sentence(r.Exit.Reason)))
	m.table(r)
	for i := range r.Servers {
		m.server(&r.Servers[i], r.GeneratedAt)
	}
	m.notices("Settings", changedRules(r))
	m.notices("Waivers", idleWaivers(r))
	for _, note := range allNotes(r) {
		m.printf("\n> %s\n", escapeMarkdown(note))
	}
	m.printf("\nexvet %s, %s, %s\n", escapeMarkdown(r.Exvet.Version), escapeMarkdown(bundleNames(r.Bundles)), stamp(r.GeneratedAt))
	return m.w.Flush()
}

func (m markdown) notices(title string, all []notice) {
	if len(all) > 0 {
		m.printf("\n## %s\n\n", title)
	}
	for _, n := range all {
		m.printf("- **%s** %s\n", escapeMarkdown(n.word), escapeMarkdown(n.text))
	}
}

// printf writes text that is safe already; Flush says what went wrong.
func (m markdown) printf(format string, args ...any) { fmt.Fprintf(m.w, format, args...) }

// table shows the servers side by side.
func (m markdown) table(r *exvet.Report) {
	if len(r.Servers) == 0 {
		return
	}
	m.printf("\n| server | product | found | unknown | in error | waived | clear | coverage |\n| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for i, name := range serverNames(r) {
		s := &r.Servers[i]
		m.printf("| %s | %s | %d | %d | %d | %d | %d | %s |\n", escapeMarkdown(name), escapeMarkdown(aboutServer(s)),
			s.Summary.Found, s.Summary.Unknown, s.Summary.Error, s.Summary.Waived, s.Summary.Clear, percent(s.Summary.Coverage))
	}
}

func (m markdown) server(s *exvet.ServerReport, now time.Time) {
	m.printf("\n## %s\n\n%s. Seen %s.\n", escapeMarkdown(serverName(s)), escapeMarkdown(aboutServer(s)), stamp(s.Snapshot.CollectedAt))
	if left := leftOut(s); left != "" {
		m.printf("\n**What if**: %s\n", escapeMarkdown(left))
	}
	if all := gaps(s); len(all) > 0 {
		m.printf("\n### Not seen\n\n")
		for _, g := range all {
			m.gap(g, s.Server.ExchangeRoot)
		}
	}
	for _, product := range products(s) {
		m.product(s, product)
	}
	first := true
	for _, result := range s.Results {
		if result.Status != exvet.Error {
			continue
		}
		if first {
			m.printf("\n### Rules in error\n\n")
			first = false
		}
		m.printf("- %s %s: %s\n", code(result.ID), escapeMarkdown(result.Title), code(result.Error))
	}
	m.printf("\n%s\n", escapeMarkdown(counts(s, now)))
}

func (m markdown) gap(g *gap, root string) {
	m.printf("- **%s**: %s", escapeMarkdown(g.label()), escapeMarkdown(g.reason))
	if len(g.files) > 0 {
		m.printf(", %s", code(g.place(root)))
	}
	if n := len(g.files) - 1; n > 0 {
		m.printf(" and %s", count(n, "more file"))
	}
	if n := len(g.rules); n > 0 {
		m.printf(" (%s unknown%s)", count(n, "rule"), g.there())
	}
	m.printf("\n")
}

func (m markdown) product(s *exvet.ServerReport, p product) {
	m.printf("\n### %s: %s\n", escapeMarkdown(title(s, p.integration)), escapeMarkdown(string(p.integration.Stance)))
	for _, group := range byRule(p.claims) {
		rule := group[0].result
		m.printf("\n**%s**, %s%s\n\n", escapeMarkdown(rule.Title), code(rule.ID), escapeMarkdown(", "+clauseText(rule.About)))
		for i, c := range group {
			if i == maxMarkdownFindings {
				m.printf("- and %s\n", count(len(group)-i, "more finding"))
				break
			}
			m.finding(s, c)
		}
		if rule.Alternative != "" {
			m.printf("\nInstead: %s\n", escapeMarkdown(rule.Alternative))
		}
		if rule.Remediation != "" {
			m.printf("\nWhat to do: %s\n", escapeMarkdown(rule.Remediation))
		}
	}
}

func (m markdown) finding(s *exvet.ServerReport, c claim) {
	m.printf("- **%s** %s\n", escapeMarkdown(string(c.finding.Severity)), escapeMarkdown(c.finding.Message))
	for i, e := range c.finding.Evidence {
		if i == maxEvidence {
			m.printf("  - and %s\n", count(len(c.finding.Evidence)-i, "more line"))
			break
		}
		m.printf("  - %s", code(shorten(e.Ref, s.Server.ExchangeRoot)))
		if e.Value != "" {
			m.printf(" %s", code(e.Value))
		}
		m.printf("\n")
	}
	if n := len(c.same); n > 0 {
		m.printf("  - and %s\n", count(n, "more place"))
	}
	if c.finding.Waiver != nil {
		m.printf("  - %s\n", escapeMarkdown(waiverLine(c.finding.Waiver)))
	}
}

// escapeMarkdown makes text that shows as itself: no markup, HTML, link, entity, formula or emoji, and nobody
// and no issue is mentioned. GitHub looks for names, issues and emoji after Markdown is read, in running text: a
// comment of HTML parts it.
func escapeMarkdown(text string) string {
	text = Safe(text)
	var b strings.Builder
	for i, c := range text {
		next, _ := utf8.DecodeRuneInString(text[i+utf8.RuneLen(c):])
		address := c == ':' && next == '/' || c == '.' && i >= 3 && strings.EqualFold(text[i-3:i], "www")
		if address || strings.ContainsRune("\\`*_{}[]<>|~&@#$^", c) {
			b.WriteByte('\\')
		}
		b.WriteRune(c)
		name := unicode.IsLetter(next) || unicode.IsDigit(next) || strings.ContainsRune("_+-", next)
		if name && (c == '@' || c == '#' || c == ':' && !unicode.IsUpper(next)) {
			b.WriteString("<!-- -->")
		}
	}
	return b.String()
}

// code puts text into a code span, in which nothing but its own end means anything.
func code(text string) string {
	text = Safe(text)
	if strings.TrimSpace(text) == "" {
		return ""
	}
	fence, run := 1, 0
	for _, c := range text {
		if c == '`' {
			run++
			fence = max(fence, run+1)
		} else {
			run = 0
		}
	}
	marks := strings.Repeat("`", fence)
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	return marks + text + marks
}
