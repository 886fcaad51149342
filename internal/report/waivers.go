package report

import "github.com/exvet/exvet"

// waivers shows those that want a hand: expired ones, whose findings count again, and those that are about nothing.
func (p *page) waivers(r *exvet.Report) {
	shown := false
	for _, use := range r.Waivers {
		word, text := "", ""
		switch use.State {
		case exvet.WaiverExpired:
			word, text = "expired", "ended "+use.Expires
			if use.Findings > 0 {
				text += ", and " + count(use.Findings, "finding") + " no longer waived"
			}
		case exvet.WaiverUnused:
			word, text = "unused", "nothing found is like it"
		case exvet.WaiverUnknownRule:
			word, text = "no rule", "no rule has an id like it"
		default:
			continue
		}
		if !shown {
			p.line(span{"WAIVERS", bold})
			shown = true
		}
		head := []span{{"  ", plain}, {pad(word, 8), plain}, {"  ", plain}}
		p.paragraph(head, use.Rule+" "+use.Subject+": "+text+"; owner "+use.Owner+", "+use.Source, span{}, 3)
	}
	if shown {
		p.blank()
	}
}
