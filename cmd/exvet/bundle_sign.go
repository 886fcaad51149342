package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
)

func bundleSignCommand() *cobra.Command {
	var output, keyFile, keyID, algorithm, scope string
	cmd := &cobra.Command{
		Use:   "sign [flags] FILE",
		Short: "Sign an archive",
		Long: "Sign puts a signature into an archive, as OPA verifies it, in place of one it had. A core bundle is signed for the\n" +
			"scope " + bundles.CoreScope + ", which no other bundle may have.",
		Annotations: exits(exvet.ExitClean, exvet.ExitFailure, exvet.ExitInput),
		Example:     "  exvet bundle sign acme.tar.gz --signing-key acme.pem",
		Args:        arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if keyFile == "" {
				return exvet.Refuse("usage/flag", "no key given; pass --signing-key FILE")
			}
			key, err := bundles.ReadSigningKey(keyFile, algorithm)
			if err != nil {
				return err
			}
			archive, err := readArchive(args[0])
			if err != nil {
				return err
			}
			signed, err := bundles.Sign(cmd.Context(), args[0], archive, key, keyID, scope)
			if err != nil {
				return err
			}
			if output == "" {
				output = args[0]
			}
			if err := deliver(cmd.OutOrStdout(), output, signed); err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "%s: signed\n", output)
			return nil
		},
	}
	set := cmd.Flags()
	set.SortFlags = false
	set.StringVar(&keyFile, "signing-key", "", "private key (PEM), or the secret for HS256, in `FILE`")
	set.StringVar(&keyID, "signing-key-id", "default", "`ID` by which verifiers choose the key")
	set.StringVar(&algorithm, "signing-alg", "", "`ALG`: ES256, RS256 or, a secret for labs, HS256 (default that of the key)")
	set.StringVar(&scope, "scope", "", "`SCOPE` that verifiers must ask for")
	set.StringVar(&output, "output", "", "write to `FILE` instead of in place")
	return cmd
}

// readArchive reads a file that is to be an archive.
func readArchive(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, exvet.Refuse("bundle/not-found", "%w", err)
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, bundles.MaxArchive+1))
	if err != nil {
		return nil, exvet.Refuse("bundle/not-found", "%w; pass an archive", err)
	}
	if len(content) > bundles.MaxArchive {
		return nil, exvet.Refuse("bundle/too-large", "%s is larger than %d MiB", name, bundles.MaxArchive>>20)
	}
	return content, nil
}
