package main

import (
	"context"
	"fmt"

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

// many is "1 day" or "2 days".
func many(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
