package report

import (
	"fmt"
	"time"

	"github.com/exvet/exvet"
)

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

// waived says until when a finding does not count, and who says so.
func waived(w *exvet.Waiver) string {
	text := "waived until " + w.Expires + " by " + w.Owner
	switch w.Disposition {
	case "mitigated", "planned":
		text += ", " + w.Disposition
	case "false_positive":
		text += ", false positive"
	}
	if w.Ticket != "" {
		text += " (" + w.Ticket + ")"
	}
	return text + ": " + w.Reason
}

// ends says when the first waiver of the waived rules of a server ends, or "".
func ends(s *exvet.ServerReport, now time.Time) string {
	first := -1
	for _, result := range s.Results {
		if result.Status != exvet.Waived {
			continue
		}
		for _, finding := range result.Findings {
			if finding.Waiver == nil {
				continue
			}
			if left := finding.Waiver.DaysLeft(now); first < 0 || left < first {
				first = max(left, 0)
			}
		}
	}
	switch first {
	case -1:
		return ""
	case 0:
		return " (ends today)"
	}
	return fmt.Sprintf(" (ends in %s)", count(first, "day"))
}
