package main

import (
	"io"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/agent"
)

func agentCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "agent COMMAND",
		Short: "One server, kept checked from published bundles",
		Long: "The agent fetches signed bundles from where they are published, scans on a schedule and whenever rules change, and sends\n" +
			"what it found to a receiver of OPA's decision logs, such as exvet hub.",
		Annotations: exits(exvet.ExitClean, exvet.ExitInput),
		Example:     "  exvet agent run --config-file agent.yaml",
		Args:        subcommand,
		RunE:        func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(agentRunCommand(), agentScanCommand(), agentStatusCommand(), agentRotateCommand(), agentInstallCommand(), agentUninstallCommand())
	return cmd
}

// agentFlags are the flags of every command of the agent.
type agentFlags struct {
	file      string
	logFormat string
	verbose   bool
}

func (f *agentFlags) define(cmd *cobra.Command) {
	cmd.Flags().SortFlags = false
	cmd.Flags().StringVar(&f.file, "config-file", agent.DefaultConfigFile(), "the agent's configuration, in OPA's form: `FILE`, YAML, JSON or Jsonnet")
}

func (f *agentFlags) defineLog(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.logFormat, "log-format", "text", "write the log as `text|json`")
	cmd.Flags().BoolVar(&f.verbose, "verbose", false, "log what OPA's plugins say as well")
}

func (f *agentFlags) log(stderr io.Writer) (*slog.Logger, error) {
	options := &slog.HandlerOptions{Level: slog.LevelInfo}
	if f.verbose {
		options.Level = slog.LevelDebug
	}
	switch f.logFormat {
	case "text":
		return slog.New(slog.NewTextHandler(stderr, options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(stderr, options)), nil
	}
	return nil, exvet.Refuse("usage/log-format", "--log-format %q is neither text nor json", f.logFormat)
}
