package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/capture"
)

func collectCommand() *cobra.Command {
	var output, today, raw, cache string
	var quiet, planned, unredacted, binaries bool
	var live liveFlags
	var rules ruleSources
	cmd := &cobra.Command{
		Use:   "collect [flags] [SOURCE]",
		Short: "Look only, and write what was seen as a snapshot",
		Long: "Collect reads a copied disk (a directory that holds C/Windows, C/Program Files, ...), a zip of one or, without a\n" +
			"SOURCE, the server it runs on (Windows only, as administrator), and writes what it saw as one JSON document, which\n" +
			"exvet scan judges anywhere. Passwords, keys and connection strings do not enter it.\n\n" +
			"With --raw it writes a zip of what the rules read, which exvet scan judges as it judges the source, and newer rules\n" +
			"judge anew: configuration without secrets, registry keys, events, processes, a manifest of hashes. The snapshot is\n" +
			"then written only where --output says.",
		Annotations: exits(exvet.ExitClean, exvet.ExitFailure, exvet.ExitInput),
		Example: "  exvet collect evidence/ex01 --output ex01.json\n" +
			"  exvet collect evidence/ex01 --raw ex01.zip",
		RunE: func(cmd *cobra.Command, args []string) error {
			now, err := parseNow(today)
			if err != nil {
				return err
			}
			probes, err := rules.probes(cmd.Context(), now)
			if err != nil {
				return err
			}
			if planned {
				return writePlan(cmd.OutOrStdout(), probes)
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
			if raw == "" && (unredacted || binaries) {
				return exvet.Refuse("usage/raw", "--unredacted and --with-binaries say what goes into a capture; name its file with --raw")
			}
			tell := cmd.ErrOrStderr()
			if quiet {
				tell = io.Discard
			}
			options := capture.Options{Now: now, Unredacted: unredacted, Binaries: binaries}
			look := lookOptions(cache, cmd.ErrOrStderr(), quiet)
			look.Probes = probes
			var server *source
			switch {
			case len(args) == 0:
				server, err = readLive(cmd.Context(), live, now, tell, wanted{file: raw, options: options}, look)
			case raw != "":
				server, err = captureFrom(cmd.Context(), args[0], raw, now, options, probes)
			default:
				server, err = readSource(cmd.Context(), args[0], cmd.InOrStdin(), now, look)
			}
			if err != nil {
				return err
			}
			server.tell(tell, false)
			if raw != "" && output == "" {
				return nil
			}
			return deliver(cmd.OutOrStdout(), output, server.snapshot)
		},
	}
	set := cmd.Flags()
	set.SortFlags = false
	set.StringVar(&output, "output", "", "write to `FILE` instead of standard output")
	set.StringVar(&cache, "cache", "", cacheUsage)
	set.BoolVar(&planned, "plan", false, "say what would be read, and read nothing; no SOURCE is needed")
	set.StringVar(&raw, "raw", "", "write a zip of what the rules read to `FILE.zip`, without secrets")
	set.BoolVar(&binaries, "with-binaries", false, "with --raw: whole binaries, not only what tells who signed them")
	set.BoolVar(&unredacted, "unredacted", false, "with --raw: take nothing out, and add whole hives and event logs")
	set.StringVar(&today, "now", "", "when the snapshot says it was taken, as `RFC3339`")
	live.add(cmd)
	rules.define(cmd)
	set.BoolVar(&quiet, "quiet", false, "no messages on standard error but the error that ends the run")
	return cmd
}
