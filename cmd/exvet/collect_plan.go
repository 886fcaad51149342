package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/collectors"
	"github.com/exvet/exvet/internal/report"
)

// loadProbes gives the probes of bundles. Their rules are not compiled: collect judges nothing.
func loadProbes(ctx context.Context, directories []string) ([]exvet.Probe, error) {
	if len(directories) == 0 {
		return nil, nil
	}
	loaded, err := loadBundles(ctx, directories)
	if err != nil {
		return nil, err
	}
	var probes []exvet.Probe
	for _, bundle := range loaded {
		probes = append(probes, bundle.Probes...)
	}
	return probes, nil
}

// writePlan says what a collection would read: the sections, and what probes ask for.
func writePlan(w io.Writer, probes []exvet.Probe) error {
	var b strings.Builder
	b.WriteString("Sections:\n")
	for _, collector := range collectors.All() {
		fmt.Fprintf(&b, "  %-12s  %s\n", collector.Name, collector.About)
	}
	if len(probes) > 0 {
		b.WriteString("\nProbes:\n")
	}
	for _, probe := range probes {
		fmt.Fprintf(&b, "  %s  %s  %s\n      %s\n", report.Safe(probe.Name()), probe.Kind, report.Safe(probe.Path), report.Safe(wanted(probe)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// wanted says what a probe takes from what it reads.
func wanted(probe exvet.Probe) string {
	parts := []string{}
	switch probe.Kind {
	case exvet.ProbeRegistry:
		if parts = append(parts, "every value"); probe.Value != "" {
			parts[0] = "the value " + probe.Value
		}
	case exvet.ProbeFile:
		parts = append(append(parts, "whether it is there"), probe.Read...)
		if probe.Match != "" {
			parts = append(parts, "lines like "+probe.Match)
		}
	case exvet.ProbeService:
		parts = append(parts, "account, program and start of the service")
	case exvet.ProbeEvent:
		parts = append(parts, fmt.Sprintf("events of the last %s", many(probe.Days, "day")))
		if probe.Provider != "" {
			parts = append(parts, "of "+probe.Provider)
		}
		if len(probe.IDs) > 0 {
			parts = append(parts, "with the ids "+strings.Trim(fmt.Sprint(probe.IDs), "[]"))
		}
	case exvet.ProbeXML:
		parts = append(parts, "attributes of "+probe.Element)
	}
	return strings.Join(parts, ", ") + "   (" + probe.Source + ")"
}
