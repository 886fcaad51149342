package exvet

import (
	"slices"
	"strings"
)

// FailNever is the FailOn that lets no finding count.
const FailNever = "never"

// Counts reports whether a result ends the run in ExitFindings.
func (e Exit) Counts(result Result) bool {
	return result.Status == Found &&
		slices.ContainsFunc(result.Findings, func(finding Finding) bool { return e.CountsFinding(result.Stance, finding) })
}

// CountsFinding reports whether one finding of a rule of this stance does.
func (e Exit) CountsFinding(stance Stance, finding Finding) bool {
	return stance != Supported && e.FailOn != FailNever &&
		finding.Waiver == nil && finding.Severity.Rank() >= Severity(e.FailOn).Rank()
}

// LeavesOpen reports whether a rule for this server lacks facts of a required section. One that found something
// and may have missed more is no less open.
func (e Exit) LeavesOpen(result Result) bool {
	if result.Status == NotApplicable {
		return false
	}
	return slices.ContainsFunc(result.Missing, func(missing Missing) bool { return e.Requires(missing.Facts) })
}

// Requires reports whether one of the fact paths lies in a required section.
func (e Exit) Requires(facts []string) bool {
	return slices.ContainsFunc(facts, func(fact string) bool {
		section, _, _ := strings.Cut(fact, ".")
		return slices.Contains(e.Require, section)
	})
}
