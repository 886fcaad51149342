package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/exvet/exvet"
)

// A statusCount is how many rules have a status.
type statusCount struct {
	status exvet.Status
	n      int
}

// statusCounts lists every status, those that need attention first.
func statusCounts(s exvet.Summary) []statusCount {
	return []statusCount{
		{exvet.Found, s.Found}, {exvet.Error, s.Error}, {exvet.Unknown, s.Unknown}, {exvet.Waived, s.Waived},
		{exvet.Clear, s.Clear}, {exvet.NotApplicable, s.NotApplicable}, {"skipped", s.Skipped},
	}
}

// A findingCount is how many findings have a stance and a severity, waived or not.
type findingCount struct {
	stance   exvet.Stance
	severity exvet.Severity
	waived   bool
	n        int
}

// tally counts findings, in a fixed order and with those there are none of.
func tally(s *exvet.ServerReport) []findingCount {
	var all []findingCount
	for _, stance := range exvet.Stances() {
		for _, severity := range exvet.Severities() {
			for _, waived := range []bool{false, true} {
				all = append(all, findingCount{stance: stance, severity: severity, waived: waived})
			}
		}
	}
	for _, result := range s.Results {
		for _, f := range result.Findings {
			at := slices.IndexFunc(all, func(c findingCount) bool {
				return c.stance == result.Stance && c.severity == f.Severity && c.waived == (f.Waiver != nil)
			})
			if at >= 0 {
				all[at].n++
			}
		}
	}
	return all
}

// unwaived counts the findings of a rule that no waiver covers.
func unwaived(result exvet.Result) int {
	n := 0
	for _, f := range result.Findings {
		if f.Waiver == nil {
			n++
		}
	}
	return n
}

// serverNames gives each server a name, safe to print, that no other of the report has: its own, with its
// source where another server has the same.
func serverNames(r *exvet.Report) []string {
	names := make([]string, len(r.Servers))
	uses := map[string]int{}
	for i := range r.Servers {
		names[i] = serverName(&r.Servers[i])
		uses[names[i]]++
	}
	taken := map[string]bool{}
	for i := range names {
		if uses[names[i]] > 1 && r.Servers[i].Source != "" {
			names[i] += " (" + Safe(r.Servers[i].Source) + ")"
		}
		name := names[i]
		for n := 2; taken[names[i]]; n++ {
			names[i] = fmt.Sprintf("%s [%d]", name, n)
		}
		taken[names[i]] = true
	}
	return names
}

// percent is a share in words. It is rounded down: 100 % means all.
func percent(share float64) string { return fmt.Sprintf("%d %%", int(share*100+1e-9)) }

// waiverLine says of a waiver what a reader must know.
func waiverLine(w *exvet.Waiver) string {
	line := "waived until " + w.Expires + " by " + w.Owner + ": " + w.Reason
	if w.Ticket != "" {
		line += " (" + w.Ticket + ")"
	}
	return line
}

// sentence begins a text with a capital letter and ends it with a full stop.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + strings.TrimSuffix(text[1:], ".") + "."
}
