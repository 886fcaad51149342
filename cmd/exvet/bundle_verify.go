package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
)

func bundleVerifyCommand() *cobra.Command {
	var flags trustFlags
	var today string
	cmd := &cobra.Command{
		Use:   "verify [flags] BUNDLE",
		Short: "Check an archive as a server would before it takes it into use",
		Long: "Verify checks the signature of an archive or address, that it is neither old, expired nor for another engine, and that\n" +
			"its rules keep to the contract.",
		Annotations: exits(exvet.ExitClean, exvet.ExitFailure, exvet.ExitInput, exvet.ExitUntrusted, exvet.ExitWrongBuild),
		Example:     "  exvet bundle verify acme.tar.gz --verification-key acme.pub --min-serial 7",
		Args:        arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			now, err := parseNow(today)
			if err != nil {
				return err
			}
			trust, err := flags.trust(now)
			if err != nil {
				return err
			}
			bundle, err := flags.open(cmd.Context(), args[0], trust, bundles.Either)
			if err != nil {
				return err
			}
			if bundle.Info.Trust == exvet.TrustDirectory {
				return exvet.Refuse("bundle/archive", "%q is a directory, which has no signature; build and sign it", args[0])
			}
			how := "signed by " + bundle.Info.SignedBy
			if bundle.Info.Trust == exvet.TrustUnsigned {
				how = "not signed, allowed"
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s revision %s, serial %d, %s: %s\n",
				bundle.Info.Name, bundle.Info.Revision, bundle.Info.Serial, count(len(bundle.Rules), "rule"), how)
			return err
		},
	}
	cmd.Flags().SortFlags = false
	flags.define(cmd)
	cmd.Flags().StringVar(&today, "now", "", "what today is, as `RFC3339`")
	return cmd
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
