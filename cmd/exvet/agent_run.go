package main

import (
	"context"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/agent"
)

func agentRunCommand() *cobra.Command {
	var flags agentFlags
	var service bool
	cmd := &cobra.Command{
		Use:   "run [flags]",
		Short: "Run the agent until it is stopped",
		Long: "Run fetches, scans and sends until it is stopped by Ctrl-C, SIGTERM or the service manager. It starts without a network,\n" +
			"from what was fetched before, else with the rules built into exvet. docs/agent.md describes the configuration.",
		Annotations: exits(exvet.ExitClean, exvet.ExitFailure, exvet.ExitInput),
		Example:     "  exvet agent run --config-file agent.yaml",
		Args:        arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			log, err := flags.log(cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			start := func(ctx context.Context, options agent.Options) error {
				config, err := agent.ReadConfig(flags.file)
				if err != nil {
					return err
				}
				running, err := agent.New(ctx, config, options)
				if err != nil {
					return err
				}
				return running.Run(ctx)
			}
			if service || agent.IsService() {
				return agent.RunService(cmd.Context(), start)
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGTERM)
			defer stop()
			return start(ctx, agent.Options{Log: log})
		},
	}
	flags.define(cmd)
	flags.defineLog(cmd)
	cmd.Flags().BoolVar(&service, "service", false, "the service manager of Windows starts it")
	_ = cmd.Flags().MarkHidden("service") // it is there
	return cmd
}
