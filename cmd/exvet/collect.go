package main

import (
	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
)

func collectCommand() *cobra.Command {
	var output, today string
	var quiet, planned bool
	var directories []string
	cmd := &cobra.Command{
		Use:   "collect [flags] SOURCE",
		Short: "Look only, and write what was seen as a snapshot",
		Long: "Collect reads a copied disk (a directory that holds C/Windows, C/Program Files, ...) or a zip of one and writes what\n" +
			"it saw as one JSON document, which exvet scan judges anywhere. Passwords, keys and connection strings do not enter it.",
		Annotations: exits(exvet.ExitClean, exvet.ExitFailure, exvet.ExitInput),
		Example:     "  exvet collect evidence/ex01 --output ex01.json",
		RunE: func(cmd *cobra.Command, args []string) error {
			now, err := parseNow(today)
			if err != nil {
				return err
			}
			probes, err := loadProbes(cmd.Context(), directories)
			if err != nil {
				return err
			}
			if planned {
				return writePlan(cmd.OutOrStdout(), probes)
			}
			if err := checkSources(args); err != nil {
				return err
			}
			if err := arguments(1, 1)(cmd, args); err != nil {
				return err
			}
			server, err := readSource(cmd.Context(), args[0], cmd.InOrStdin(), now, probes)
			if err != nil {
				return err
			}
			if !quiet {
				server.tell(cmd.ErrOrStderr(), false)
			}
			return deliver(cmd.OutOrStdout(), output, server.snapshot)
		},
	}
	set := cmd.Flags()
	set.SortFlags = false
	set.StringVar(&output, "output", "", "write to `FILE` instead of standard output")
	set.StringArrayVar(&directories, "bundle", nil, "read what the probes of the bundle in `DIR` ask for, too; repeatable")
	set.BoolVar(&planned, "plan", false, "say what would be read, and read nothing; no SOURCE is needed")
	set.StringVar(&today, "now", "", "when the snapshot says it was taken, as `RFC3339`")
	set.BoolVar(&quiet, "quiet", false, "no messages on standard error but the error that ends the run")
	return cmd
}
