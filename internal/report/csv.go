package report

import (
	"encoding/csv"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/exvet/exvet"
)

// csvColumns keep their order; new ones come at the end.
var csvColumns = []string{"server", "source", "product", "build", "collected_at", "rule", "title", "status", "stance", "severity",
	"clause", "basis", "subject", "message", "evidence", "binary", "integration", "waived_until", "waiver_owner", "waiver_reason",
	"instead", "what_to_do", "what_if", "own_severity"}

// writeCSV prints one row a finding, and one for each rule without a finding, so that what is unknown or was left out has
// a row. Settings, and waivers that want a hand, are of the whole run: their rows name no server.
func writeCSV(w io.Writer, r *exvet.Report, _ Options) error {
	out := csv.NewWriter(w)
	write := func(cells ...string) {
		for i, cell := range cells {
			cells[i] = inert(cell)
		}
		_ = out.Write(cells) // out.Error says what went wrong, once
	}
	writeSome := func(cells map[string]string) {
		row := make([]string, len(csvColumns))
		for i, column := range csvColumns {
			row[i] = cells[column]
		}
		write(row...)
	}
	write(slices.Clone(csvColumns)...)
	for _, s := range r.Servers {
		for _, result := range s.Results {
			row := func(status exvet.Status, f exvet.Finding) {
				var waiver exvet.Waiver
				if f.Waiver != nil {
					waiver = *f.Waiver
				}
				write(s.Server.Name, s.Source, s.Server.Product, s.Server.Build, s.Snapshot.CollectedAt.UTC().Format(time.RFC3339),
					result.ID, result.Title, string(status), string(result.Stance), string(f.Severity), result.Clause, result.Basis,
					f.Subject, f.Message, evidenceLine(f.Evidence), f.Binary, f.Integration,
					waiver.Expires, waiver.Owner, waiver.Reason, result.Alternative, result.Remediation, leftOut(&s), string(result.OwnSeverity))
			}
			for _, finding := range result.Findings {
				row(findingStatus(finding), finding)
			}
			if len(result.Findings) == 0 {
				row(result.Status, exvet.Finding{Severity: result.Severity, Message: whyOpen(result)})
			}
		}
		for _, rule := range s.Skipped {
			writeSome(map[string]string{"server": s.Server.Name, "source": s.Source, "rule": rule.ID, "title": rule.Title,
				"status": "skipped", "message": whoSkipped(rule)})
		}
	}
	for _, n := range changedRules(r) {
		writeSome(map[string]string{"status": "setting", "message": n.word + ": " + n.text})
	}
	for _, n := range idleWaivers(r) {
		writeSome(map[string]string{"status": "waiver", "message": n.word + ": " + n.text})
	}
	out.Flush()
	return out.Error()
}

func findingStatus(f exvet.Finding) exvet.Status {
	if f.Waiver != nil {
		return exvet.Waived
	}
	return exvet.Found
}

// evidenceLine puts all evidence into one line: "file:C:\x.config:3: <add ...>; registry:...".
func evidenceLine(all []exvet.Evidence) string {
	var parts []string
	for _, e := range all {
		part := e.Ref
		if e.Value != "" {
			part += ": " + e.Value
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; ")
}

// whyOpen says in one line why a rule has no answer, or "".
func whyOpen(result exvet.Result) string {
	if result.Error != "" {
		return result.Error
	}
	var parts []string
	for _, m := range result.Missing {
		parts = append(parts, "not seen: "+strings.Join(m.Facts, ", ")+": "+m.Error())
	}
	return strings.Join(parts, "; ")
}

// inert makes a cell that no spreadsheet takes for a formula. A spreadsheet whose separator is the semicolon
// splits cells there, whatever the quotes.
func inert(cell string) string {
	cell = Safe(cell)
	var b strings.Builder
	start := true
	for _, c := range cell {
		switch {
		case start && strings.ContainsRune("=+-@＝＋－＠", c):
			b.WriteByte('\'')
			start = false
		case c == ';':
			start = true
		case c != ' ' && c != '"' && c != '\u3000':
			start = false
		}
		b.WriteRune(c)
	}
	return b.String()
}
