package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
)

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:         "version",
		Short:       "Say which exvet this is",
		Long:        "Version says which exvet this is, and which OPA evaluates its rules.",
		Annotations: exits(exvet.ExitClean, exvet.ExitInput),
		Example:     "  exvet version",
		Args:        arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "exvet %s (opa %s, %s, %s/%s)\n",
				exvet.Version, opaVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}

// opaVersion is the version of OPA in this build, or "unknown" where the build does not say.
func opaVersion() string {
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, module := range build.Deps {
		if module.Path == "github.com/open-policy-agent/opa" {
			return module.Version
		}
	}
	return "unknown"
}
