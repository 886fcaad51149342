package store

import "github.com/exvet/exvet"

// StanceRank orders stances: 5 for unsupported down to 1 for supported, 0 for none.
func StanceRank(stance exvet.Stance) int {
	all := exvet.Stances()
	for i, known := range all {
		if stance == known {
			return len(all) - i
		}
	}
	return 0
}

// StanceOf is the stance of a rank, or "".
func StanceOf(rank int) exvet.Stance {
	all := exvet.Stances()
	if rank < 1 || rank > len(all) {
		return ""
	}
	return all[len(all)-rank]
}

// SeverityRank orders severities: 5 for critical down to 1 for info, 0 for none.
func SeverityRank(severity exvet.Severity) int { return severity.Rank() + 1 }

// SeverityOf is the severity of a rank, or "".
func SeverityOf(rank int) exvet.Severity {
	all := exvet.Severities()
	if rank < 1 || rank > len(all) {
		return ""
	}
	return all[len(all)-rank]
}

// Clauses lists the clauses of the support statement in the order they are shown in.
func Clauses() []string { return []string{"C1", "C2", "C3", "C4", "C5", "S", "-"} }
