package engine

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/exvet/exvet"
)

// Waive marks what waivers cover in a report of evaluated servers: those given and those of the bundles. It is called before
// Conclude. A rule whose every finding is waived is waived, or unknown where it may have missed some. The report's clock
// says what has expired.
func (e *Engine) Waive(report *exvet.Report, given []exvet.Waiver) {
	all := slices.Concat(given, e.waivers)
	report.Waivers = e.Waivers(report.Servers, given, report.GeneratedAt)
	for i := range report.Servers {
		server := &report.Servers[i]
		for j := range server.Results {
			waive(server.Server.Name, &server.Results[j], all, report.GeneratedAt)
		}
		skipped := server.Summary.Skipped
		server.Summary = summarise(server.Results)
		server.Summary.Skipped = skipped
	}
}

// waive marks the findings of one result and decides its status anew.
func waive(server string, result *exvet.Result, all []exvet.Waiver, now time.Time) {
	if result.Status != exvet.Found {
		return
	}
	about := slices.DeleteFunc(slices.Clone(all), func(w exvet.Waiver) bool {
		return w.Expired(now) || !names(w, server, result.ID)
	})
	open := 0
	for i := range result.Findings {
		finding := &result.Findings[i]
		finding.Waiver = strongest(about, finding.Subject)
		if finding.Waiver == nil {
			open++
		}
	}
	switch {
	case open > 0:
	case len(result.Missing) > 0:
		result.Status = exvet.Unknown
	default:
		result.Status = exvet.Waived
	}
}

// names reports whether a waiver is about a rule on a server.
func names(w exvet.Waiver, server, rule string) bool {
	return like(w.Rule, rule) && (w.Server == "" || server != "" && like(w.Server, server))
}

// strongest gives the waiver for a subject that lasts longest; of several, the one with the least left open by wildcards,
// and the first of those.
func strongest(about []exvet.Waiver, subject string) *exvet.Waiver {
	var best *exvet.Waiver
	for i := range about {
		if !like(about[i].Subject, subject) {
			continue
		}
		if best == nil || cmp.Or(cmp.Compare(about[i].Expires, best.Expires), cmp.Compare(wildcards(best), wildcards(&about[i]))) > 0 {
			best = &about[i]
		}
	}
	if best == nil {
		return nil
	}
	copied := *best
	return &copied
}

// wildcards counts what a waiver leaves open.
func wildcards(w *exvet.Waiver) int {
	wild := strings.Count(w.Rule+w.Subject+w.Server, "*") + strings.Count(w.Rule+w.Subject+w.Server, "?")
	if w.Server == "" {
		wild++
	}
	return wild
}

// Waivers says what became of each waiver on servers that were judged: of those given and those of the bundles.
func (e *Engine) Waivers(servers []exvet.ServerReport, given []exvet.Waiver, now time.Time) []exvet.WaiverUse {
	all := slices.Concat(given, e.waivers)
	uses := make([]exvet.WaiverUse, len(all))
	for i, waiver := range all {
		uses[i] = e.use(servers, waiver, now)
	}
	return uses
}

func (e *Engine) use(servers []exvet.ServerReport, waiver exvet.Waiver, now time.Time) exvet.WaiverUse {
	use := exvet.WaiverUse{Waiver: waiver}
	rules := 0 // it names
	for _, rule := range e.rules {
		if like(waiver.Rule, rule.ID) {
			rules++
		}
	}
	answered, open := 0, 0
	for _, server := range servers {
		asked := 0
		for _, result := range server.Results {
			if !names(waiver, server.Server.Name, result.ID) {
				continue
			}
			asked++
			if result.Status == exvet.Error || result.Status != exvet.NotApplicable && len(result.Missing) > 0 {
				open++
			} else {
				answered++
			}
			use.Findings += matching(waiver.Subject, result)
		}
		if waiver.Server == "" || like(waiver.Server, server.Server.Name) {
			open += max(rules-asked, 0)
		}
	}
	switch {
	case waiver.Expired(now):
		use.State = exvet.WaiverExpired
	case use.Findings > 0:
		use.State = exvet.WaiverUsed
	case rules == 0 && answered+open == 0:
		use.State = exvet.WaiverUnknownRule
	case answered > 0 && open == 0:
		use.State = exvet.WaiverUnused
	default:
		use.State = exvet.WaiverUndecided
	}
	return use
}

// Matching gives the subjects of the findings of a report a waiver is about, each once, sorted.
func Matching(report *exvet.Report, waiver exvet.Waiver) []string {
	found := []string{}
	for _, server := range report.Servers {
		for _, result := range server.Results {
			if !names(waiver, server.Server.Name, result.ID) {
				continue
			}
			for _, finding := range result.Findings {
				if like(waiver.Subject, finding.Subject) {
					found = append(found, finding.Subject)
				}
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// matching counts the findings a subject is like.
func matching(subject string, result exvet.Result) int {
	if result.Status == exvet.NotApplicable || result.Status == exvet.Error {
		return 0
	}
	found := 0
	for _, finding := range result.Findings {
		if like(subject, finding.Subject) {
			found++
		}
	}
	return found
}
