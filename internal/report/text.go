package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/exvet/exvet"
)

func writeText(w io.Writer, r *exvet.Report, options Options) error {
	p := newPage(options)
	for i := range r.Servers {
		p.server(&r.Servers[i])
	}
	p.notices("SETTINGS", changedRules(r))
	p.notices("WAIVERS", idleWaivers(r))
	p.differences(r.Differences)
	p.notes(r)
	p.totals(r, options.Elapsed)
	p.exit(r)
	_, err := io.WriteString(w, p.b.String())
	return err
}

func (p *page) server(s *exvet.ServerReport) {
	p.header(s)
	if left := leftOut(s); left != "" {
		p.paragraph([]span{{"WHAT IF   ", bold}}, left, span{}, 4)
	}
	p.blank()
	p.notSeen(s)
	for _, all := range products(s) {
		p.product(s, all)
	}
	p.errors(s)
}

func (p *page) header(s *exvet.ServerReport) {
	seen := "seen " + stamp(s.Snapshot.CollectedAt)
	if s.Source != "" {
		seen = cut(Safe(s.Source), p.width-len(seen)-2) + ", " + seen
	}
	name := cut(serverName(s), 40)
	p.row(span{seen, dim}, span{name, bold}, span{"   " + cut(Safe(aboutServer(s)), p.width-columns(name)-3), plain})
}

// aboutServer is the server's product, build and roles: "Exchange Server 2019 CU12 (15.2.1118.7), Mailbox".
func aboutServer(s *exvet.ServerReport) string {
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
	return about
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// leftOut says what a verdict leaves out on purpose, or "": every format must, as it looks like any other.
func leftOut(s *exvet.ServerReport) string {
	switch w := s.WhatIf; {
	case w == nil:
		return ""
	case len(w.Products) == 0:
		return "nothing is left out: this server has none of the products"
	default:
		return "judged without " + strings.Join(w.Products, "; ") + ": " + count(w.Findings, "finding") + " left out"
	}
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
	all := allNotes(r)
	for _, note := range all {
		p.paragraph([]span{{"note  ", dim}}, note, span{}, 4)
	}
	if len(all) > 0 {
		p.blank()
	}
}

func allNotes(r *exvet.Report) []string {
	var all []string
	for _, s := range r.Servers {
		for _, note := range s.Notes {
			if !slices.Contains(all, note) {
				all = append(all, note)
			}
		}
	}
	return all
}

// totals shows one line a server, with the rules and the time behind the only one or on a line of their own.
func (p *page) totals(r *exvet.Report, elapsed time.Duration) {
	run := bundleNames(r.Bundles)
	if elapsed > 0 {
		run += fmt.Sprintf("   %.2f s", elapsed.Seconds())
	}
	for i := range r.Servers {
		s := &r.Servers[i]
		line := counts(s, r.GeneratedAt)
		var head []span
		if len(r.Servers) > 1 {
			head = []span{{pad(cut(serverName(s), 20), 22), bold}}
		}
		right := span{}
		if len(r.Servers) == 1 {
			right.text = run
		}
		if columns(line) <= p.width-22 {
			p.row(right, append(head, span{line, plain})...)
			continue
		}
		p.paragraph(head, strings.ReplaceAll(line, "   ", "; "), span{}, 3)
		if len(r.Servers) == 1 {
			p.row(right)
		}
	}
	if len(r.Servers) != 1 {
		p.row(span{run, plain}, span{count(len(r.Servers), "server"), plain})
	}
}

// counts is the totals of a server in one line; now is what today is.
func counts(server *exvet.ServerReport, now time.Time) string {
	s := server.Summary
	parts := []string{fmt.Sprintf("%d found", s.Found), fmt.Sprintf("%d clear", s.Clear)}
	waived := "waived"
	if ends := nextExpiry(server); !ends.IsZero() {
		waived += " (" + endsIn(ends, now) + ")"
	}
	for _, part := range []struct {
		n    int
		text string
	}{
		{s.Unknown, "unknown"},
		{s.Waived, waived},
		{s.NotApplicable, "not for this server"},
		{s.Error, "in error"},
		{s.Skipped, "skipped"},
	} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.text))
		}
	}
	return fmt.Sprintf("%s: %s   coverage %s", count(s.Rules, "rule"), strings.Join(parts, ", "), percent(s.Coverage))
}

// endsIn says when the last day of a waiver is: it is valid through that day, UTC.
func endsIn(day, now time.Time) string {
	days := int(day.Sub(now.UTC().Truncate(24*time.Hour)).Hours() / 24)
	switch {
	case days < 0:
		return "ended"
	case days == 0:
		return "ends today"
	}
	return "ends in " + count(days, "day")
}

func bundleNames(bundles []exvet.Bundle) string {
	var names []string
	for _, b := range bundles {
		name := b.Name
		switch {
		case b.Revision != "":
			name += " " + b.Revision
		case b.Serial != 0:
			name += " " + strconv.Itoa(b.Serial)
		}
		trust := b.SignedBy
		switch {
		case b.Trust == exvet.TrustUnsigned:
			trust = "unsigned, allowed"
		case trust == "":
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
