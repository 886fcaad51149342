package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/authoring"
	"github.com/exvet/exvet/internal/report"
)

func ruleLintCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "lint [DIR]",
		Short: "Find what is wrong, untested or slow in rules of your own",
		Long: "Lint reads DIR (default: the working directory), which holds org/<name>/, and prints one line for each mistake: file,\n" +
			"line, and what to do. It checks what a bundle must keep to, OPA's strict compiler with the types of facts, which words\n" +
			"of the core are used, that each rule has a test and names the facts it reads, that fixtures are as their Jsonnet says,\n" +
			"and shapes of Rego that are slow on a large server. A comment \"# exvet ignore:slow-join\" in the line or the one above\n" +
			"leaves out what lint itself advises, by the name behind lint/.",
		Annotations: exits(exvet.ExitClean, exvet.ExitFailure, exvet.ExitInput),
		Example:     "  exvet rule lint our-rules",
		Args:        arguments(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			problems, err := authoring.Lint(cmd.Context(), directoryOf(args))
			if err != nil {
				return err
			}
			for _, problem := range problems {
				fmt.Fprintln(cmd.OutOrStdout(), report.Safe(problem.String()))
			}
			switch len(problems) {
			case 0:
				return nil
			case 1:
				return &exvet.Refusal{Code: exvet.ExitInput, Reason: "lint/problems", Err: errors.New("1 problem")}
			}
			return exvet.Refuse("lint/problems", "%d problems", len(problems))
		},
	}
}
