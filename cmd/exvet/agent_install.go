package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/agent"
)

func agentInstallCommand() *cobra.Command {
	var flags agentFlags
	var planned, resting bool
	cmd := &cobra.Command{
		Use:   "install [flags]",
		Short: "Make the agent a service of this machine, and start it",
		Long: "Install makes the agent a Windows service, or a unit of systemd, that starts with the machine and is started again when it\n" +
			"ends by mistake. The service runs this exvet from where it lies: put it where only administrators may write. The\n" +
			"configuration is checked first.",
		Annotations: exits(exvet.ExitClean, exvet.ExitFailure, exvet.ExitInput),
		Example:     "  exvet agent install --config-file /etc/exvet/agent.yaml",
		Args:        arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := agent.ReadConfig(flags.file)
			if err != nil {
				return err
			}
			file, err := filepath.Abs(flags.file)
			if err != nil {
				return err
			}
			program, err := os.Executable()
			if err != nil {
				return fmt.Errorf("find this program: %w", err)
			}
			install := agent.Install{Program: program, Config: file, Start: !resting, Folder: config.Directory}
			if planned {
				_, err := io.WriteString(cmd.OutOrStdout(), agent.Describe(install))
				return err
			}
			return agent.InstallService(install)
		},
	}
	flags.define(cmd)
	cmd.Flags().BoolVar(&planned, "print", false, "say what would be installed, and install nothing")
	cmd.Flags().BoolVar(&resting, "no-start", false, "do not start it now")
	return cmd
}

func agentUninstallCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "uninstall",
		Short: "Stop the service and take it away",
		Long: "Uninstall stops the service and takes it away. The agent's folder stays, with what was fetched and what waits to be sent;\n" +
			"so does the configuration.",
		Annotations: exits(exvet.ExitClean, exvet.ExitFailure, exvet.ExitInput),
		Example:     "  exvet agent uninstall",
		Args:        arguments(0, 0),
		RunE:        func(*cobra.Command, []string) error { return agent.UninstallService() },
	}
}
