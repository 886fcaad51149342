// Package exvet holds the words every other room speaks: hosts, snapshots, findings and reports.
package exvet

import "fmt"

// Version is the version of this build; a release sets it when it links.
var Version = "0.1.0-dev"

// Format numbers of the two documents exvet writes. A reader refuses a number it does not know.
const (
	SnapshotFormat = 1
	ReportFormat   = 1
)

// A Stance is the weight of a rule's being found.
type Stance string

// The stances, worst first.
const (
	Unsupported Stance = "unsupported" // the KB says it is not supported
	Security    Stance = "security"    // an indicator of compromise or a weakened control; no statement of the KB
	Review      Stance = "review"      // cannot be judged from facts alone
	Deprecated  Stance = "deprecated"  // works today, going away
	Supported   Stance = "supported"   // a legitimate integration, recognised and named
)

// Stances lists every stance, worst first: the order in which reports show them.
func Stances() []Stance { return []Stance{Unsupported, Security, Review, Deprecated, Supported} }

// A Severity grades a finding.
type Severity string

// The severities, worst first.
const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
	Info     Severity = "info"
)

// Severities lists every severity, worst first.
func Severities() []Severity { return []Severity{Critical, High, Medium, Low, Info} }

// Rank orders severities: 4 for critical down to 0 for info, -1 for anything else.
func (s Severity) Rank() int {
	all := Severities()
	for i, known := range all {
		if s == known {
			return len(all) - 1 - i
		}
	}
	return -1
}

// A Status is what one rule says of one server.
type Status string

// The statuses, in the order in which they are decided.
const (
	Error         Status = "error"          // the rule failed while it was evaluated
	NotApplicable Status = "not_applicable" // the server's roles or version are known and the rule is not for them
	Found         Status = "found"          // at least one finding no waiver covers
	Unknown       Status = "unknown"        // a fact the rule needs was not seen
	Waived        Status = "waived"         // findings, each covered by a waiver
	Clear         Status = "clear"          // every fact was seen and nothing was found
)

// Exit codes of every command.
const (
	ExitClean      = 0 // nothing counts, and everything required was seen
	ExitFailure    = 1 // exvet could not do its work
	ExitFindings   = 2 // a finding counts
	ExitUnknown    = 3 // a required rule is unknown or in error
	ExitInput      = 4 // bad input, configuration, waivers or bundle content
	ExitUntrusted  = 5 // bundle signature missing, bad or replayed
	ExitWrongBuild = 6 // bundle needs another engine version
)

// A Refusal is an error with the exit code it ends the run with and a stable reason for scripts. Its text is
// one line: what was refused, where, and what to do.
type Refusal struct {
	Code   int    // one of the Exit constants
	Reason string // "bundle/root-claimed"
	Err    error
}

// Error gives the reason and the line.
func (r *Refusal) Error() string { return r.Reason + ": " + r.Err.Error() }

// Unwrap gives the cause.
func (r *Refusal) Unwrap() error { return r.Err }

// Refuse builds a Refusal for bad input, the commonest kind.
func Refuse(reason, format string, args ...any) error {
	return &Refusal{Code: ExitInput, Reason: reason, Err: fmt.Errorf(format, args...)}
}
