package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
	"github.com/exvet/exvet/bundles/remote"
)

func bundlePushCommand() *cobra.Command {
	var flags trustFlags
	cmd := &cobra.Command{
		Use:   "push [flags] FILE TARGET",
		Short: "Publish an archive",
		Long: "Push publishes a signed archive to an OCI registry (oci://HOST/REPOSITORY:TAG, with the credentials of docker login), to\n" +
			"a web server that takes PUT (https://..., with the token in --token-file), such as a hub, or into a directory. OPA\n" +
			"downloads it from there too.",
		Annotations: exits(exvet.ExitClean, exvet.ExitFailure, exvet.ExitInput, exvet.ExitUntrusted),
		Example:     "  exvet bundle push acme.tar.gz oci://registry.acme.example/exvet/acme:stable",
		Args:        arguments(2, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return pushBundle(cmd.Context(), args[0], args[1], &flags, cmd.OutOrStdout())
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().BoolVar(&flags.allowUnsigned, "allow-unsigned", false, "publish an archive that is not signed")
	flags.defineAddress(cmd)
	flags.defineToken(cmd)
	return cmd
}

func pushBundle(ctx context.Context, file, target string, flags *trustFlags, stdout io.Writer) error {
	archive, err := readArchive(file)
	if err != nil {
		return err
	}
	seen, err := bundles.Inspect(ctx, file, archive)
	if err != nil {
		return err
	}
	if seen.Signature == nil && !flags.allowUnsigned {
		return &exvet.Refusal{Code: exvet.ExitUntrusted, Reason: "bundle/signature-missing",
			Err: fmt.Errorf("%s is not signed; sign it with exvet bundle sign, or pass --allow-unsigned", file)}
	}
	if remote.IsAddress(target) {
		options, err := flags.remote()
		if err != nil {
			return err
		}
		pinned, err := options.Publish(ctx, target, archive,
			remote.Label{Name: seen.Bundle.Info.Name, Revision: seen.Bundle.Info.Revision, BuiltAt: seen.Bundle.Stamp.BuiltAt})
		if err != nil || pinned == "" {
			return err
		}
		_, err = fmt.Fprintln(stdout, pinned)
		return err
	}
	if info, err := os.Stat(target); err != nil || !info.IsDir() {
		return exvet.Refuse("bundle/address", "%q is no directory; name one, or an address such as oci://HOST/REPOSITORY:TAG", target)
	}
	return deliver(stdout, filepath.Join(target, filepath.Base(file)), archive)
}

func bundlePullCommand() *cobra.Command {
	var flags trustFlags
	var output string
	cmd := &cobra.Command{
		Use:   "pull [flags] SOURCE",
		Short: "Fetch an archive",
		Long: "Pull fetches an archive from an OCI registry, a web server or a directory that holds one, and writes it to a file. With\n" +
			"a key it is verified first; without one it is not believed until something verifies it.",
		Annotations: exits(exvet.ExitClean, exvet.ExitFailure, exvet.ExitInput, exvet.ExitUntrusted, exvet.ExitWrongBuild),
		Example:     "  exvet bundle pull oci://registry.acme.example/exvet/acme:stable --output acme.tar.gz --verification-key acme.pub",
		Args:        arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if output == "" {
				return exvet.Refuse("usage/output", "--output names no file; write --output FILE")
			}
			archive, err := flags.fetch(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return deliver(cmd.OutOrStdout(), output, archive)
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().StringVar(&output, "output", "", "write to `FILE`")
	flags.define(cmd)
	flags.defineToken(cmd)
	return cmd
}

// archiveIn is the archive of a directory that holds one, as push leaves it there; anything else is what it is.
func archiveIn(source string) (string, error) {
	if info, err := os.Stat(source); err != nil || !info.IsDir() {
		return source, nil
	}
	found, err := filepath.Glob(filepath.Join(source, "*.tar.gz"))
	if err != nil || len(found) != 1 {
		return "", exvet.Refuse("bundle/not-found", "%q holds %d archives (*.tar.gz); name the one to pull", source, len(found))
	}
	return found[0], nil
}

// fetch gives an archive, verified if a key is there.
func (f *trustFlags) fetch(ctx context.Context, source string) ([]byte, error) {
	now, err := parseNow("")
	if err != nil {
		return nil, err
	}
	trust, err := f.trust(now)
	if err != nil {
		return nil, err
	}
	name, read := source, readArchive
	if remote.IsAddress(source) {
		name, read = shortAddress(source), func(address string) ([]byte, error) { return f.fetchBytes(ctx, address) }
	}
	if source, err = archiveIn(source); err != nil {
		return nil, err
	}
	archive, err := read(source)
	if err != nil {
		return nil, err
	}
	if len(trust.Keys) == 0 {
		trust.AllowUnsigned = true
	}
	_, err = trust.Archive(ctx, name, archive, bundles.Either)
	return archive, err
}
