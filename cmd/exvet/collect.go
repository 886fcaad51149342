package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
)

func collectCommand() *cobra.Command {
	var output, today string
	var quiet bool
	var live liveFlags
	cmd := &cobra.Command{
		Use:   "collect [flags] [SOURCE]",
		Short: "Look only, and write what was seen as a snapshot",
		Long: "Collect reads a copied disk (a directory that holds C/Windows, C/Program Files, ...), a zip of one or, without a\n" +
			"SOURCE, the server it runs on (Windows only, as administrator), and writes what it saw as one JSON document, which\n" +
			"exvet scan judges anywhere. Passwords, keys and connection strings do not enter it.",
		Annotations: exits(exvet.ExitClean, exvet.ExitFailure, exvet.ExitInput),
		Example:     "  exvet collect evidence/ex01 --output ex01.json",
		RunE: func(cmd *cobra.Command, args []string) error {
			now, err := parseNow(today)
			if err != nil {
				return err
			}
			if err := checkSources(args); err != nil {
				return err
			}
			if err := arguments(0, 1)(cmd, args); err != nil {
				return err
			}
			if err := live.check(cmd, args); err != nil {
				return err
			}
			tell := cmd.ErrOrStderr()
			if quiet {
				tell = io.Discard
			}
			var server *source
			if len(args) == 0 {
				server, err = readLive(cmd.Context(), live, now, tell)
			} else {
				server, err = readSource(cmd.Context(), args[0], cmd.InOrStdin(), now)
			}
			if err != nil {
				return err
			}
			server.tell(tell, false)
			return deliver(cmd.OutOrStdout(), output, server.snapshot)
		},
	}
	set := cmd.Flags()
	set.SortFlags = false
	set.StringVar(&output, "output", "", "write to `FILE` instead of standard output")
	set.StringVar(&today, "now", "", "when the snapshot says it was taken, as `RFC3339`")
	live.add(cmd)
	set.BoolVar(&quiet, "quiet", false, "no messages on standard error but the error that ends the run")
	return cmd
}
