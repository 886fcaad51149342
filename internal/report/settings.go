package report

import (
	"strings"

	"github.com/exvet/exvet"
)

// settings shows who changed what of the rules: an organisation, or the flags of this run.
func (p *page) settings(r *exvet.Report) {
	shown := false
	row := func(word, text string) {
		if !shown {
			p.line(span{"SETTINGS", bold})
			shown = true
		}
		p.paragraph([]span{{"  ", plain}, {pad(word, 8), plain}, {"  ", plain}}, text, span{}, 3)
	}
	for _, bundle := range r.Bundles {
		for _, s := range bundle.Settings {
			about := s.Rule
			switch {
			case len(s.Rules) == 0:
				about += " (no rule is decided by it)"
			case len(s.Rules) > 1:
				about += " (" + count(len(s.Rules), "rule") + ")"
			}
			about += ": " + s.Reason + "; " + bundle.Name + ", owner " + s.Owner + ", " + s.Source
			switch {
			case !s.Enabled:
				row("off", about)
			case s.Severity != "":
				row(string(s.Severity), about)
			default:
				row("on", about)
			}
		}
	}
	if left := skippedByFlag(r); len(left) > 0 {
		const most = 10
		text := strings.Join(left[:min(len(left), most)], ", ")
		if more := len(left) - most; more > 0 {
			text += " and " + count(more, "more rule")
		}
		row("left out", text+": --skip-rule")
	}
	if shown {
		p.blank()
	}
}

// skippedByFlag lists the ids --skip-rule left out; they are the same on every server.
func skippedByFlag(r *exvet.Report) []string {
	var ids []string
	if len(r.Servers) > 0 {
		for _, rule := range r.Servers[0].Skipped {
			if rule.By == "--skip-rule" {
				ids = append(ids, rule.ID)
			}
		}
	}
	return ids
}
