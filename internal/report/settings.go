package report

import (
	"strings"

	"github.com/exvet/exvet"
)

// changedRules lists who changed what of the rules: an organisation, or the flags of this run.
func changedRules(r *exvet.Report) []notice {
	var all []notice
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
			word := "on"
			switch {
			case !s.Enabled:
				word = "off"
			case s.Severity != "":
				word = string(s.Severity)
			}
			all = append(all, notice{word, about})
		}
	}
	if left := skippedByFlag(r); len(left) > 0 {
		const most = 10
		text := strings.Join(left[:min(len(left), most)], ", ")
		if more := len(left) - most; more > 0 {
			text += " and " + count(more, "more rule")
		}
		all = append(all, notice{"left out", text + ": --skip-rule"})
	}
	return all
}

// whoSkipped says why a rule was not asked: "left out by org/acme: we have our own".
func whoSkipped(rule exvet.SkippedRule) string {
	text := "left out by " + rule.By
	if rule.Reason != "" {
		text += ": " + rule.Reason
	}
	return text
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
