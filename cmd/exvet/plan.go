package main

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/plan"
)

func planCommand() *cobra.Command {
	var outputs, only []string
	cmd := &cobra.Command{
		Use:   "plan [flags] REPORT",
		Short: "Say how to take each integration out, prove the point, and put it back",
		Long: "Plan reads a report that exvet scan wrote as JSON, or - for one on standard input, and writes for each integration\n" +
			"what Microsoft Support will ask for: what to back up, what to turn off, what to restart and what that interrupts,\n" +
			"what to watch and for how long, and how to put it back. The commands are text to review: plan runs nothing.",
		Annotations: exits(exvet.ExitClean, exvet.ExitFailure, exvet.ExitInput),
		Example:     "  exvet scan evidence/ex01 -o json=ex01.json\n  exvet plan ex01.json -o markdown=plan.md",
		Args:        arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return makePlan(cmd.Context(), args[0], outputs, plan.Options{Only: only}, cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
	set := cmd.Flags()
	set.SortFlags = false
	set.StringArrayVarP(&outputs, "output-format", "o", nil,
		"plan as `FORMAT[=FILE]`: "+strings.Join(plan.Formats(), ", ")+"; repeatable (default text)")
	set.StringArrayVar(&only, "integration", nil,
		"plan only for integrations whose product, vendor, signer or file is like `GLOB`; repeatable (default all that are not supported)")
	return cmd
}

func makePlan(_ context.Context, name string, formats []string, options plan.Options, stdin io.Reader, stdout io.Writer) error {
	outputs, err := parseOutputs(formats, plan.Formats())
	if err != nil {
		return err
	}
	report, err := readReport(name, stdin)
	if err != nil {
		return err
	}
	document := plan.Make(report, options)
	if err := checkPlanned(report, document, options); err != nil {
		return err
	}
	rendered := make([]bytes.Buffer, len(outputs))
	for i, o := range outputs {
		if err := plan.Write(&rendered[i], o.format, document); err != nil {
			return err
		}
	}
	return deliverAll(stdout, outputs, rendered)
}

// checkPlanned refuses a glob that names no integration: an empty plan would look like an answer.
func checkPlanned(report *exvet.Report, document *plan.Document, options plan.Options) error {
	if len(options.Only) == 0 || slices.ContainsFunc(document.Servers, func(s plan.Server) bool { return len(s.Plans) > 0 }) {
		return nil
	}
	return exvet.Refuse("plan/no-match", "no integration is like %q; there are: %s", strings.Join(options.Only, ", "), strings.Join(titles(report), "; "))
}

// titles lists the integrations of a report, each once.
func titles(report *exvet.Report) []string {
	var all []string
	for _, server := range report.Servers {
		for _, integration := range server.Integrations {
			if title := integration.Title(); !slices.Contains(all, title) {
				all = append(all, title)
			}
		}
	}
	return all
}
