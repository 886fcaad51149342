package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/agent"
	"github.com/exvet/exvet/internal/decision"
)

func agentScanCommand() *cobra.Command {
	var flags agentFlags
	cmd := &cobra.Command{
		Use:   "scan [flags]",
		Short: "Have the agent scan now",
		Long: "Scan asks the running agent for a scan and waits for it. Where none runs it does one round itself: it fetches, scans and\n" +
			"sends, as the agent would.",
		Annotations: exits(exvet.ExitClean, exvet.ExitFailure, exvet.ExitFindings, exvet.ExitUnknown, exvet.ExitInput),
		Example:     "  exvet agent scan --config-file agent.yaml",
		Args:        arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			log, err := flags.log(cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			config, err := agent.ReadConfig(flags.file)
			if err != nil {
				return err
			}
			result, exit, asked, err := agent.AskScan(cmd.Context(), config)
			if err == nil && !asked {
				var one *agent.Agent
				if one, err = agent.New(cmd.Context(), config, agent.Options{Log: log}); err == nil {
					result, err = one.Once(cmd.Context())
				}
				if result.Report != nil {
					exit = result.Report.Exit
				}
			}
			if err != nil {
				return err
			}
			return concludeScan(cmd.OutOrStdout(), result, exit)
		},
	}
	flags.define(cmd)
	flags.defineLog(cmd)
	return cmd
}

// concludeScan says in one line what a scan came to, and ends as exvet scan does.
func concludeScan(stdout io.Writer, result decision.Result, exit exvet.Exit) error {
	if result.Kind == decision.Failure {
		return errors.New(result.Error)
	}
	_, err := fmt.Fprintf(stdout, "exit %d: %s; coverage %.0f %%, %s\n", exit.Code, exit.Reason, result.Coverage*100,
		time.Duration(result.Seconds*float64(time.Second)).Round(10*time.Millisecond))
	if err == nil && exit.Code != exvet.ExitClean {
		err = verdict(exit.Code)
	}
	return err
}
