// Package decision is what an agent and a hub say to each other: the result of one scan, as it travels in OPA's decision-log format.
package decision

import (
	"encoding/json"
	"time"

	"github.com/exvet/exvet"
)

// Format is the number of the form of a Result. A reader refuses one it does not know.
const Format = 1

// Path is what OPA's decision logs call the decisions of exvet.
const Path = "exvet/scan"

// An Event is one decision as OPA's decision logs send it: an array of them is the body of POST /logs. It holds no input.
type Event struct {
	Labels     map[string]string `json:"labels"`      // of the agent; LabelID and the other names below are always there
	DecisionID string            `json:"decision_id"` // a UUID, the same each time the decision is sent
	Bundles    map[string]Bundle `json:"bundles,omitempty"`
	Path       string            `json:"path"`
	Result     json.RawMessage   `json:"result"` // a Result
	Erased     []string          `json:"erased,omitempty"`
	Masked     []string          `json:"masked,omitempty"`
	Timestamp  time.Time         `json:"timestamp"`
}

// A Bundle is a fetched bundle that took part in a decision. One without an entry did not: exvet's embedded rules took the place of the core.
type Bundle struct {
	Revision string `json:"revision,omitempty"`
}

// Labels every agent sends with decisions and statuses.
const (
	LabelID      = "id"      // of the agent; a UUID unless its configuration names another
	LabelHost    = "host"    // name of the computer
	LabelExvet   = "exvet"   // version of exvet
	LabelVersion = "version" // of OPA, which sets it
)

// A Result is what one scan found.
type Result struct {
	Format    int       `json:"format"`
	Kind      Kind      `json:"kind"`
	Base      string    `json:"base,omitempty"` // of Changes: decision_id of the Whole they stand on
	Cause     Cause     `json:"cause"`
	Host      string    `json:"host"` // name of the computer the agent runs on
	Exvet     string    `json:"exvet"`
	StartedAt time.Time `json:"started_at"`
	Seconds   float64   `json:"seconds"`

	Error string `json:"error,omitempty"` // of a Failure: the reason, as "agent/timeout: ..."

	// Counts are the findings that count for the exit code, by severity, and Coverage is that of the summary: for lists of
	// servers, without a look into Report.
	Counts   map[exvet.Severity]int `json:"counts,omitempty"`
	Coverage float64                `json:"coverage"`

	// Report is the report of one server. In Changes its results are only those that differ from the base; the rest of it is whole.
	Report  *exvet.Report `json:"report,omitempty"`
	Removed []string      `json:"removed,omitempty"` // of Changes: ids of rules whose results are in the base and no longer there
}

// A Kind says how a Result is to be read.
type Kind string

// The kinds of result.
const (
	Whole   Kind = "whole"   // a report
	Changes Kind = "changes" // since the Whole that Base names, not since other Changes
	Failure Kind = "failure" // no report: the scan could not be done
)

// A Cause says why a server was scanned.
type Cause string

// The causes of a scan.
const (
	AtStart    Cause = "start"    // the agent started and had not scanned within its interval
	OnSchedule Cause = "schedule" // its interval was over
	OnBundle   Cause = "bundle"   // rules changed
	OnRequest  Cause = "request"  // exvet agent scan
)
