package exvet

import (
	"fmt"
	"strings"
	"time"
)

// A Snapshot is everything the collectors saw of one server: one JSON document, typed by
// snapshot.schema.json, which rules read as input.
type Snapshot struct {
	Format      int                `json:"format" jsonschema:"enum=1"`
	CollectedAt time.Time          `json:"collected_at"`
	Source      HostKind           `json:"source" jsonschema:"enum=live,enum=evidence"`
	Server      Server             `json:"server"`
	Collected   map[string]Section `json:"collected"` // by section name
	Facts       map[string]any     `json:"facts"`     // by section name; each typed by its collector
}

// A Server names what was looked at. Every field may be empty: unknown stays unknown.
type Server struct {
	Name         string   `json:"name"`          // computer name
	Build        string   `json:"build"`         // Exchange build, "15.2.1118.7"
	Product      string   `json:"product"`       // "2013", "2016", "2019" or "SE"
	Roles        []string `json:"roles"`         // "mailbox", "client_access", "edge"
	ExchangeRoot string   `json:"exchange_root"` // folder Exchange is installed in, no trailing backslash
	SystemRoot   string   `json:"system_root"`   // folder Windows is installed in, no trailing backslash
}

// A Section says how much of one section of facts was seen.
type Section struct {
	Status  SectionStatus `json:"status" jsonschema:"enum=complete,enum=partial,enum=failed,enum=absent"`
	Missing []Missing     `json:"missing"`
}

// A SectionStatus sums up a Section.
type SectionStatus string

// The states of a section.
const (
	Complete SectionStatus = "complete" // everything was read
	Partial  SectionStatus = "partial"  // facts, and something missing
	Failed   SectionStatus = "failed"   // nothing could be read, though it is there
	Absent   SectionStatus = "absent"   // this kind of source does not hold it
)

// A Missing is something a collector could not see. It is an error, so that collectors can join several.
type Missing struct {
	Facts  []string `json:"facts"`  // fact paths left open: "iis.modules", or "iis" for the whole section
	Scope  string   `json:"scope"`  // where: "Default Web Site/owa" and all below it, "" for the whole server
	Reason string   `json:"reason"` // one line, for people
	File   string   `json:"file"`   // Windows path of the file at fault, or ""
	Line   int      `json:"line"`   // line in File, or 0
}

// Error names the place, the reason and the scope in one line.
func (m Missing) Error() string {
	var b strings.Builder
	if m.File != "" {
		b.WriteString(m.File)
		if m.Line > 0 {
			fmt.Fprintf(&b, ":%d", m.Line)
		}
		b.WriteString(": ")
	}
	b.WriteString(m.Reason)
	if m.Scope != "" {
		fmt.Fprintf(&b, " (leaves %s open)", m.Scope)
	}
	return b.String()
}

// A Gap is a Missing that remembers what caused it: errors.Is sees the cause, errors.As the Missing.
type Gap struct {
	Missing

	Cause error
}

// Unwrap gives the cause.
func (g Gap) Unwrap() error { return g.Cause }

// As gives the Missing to errors.As.
func (g Gap) As(target any) bool {
	m, ok := target.(*Missing)
	if ok {
		*m = g.Missing
	}
	return ok
}
