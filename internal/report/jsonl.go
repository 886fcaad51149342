package report

import (
	"bufio"
	"fmt"
	"io"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/exvet/exvet"
)

// A lineHead begins every line of JSON Lines: what the line is, when, and of which server.
type lineHead struct {
	Kind   string    `json:"kind"` // "server", "rule", "finding" or, last, "run"
	Time   time.Time `json:"time"` // the report's
	Server string    `json:"server"`
	Source string    `json:"source"`
}

type serverLine struct {
	lineHead

	About     exvet.ReportedServer     `json:"about"`
	Snapshot  exvet.SnapshotStamp      `json:"snapshot"`
	Summary   exvet.Summary            `json:"summary"`
	Collected map[string]exvet.Section `json:"collected"`
	Skipped   []exvet.SkippedRule      `json:"skipped"`
	WhatIf    *exvet.WhatIf            `json:"what_if,omitempty"`
}

type ruleLine struct {
	lineHead

	Rule     string          `json:"rule"`
	Title    string          `json:"title"`
	Stance   exvet.Stance    `json:"stance"`
	Severity exvet.Severity  `json:"severity"`
	Clause   string          `json:"clause"`
	Basis    string          `json:"basis"`
	Status   exvet.Status    `json:"status"`
	Error    string          `json:"error"`
	Missing  []exvet.Missing `json:"missing"`
	Findings int             `json:"findings"`
}

// A findingLine stands alone: whoever reads one needs no other.
type findingLine struct {
	lineHead

	Rule   string       `json:"rule"`
	Title  string       `json:"title"`
	Stance exvet.Stance `json:"stance"`
	Clause string       `json:"clause"`
	Basis  string       `json:"basis"`
	exvet.Finding
}

type runLine struct {
	lineHead

	Exvet   exvet.Program     `json:"exvet"`
	Bundles []exvet.Bundle    `json:"bundles"`
	Servers int               `json:"servers"`
	Waivers []exvet.WaiverUse `json:"waivers"`
	Exit    exvet.Exit        `json:"exit"`
}

// writeJSONLines prints one JSON object a line: of each server itself, its rules and their findings, and at
// the end of the run.
func writeJSONLines(w io.Writer, r *exvet.Report, _ Options) error {
	out := bufio.NewWriter(w)
	line := func(value any) error {
		raw, err := json.Marshal(value, json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
		if err != nil {
			return fmt.Errorf("write JSON: %w", err)
		}
		_, err = out.Write(append(escapeJSON(raw), '\n'))
		return err
	}
	for _, s := range r.Servers {
		head := func(kind string) lineHead { return lineHead{kind, r.GeneratedAt, s.Server.Name, s.Source} }
		if err := line(serverLine{head("server"), s.Server, s.Snapshot, s.Summary, s.Collected, s.Skipped, s.WhatIf}); err != nil {
			return err
		}
		for _, result := range s.Results {
			err := line(ruleLine{head("rule"), result.ID, result.Title, result.Stance, result.Severity, result.Clause, result.Basis,
				result.Status, result.Error, result.Missing, len(result.Findings)})
			if err != nil {
				return err
			}
			for _, finding := range result.Findings {
				if err := line(findingLine{head("finding"), result.ID, result.Title, result.Stance, result.Clause, result.Basis, finding}); err != nil {
					return err
				}
			}
		}
	}
	if err := line(runLine{lineHead{Kind: "run", Time: r.GeneratedAt}, r.Exvet, r.Bundles, len(r.Servers), r.Waivers, r.Exit}); err != nil {
		return err
	}
	return out.Flush()
}
