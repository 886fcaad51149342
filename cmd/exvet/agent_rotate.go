package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/agent"
	"github.com/exvet/exvet/internal/report"
)

func agentRotateCommand() *cobra.Command {
	var flags agentFlags
	cmd := &cobra.Command{
		Use:   "rotate [flags]",
		Short: "Ask the hub for new credentials in place of the present ones",
		Long: "Rotate shows the hub the credentials the configuration names, and puts those it gives in their place: into token_path, or into\n" +
			"cert and private_key with a new key. Those before are good for another hour. A running agent takes the new ones by itself.",
		Annotations: exits(exvet.ExitClean, exvet.ExitFailure, exvet.ExitInput),
		Example:     "  exvet agent rotate --config-file agent.yaml",
		Args:        arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := agent.ReadConfig(flags.file)
			if err != nil {
				return err
			}
			given, err := agent.Rotate(cmd.Context(), config, certificateRequest)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), report.Safe(fmt.Sprintf("credentials of %s until %s are in %s",
				given.Server, given.Expires.Format(time.DateOnly), strings.Join(given.Files, " and "))))
			return err
		},
	}
	flags.define(cmd)
	return cmd
}
