package main

import (
	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
)

func bundleCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "bundle COMMAND",
		Short: "Build, sign, publish and fetch bundles of rules",
		Long: "A bundle is an organisation's rules, settings, waivers and probes in one signed archive, in OPA's format. Servers\n" +
			"take it by exvet scan --bundle.",
		Annotations: exits(exvet.ExitClean, exvet.ExitInput),
		Example:     "  exvet bundle build acme --output acme.tar.gz && exvet bundle sign acme.tar.gz --signing-key acme.pem",
		Args:        subcommand,
		RunE:        func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		bundleBuildCommand(),
		bundleSignCommand(),
		bundleVerifyCommand(),
		bundleInspectCommand(),
		bundleDiffCommand(),
		bundlePushCommand(),
		bundlePullCommand(),
	)
	return cmd
}
