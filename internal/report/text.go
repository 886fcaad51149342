package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/exvet/exvet"
)

func writeText(w io.Writer, r *exvet.Report, options Options) error {
	p := newPage(options)
	for i := range r.Servers {
		p.server(&r.Servers[i])
	}
	p.settings(r)
	p.waivers(r)
	p.notes(r)
	p.totals(r, options.Elapsed)
	p.exit(r)
	_, err := io.WriteString(w, p.b.String())
	return err
}

func (p *page) server(s *exvet.ServerReport) {
	p.header(s)
	p.blank()
	p.notSeen(s)
	p.integrations(s)
	p.errors(s)
}

func (p *page) header(s *exvet.ServerReport) {
	about := s.Server.Product
	if about == "" {
		about = "Exchange of an unknown version"
	}
	if s.Server.Build != "" {
		about += " (" + s.Server.Build + ")"
	}
	for _, role := range s.Server.Roles {
		about += ", " + roleName(role)
	}
	seen := "seen " + s.Snapshot.CollectedAt.UTC().Format("2006-01-02 15:04 UTC")
	if s.Source != "" {
		seen = cut(Safe(s.Source), p.width-len(seen)-2) + ", " + seen
	}
	name := cut(serverName(s), 40)
	p.row(span{seen, dim}, span{name, bold}, span{"   " + cut(Safe(about), p.width-columns(name)-3), plain})
}

// serverName is what the server calls itself, safe to print.
func serverName(s *exvet.ServerReport) string {
	if s.Server.Name == "" {
		return "unnamed server"
	}
	return Safe(s.Server.Name)
}

func roleName(role string) string {
	switch role {
	case "mailbox":
		return "Mailbox"
	case "client_access":
		return "Client Access"
	case "edge":
		return "Edge Transport"
	}
	return role
}

// errors shows the rules that failed: what they would have said is not known.
func (p *page) errors(s *exvet.ServerReport) {
	shown := false
	for _, result := range s.Results {
		if result.Status != exvet.Error {
			continue
		}
		if !shown {
			p.line(span{"RULES IN ERROR", bold})
			shown = true
		}
		p.row(span{cut(Safe(result.ID), 24), dim}, span{"  " + cut(Safe(result.Title), p.width-2), plain})
		p.paragraph([]span{{"      ", plain}}, result.Error, span{}, 3)
	}
	if shown {
		p.blank()
	}
}

// notes shows once what a reader must know of the method, whichever servers it applies to.
func (p *page) notes(r *exvet.Report) {
	var shown []string
	for _, s := range r.Servers {
		for _, note := range s.Notes {
			if !slices.Contains(shown, note) {
				shown = append(shown, note)
				p.paragraph([]span{{"note  ", dim}}, note, span{}, 4)
			}
		}
	}
	if len(shown) > 0 {
		p.blank()
	}
}

// totals shows one line a server, with the rules and the time behind the only one or on a line of their own.
func (p *page) totals(r *exvet.Report, elapsed time.Duration) {
	run := bundleNames(r.Bundles)
	if elapsed > 0 {
		run += fmt.Sprintf("   %.2f s", elapsed.Seconds())
	}
	for _, s := range r.Servers {
		line := counts(s.Summary, ends(&s, r.GeneratedAt))
		if len(r.Servers) == 1 && columns(line) <= p.width {
			p.row(span{run, plain}, span{line, plain})
			continue
		}
		var head []span
		if len(r.Servers) > 1 {
			head = []span{{pad(cut(serverName(&s), 20), 22), bold}}
		}
		p.paragraph(head, line, span{}, 3)
		if len(r.Servers) == 1 {
			p.row(span{run, plain})
		}
	}
	if len(r.Servers) != 1 {
		p.row(span{run, plain}, span{count(len(r.Servers), "server"), plain})
	}
}

// counts puts a summary into words; ends says when the first waiver does.
func counts(s exvet.Summary, ends string) string {
	parts := []string{fmt.Sprintf("%d found", s.Found), fmt.Sprintf("%d clear", s.Clear)}
	for _, part := range []struct {
		n    int
		text string
	}{
		{s.Unknown, "unknown"},
		{s.Waived, "waived" + ends},
		{s.NotApplicable, "not for this server"},
		{s.Error, "in error"},
		{s.Skipped, "skipped"},
	} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.text))
		}
	}
	// Rounded down: 100 % means every rule.
	return fmt.Sprintf("%s: %s; coverage %d %%", count(s.Rules, "rule"), strings.Join(parts, ", "), int(s.Coverage*100+1e-9))
}

func bundleNames(bundles []exvet.Bundle) string {
	var names []string
	for _, b := range bundles {
		name := b.Name
		if b.Revision != "" {
			name += " " + b.Revision
		}
		trust := b.SignedBy
		if trust == "" {
			trust = "unsigned"
		}
		names = append(names, name+" ("+trust+")")
	}
	return strings.Join(names, ", ")
}

func (p *page) exit(r *exvet.Report) {
	tint := green
	if r.Exit.Code != exvet.ExitClean {
		tint = bold
	}
	verdict := fmt.Sprintf("exit %d", r.Exit.Code)
	advice, reason := next(r), Safe(r.Exit.Reason)
	if columns(verdict)+2+columns(reason) <= p.width {
		p.row(span{advice, plain}, span{verdict, tint}, span{": " + reason, plain})
		return
	}
	p.paragraph([]span{{verdict, tint}, {": ", plain}}, reason, span{}, 4)
	if advice != "" {
		p.paragraph(nil, advice, span{}, 2)
	}
}

// next is what to do first, or "".
func next(r *exvet.Report) string {
	switch r.Exit.Code {
	case exvet.ExitFindings:
		if worst := worstRule(r); worst != "" {
			return "next: exvet rule show " + worst
		}
	case exvet.ExitUnknown:
		return "next: add what NOT SEEN names to the source and scan again"
	}
	return ""
}

// worstRule is the id of the found rule that weighs most, by stance and then by its worst finding.
func worstRule(r *exvet.Report) string {
	best, id := -1, ""
	for _, s := range r.Servers {
		for _, result := range s.Results {
			if result.Status != exvet.Found || result.Stance == exvet.Supported {
				continue
			}
			for _, finding := range result.Findings {
				if finding.Waiver != nil {
					continue
				}
				if weight := 10*stanceWeight(result.Stance) + finding.Severity.Rank(); weight > best {
					best, id = weight, result.ID
				}
			}
		}
	}
	return id
}

// stanceWeight is 5 for the worst stance down to 1, 0 for one that is not known.
func stanceWeight(stance exvet.Stance) int {
	all := exvet.Stances()
	if at := slices.Index(all, stance); at >= 0 {
		return len(all) - at
	}
	return 0
}

// count is "1 rule" or "2 rules".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
