package report

import "github.com/exvet/exvet"

// A notice is a word and what it is about: a waiver that wants a hand, or a setting.
type notice struct{ word, text string }

// notices shows them under a title, if there are any.
func (p *page) notices(title string, all []notice) {
	if len(all) == 0 {
		return
	}
	p.line(span{title, bold})
	for _, n := range all {
		p.paragraph([]span{{"  ", plain}, {pad(n.word, 8), plain}, {"  ", plain}}, n.text, span{}, 3)
	}
	p.blank()
}

// idleWaivers lists those that want a hand: expired ones, whose findings count again, and those that are about nothing.
func idleWaivers(r *exvet.Report) []notice {
	var all []notice
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
		all = append(all, notice{word, use.Rule + " " + use.Subject + ": " + text + "; owner " + use.Owner + ", " + use.Source})
	}
	return all
}
