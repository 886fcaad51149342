package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/authoring"
	"github.com/exvet/exvet/internal/report"
)

func ruleNewCommand() *cobra.Command {
	var wanted authoring.NewRule
	cmd := &cobra.Command{
		Use:   "new [flags] ID [DIR]",
		Short: "Scaffold a rule of your own, with its test and fixtures",
		Long: "New writes a rule, its test and the fixtures the test asks into DIR (default: the working directory). They pass at\n" +
			"once; change them to what you look for. Nothing that is there is overwritten.",
		Annotations: exits(exvet.ExitClean, exvet.ExitFailure, exvet.ExitInput),
		Example:     "  exvet rule new ACME-IIS-001 --org acme --title 'Our tracing module on a mail server'",
		Args:        arguments(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			wanted.ID = args[0]
			dir := directoryOf(args[1:])
			written, err := authoring.New(cmd.Context(), dir, wanted)
			for _, file := range written {
				fmt.Fprintln(cmd.OutOrStdout(), report.Safe(file))
			}
			if err == nil {
				fmt.Fprintf(cmd.ErrOrStderr(), "next: exvet rule test %s\n", report.Safe(dir))
			}
			return err
		},
	}
	set := cmd.Flags()
	set.SortFlags = false
	set.StringVar(&wanted.Org, "org", "", "`NAME` of the organisation (default: the one DIR holds)")
	set.StringVar(&wanted.Title, "title", "", "what is found, in one `LINE`")
	set.StringVar(&wanted.Area, "area", "", "`FOLDER` below rules (default: follows from the id, as iis from ACME-IIS-001)")
	set.StringVar(&wanted.Name, "name", "", "`NAME` of the rule's folder, files and package (default: follows from the title)")
	return cmd
}

// directoryOf is the directory given, or the working directory.
func directoryOf(args []string) string {
	if len(args) == 0 {
		return "."
	}
	return args[0]
}
