package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
)

func completionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:         "completion COMMAND",
		Short:       "Print a script that completes commands and flags in a shell",
		Long:        "Completion prints a script that makes a shell complete exvet's commands and flags.",
		Annotations: exits(exvet.ExitClean, exvet.ExitInput),
		Example:     "  source <(exvet completion bash)",
		Args:        subcommand,
		RunE:        func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		completionOf("bash", "source <(exvet completion bash)",
			func(root *cobra.Command, w io.Writer) error { return root.GenBashCompletionV2(w, true) }),
		completionOf("zsh", `exvet completion zsh > "${fpath[1]}/_exvet"`,
			func(root *cobra.Command, w io.Writer) error { return root.GenZshCompletion(w) }),
		completionOf("fish", "exvet completion fish | source",
			func(root *cobra.Command, w io.Writer) error { return root.GenFishCompletion(w, true) }),
		completionOf("powershell", "exvet completion powershell | Out-String | Invoke-Expression",
			func(root *cobra.Command, w io.Writer) error { return root.GenPowerShellCompletionWithDesc(w) }),
	)
	return cmd
}

func completionOf(shell, example string, generate func(*cobra.Command, io.Writer) error) *cobra.Command {
	return &cobra.Command{
		Use:         shell,
		Short:       "Script for " + shell,
		Long:        "Print the completion script for " + shell + ".",
		Annotations: exits(exvet.ExitClean, exvet.ExitInput),
		Example:     "  " + example,
		Args:        arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return generate(cmd.Root(), cmd.OutOrStdout())
		},
	}
}
