package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/orgdata"
)

func waiverCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "waiver COMMAND",
		Short: "Check waivers, or write one",
		Long: "A waiver says that a finding is known: who answers for it, why, and until when. It stays in the report and does not\n" +
			"count. Waivers stand in files given by --waivers, or in the data of a bundle.",
		Annotations: exits(exvet.ExitClean, exvet.ExitInput),
		Example:     "  exvet waiver check --waivers waivers.yaml report.json",
		Args:        subcommand,
		RunE:        func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(waiverCheckCommand(), waiverAddCommand())
	return cmd
}

// readWaivers reads files of waivers, in order.
func readWaivers(ctx context.Context, files []string) ([]exvet.Waiver, error) {
	var all []exvet.Waiver
	for _, file := range files {
		waivers, err := orgdata.ReadWaivers(file, jsonnetOptions(ctx))
		if err != nil {
			return nil, err
		}
		all = append(all, waivers...)
	}
	return all, nil
}

// readReport reads a report that exvet scan -o json wrote; - is standard input.
func readReport(name string, stdin io.Reader) (*exvet.Report, error) {
	var r exvet.Report
	source := stdin
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, exvet.Refuse("report/unreadable", "read %q: %w", name, cause(err))
		}
		defer file.Close()
		source = file
	}
	raw, err := io.ReadAll(io.LimitReader(source, maxSnapshot+1))
	switch {
	case err != nil:
		return nil, exvet.Refuse("report/unreadable", "read %q: %w", name, cause(err))
	case len(raw) > maxSnapshot:
		return nil, exvet.Refuse("report/too-large", "report %q is larger than %d bytes", name, maxSnapshot)
	}
	if err := json.Unmarshal(bytes.TrimPrefix(raw, []byte("\ufeff")), &r); err != nil {
		return nil, exvet.Refuse("report/malformed", "%q is no report: %w; write one with exvet scan -o json=FILE", name, err)
	}
	if r.Format != exvet.ReportFormat || r.Servers == nil {
		return nil, exvet.Refuse("report/malformed", "%q is no report of format %d; write one with exvet scan -o json=FILE", name, exvet.ReportFormat)
	}
	return &r, nil
}

// many is "1 day" or "2 days".
func many(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
