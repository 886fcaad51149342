package engine

import (
	"slices"

	"github.com/exvet/exvet"
)

// leaveOut takes the findings of the integrations that are like one of the globs out of the results and decides the status
// of their rules anew: the verdict without these products. A rule that saw too little stays unknown.
func leaveOut(results []exvet.Result, names known, facts clues, globs []string) *exvet.WhatIf {
	without := &exvet.WhatIf{Products: []string{}}
	gone := map[*exvet.Finding]bool{}
	for _, g := range gather(results, facts) {
		entry := g.conclude(names, facts)
		if !slices.ContainsFunc(globs, entry.Like) {
			continue
		}
		without.Products = append(without.Products, entry.Title())
		without.Findings += len(g.findings)
		for _, finding := range g.findings {
			gone[finding] = true
		}
	}
	slices.Sort(without.Products)
	for i := range results {
		result := &results[i]
		kept := make([]exvet.Finding, 0, len(result.Findings))
		for j := range result.Findings {
			if !gone[&result.Findings[j]] {
				kept = append(kept, result.Findings[j])
			}
		}
		if len(kept) < len(result.Findings) {
			result.Findings = kept
			result.Status = settle(*result)
		}
	}
	return without
}

// settle is the status of a rule that could be evaluated and is for this server.
func settle(result exvet.Result) exvet.Status {
	open := func(finding exvet.Finding) bool { return finding.Waiver == nil }
	switch {
	case slices.ContainsFunc(result.Findings, open):
		return exvet.Found
	case len(result.Missing) > 0:
		return exvet.Unknown
	case len(result.Findings) > 0:
		return exvet.Waived
	}
	return exvet.Clear
}
