package report

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/exvet/exvet"
)

// An exposition collects metrics in the text format of Prometheus, whose names and labels are fixed and whose
// values of labels are escaped.
type exposition struct{ w *bufio.Writer }

// writePrometheus prints what a textfile collector takes: gauges, each with its HELP and TYPE once and no time
// stamp. No label holds the text of a finding: their number must stay small.
func writePrometheus(w io.Writer, r *exvet.Report, _ Options) error {
	x := exposition{bufio.NewWriter(w)}
	x.family("exvet_info", "The exvet that made this report.")
	x.sample("exvet_info", 1, "version", r.Exvet.Version)
	x.family("exvet_bundle_info", "The bundles of rules that took part.")
	for _, b := range r.Bundles {
		x.sample("exvet_bundle_info", 1, "bundle", b.Name, "revision", b.Revision, "signed_by", b.SignedBy)
	}
	x.family("exvet_exit_code", "Exit code of the run: 0 clean, 2 findings, 3 a required rule is unknown or in error.")
	x.sample("exvet_exit_code", float64(r.Exit.Code))
	x.family("exvet_report_timestamp_seconds", "When this report was made.")
	x.sample("exvet_report_timestamp_seconds", float64(r.GeneratedAt.Unix()))
	x.family("exvet_waivers", "Waivers by state: used, unused, expired, unknown_rule or undecided.")
	for _, state := range []exvet.WaiverState{
		exvet.WaiverUsed, exvet.WaiverUnused, exvet.WaiverExpired, exvet.WaiverUnknownRule, exvet.WaiverUndecided,
	} {
		n := 0
		for _, use := range r.Waivers {
			if use.State == state {
				n++
			}
		}
		x.sample("exvet_waivers", float64(n), "state", string(state))
	}
	x.servers(r)
	return x.w.Flush()
}

// servers prints each family for every server, as the format wants it.
func (x exposition) servers(r *exvet.Report) {
	names := serverNames(r)
	each := func(metric, help string, samples func(s *exvet.ServerReport, sample func(value float64, labels ...string))) {
		x.family(metric, help)
		for i := range r.Servers {
			samples(&r.Servers[i], func(value float64, labels ...string) {
				x.sample(metric, value, append([]string{"server", names[i]}, labels...)...)
			})
		}
	}
	each("exvet_snapshot_timestamp_seconds", "When the server was looked at.", func(s *exvet.ServerReport, sample func(float64, ...string)) {
		sample(float64(s.Snapshot.CollectedAt.Unix()))
	})
	each("exvet_what_if", "1 where the verdict leaves products out on purpose.", func(s *exvet.ServerReport, sample func(float64, ...string)) {
		if s.WhatIf != nil {
			sample(1)
		}
	})
	each("exvet_rules", "Rules by status.", func(s *exvet.ServerReport, sample func(float64, ...string)) {
		for _, status := range statusCounts(s.Summary) {
			sample(float64(status.n), "status", string(status.status))
		}
	})
	each("exvet_coverage_ratio", "Share of the applicable rules that were decided.", func(s *exvet.ServerReport, sample func(float64, ...string)) {
		sample(s.Summary.Coverage)
	})
	each("exvet_section_complete", "1 where a section of facts was seen in full.", func(s *exvet.ServerReport, sample func(float64, ...string)) {
		for _, name := range slices.Sorted(maps.Keys(s.Collected)) {
			complete := 0.0
			if s.Collected[name].Status == exvet.Complete {
				complete = 1
			}
			sample(complete, "section", name)
		}
	})
	each("exvet_findings", "Findings by stance, severity and whether a waiver covers them.", func(s *exvet.ServerReport, sample func(float64, ...string)) {
		for _, c := range tally(s) {
			sample(float64(c.n), "stance", string(c.stance), "severity", string(c.severity), "waived", strconv.FormatBool(c.waived))
		}
	})
	each("exvet_rule_findings", "Findings of each rule that no waiver covers; a rule without one has no sample.", func(s *exvet.ServerReport, sample func(float64, ...string)) {
		for _, result := range s.Results {
			if n := unwaived(result); n > 0 {
				sample(float64(n), "rule", result.ID, "stance", string(result.Stance), "clause", result.Clause)
			}
		}
	})
	each("exvet_waiver_next_expiry_timestamp_seconds", "End of the last day of the waiver in use that ends first.", func(s *exvet.ServerReport, sample func(float64, ...string)) {
		if day := nextExpiry(s); !day.IsZero() {
			sample(float64(day.AddDate(0, 0, 1).Unix()))
		}
	})
}

func (x exposition) family(name, help string) {
	fmt.Fprintf(x.w, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name)
}

// sample prints one value with its labels, given as name and value in turn.
func (x exposition) sample(name string, value float64, labels ...string) {
	_, _ = x.w.WriteString(name) // Flush says what went wrong
	separator := "{"
	for i := 0; i+1 < len(labels); i += 2 {
		fmt.Fprintf(x.w, `%s%s="%s"`, separator, labels[i], labelEscape.Replace(Safe(labels[i+1])))
		separator = ","
	}
	if separator == "," {
		_ = x.w.WriteByte('}')
	}
	fmt.Fprintf(x.w, " %s\n", strconv.FormatFloat(value, 'f', -1, 64))
}

// labelEscape writes the value of a label; Safe has left no newline in it.
var labelEscape = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// nextExpiry is the last day of the waiver in use that ends first, or no time.
func nextExpiry(s *exvet.ServerReport) time.Time {
	var first time.Time
	for _, result := range s.Results {
		for _, f := range result.Findings {
			if f.Waiver == nil {
				continue
			}
			if day, err := time.Parse(time.DateOnly, f.Waiver.Expires); err == nil && (first.IsZero() || day.Before(first)) {
				first = day
			}
		}
	}
	return first
}
