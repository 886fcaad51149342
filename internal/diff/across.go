package diff

import (
	"cmp"
	"slices"

	"github.com/exvet/exvet"
)

// Across lists the findings that some servers of a report have and others do not: where servers of one organisation differ. A
// server whose rule saw too little to say is counted as unknown. Worst first.
func Across(report *exvet.Report) []exvet.Difference {
	if len(report.Servers) < 2 {
		return nil
	}
	type entry struct {
		difference exvet.Difference
		has        map[int]bool
	}
	all := map[findingKey]*entry{}
	rules := make([]map[string]*exvet.Result, len(report.Servers))
	for i := range report.Servers {
		found, byID := index(report.Servers[i].Results)
		rules[i] = byID
		for key, finding := range found {
			if all[key] == nil {
				rule := byID[key.rule]
				all[key] = &entry{has: map[int]bool{}, difference: exvet.Difference{
					Rule: rule.ID, Title: rule.Title, Stance: rule.Stance, Severity: finding.Severity, Subject: finding.Subject,
					Found: []string{}, Clear: []string{}, Unknown: []string{},
				}}
			}
			all[key].has[i] = true
		}
	}
	differences := []exvet.Difference{}
	for key, e := range all {
		for i := range report.Servers {
			server := name(&report.Servers[i])
			switch {
			case e.has[i]:
				e.difference.Found = append(e.difference.Found, server)
			case unsure(rules[i][key.rule]):
				e.difference.Unknown = append(e.difference.Unknown, server)
			default:
				e.difference.Clear = append(e.difference.Clear, server)
			}
		}
		if len(e.difference.Found) < len(report.Servers) {
			differences = append(differences, e.difference)
		}
	}
	slices.SortFunc(differences, func(a, b exvet.Difference) int {
		return cmp.Or(slices.Index(exvet.Stances(), a.Stance)-slices.Index(exvet.Stances(), b.Stance), b.Severity.Rank()-a.Severity.Rank(),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Subject, b.Subject))
	})
	return differences
}
