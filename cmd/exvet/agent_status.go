package main

import (
	"bytes"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/agent"
	"github.com/exvet/exvet/internal/report"
)

func agentStatusCommand() *cobra.Command {
	var flags agentFlags
	var outputs []string
	cmd := &cobra.Command{
		Use:   "status [flags]",
		Short: "Say whether the agent runs, which bundles answer and what waits to be sent",
		Long: "Status shows what the agent last said of itself. It ends in 0 where the agent runs and is well or works with a warning, in 1\n" +
			"where it does not run, or cannot scan or keep results.",
		Annotations: map[string]string{"exits": "  0  the agent runs and does its work\n  1  it does not run, or not well\n  4  bad input or configuration"},
		Example:     "  exvet agent status -o json",
		Args:        arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			outputs, err := parseOutputs(outputs, []string{"text", "json"})
			if err != nil {
				return err
			}
			config, err := agent.ReadConfig(flags.file)
			if err != nil {
				return err
			}
			found, err := agent.ReadStatus(config)
			if err != nil {
				return err
			}
			if err := writeAgentStatus(cmd.OutOrStdout(), outputs, found); err != nil {
				return err
			}
			if !found.Running || found.State == agent.StateError {
				return verdict(exvet.ExitFailure)
			}
			return nil
		},
	}
	flags.define(cmd)
	cmd.Flags().StringArrayVarP(&outputs, "output-format", "o", nil, "write as `FORMAT[=FILE]`: text, json; repeatable (default text)")
	return cmd
}

func writeAgentStatus(stdout io.Writer, outputs []output, found agent.Status) error {
	rendered := make([]bytes.Buffer, len(outputs))
	for i, o := range outputs {
		if o.format == "json" {
			document, err := report.JSON(found)
			if err != nil {
				return err
			}
			rendered[i].Write(document)
			continue
		}
		if err := agentStatusText(&rendered[i], found); err != nil {
			return err
		}
	}
	return deliverAll(stdout, outputs, rendered)
}

func agentStatusText(w io.Writer, found agent.Status) error {
	line := func(format string, args ...any) {
		fmt.Fprintln(w, report.Safe(fmt.Sprintf(format, args...)))
	}
	running := "does not run"
	if found.Running {
		running = "runs since " + stamp(found.StartedAt)
	}
	line("agent %s (exvet %s) %s; %s", found.ID, found.Exvet, running, found.State)
	if found.Message != "" {
		line("  %s", found.Message)
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, b := range found.Bundles {
		revision := b.Origin
		if b.Origin == "fetched" {
			revision = fmt.Sprintf("revision %s, serial %d, signed by %s", b.Revision, b.Serial, b.SignedBy)
		}
		fmt.Fprintf(table, "bundle\t%s\t%s\n", report.Safe(b.Name), report.Safe(revision))
		if b.Error != "" {
			fmt.Fprintf(table, "\t\t%s\n", report.Safe(b.Error))
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if last := found.LastScan; last != nil {
		what := fmt.Sprintf("exit %d: %s", last.Exit.Code, last.Exit.Reason)
		if last.Error != "" {
			what = last.Error
		}
		line("last scan %s (%s): %s", stamp(last.At), last.Cause, what)
	}
	if !found.NextScan.IsZero() && found.Running {
		line("next scan %s", stamp(found.NextScan))
	}
	line("spool: %d waiting, %d bytes, %d dropped, %d rejected", found.Spool.Waiting, found.Spool.Bytes, found.Spool.Dropped, found.Spool.Rejected)
	return nil
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }
