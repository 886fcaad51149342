package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
	"github.com/exvet/exvet/internal/authoring"
	"github.com/exvet/exvet/internal/engine"
)

// buildFlags are the flags of build as they were typed.
type buildFlags struct {
	output    string
	core      bool
	revision  string
	serial    int
	minEngine string
	notAfter  string
	now       string
}

func bundleBuildCommand() *cobra.Command {
	var flags buildFlags
	cmd := &cobra.Command{
		Use:   "build [flags] DIR|RECIPE",
		Short: "Make an archive of a directory of rules",
		Long: "Build checks and tests the rules in DIR and writes them, with their data, as one archive that OPA takes too. Tests and\n" +
			"fixtures are left out. A RECIPE (.jsonnet, .yaml or .json) names a directory, which of its rules to take, and settings,\n" +
			"waivers and probes to add; flags go before what it says. The same files and the same --now (or SOURCE_DATE_EPOCH) give the same bytes. With --core the\n" +
			"rules built into exvet are written, or those of a working copy of them in DIR.",
		Annotations: exits(exvet.ExitClean, exvet.ExitFailure, exvet.ExitInput),
		Example:     "  exvet bundle build acme --serial 7 --output acme.tar.gz",
		Args:        arguments(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return buildBundle(cmd.Context(), args, flags, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	set := cmd.Flags()
	set.SortFlags = false
	set.StringVar(&flags.output, "output", "", "write to `FILE`")
	set.BoolVar(&flags.core, "core", false, "write the rules built into exvet, to replace older ones by scan --core")
	set.StringVar(&flags.revision, "revision", "", "what people call this version, as `TEXT` (default that of .manifest, or a digest)")
	set.IntVar(&flags.serial, "serial", 0, "a number that rises with each published version, as `N` (default that of .manifest, or --now in seconds)")
	set.StringVar(&flags.minEngine, "min-engine", "", "lowest `VERSION` of exvet that may use it (default that of .manifest, or this one)")
	set.StringVar(&flags.notAfter, "not-after", "", "must not be taken into use after `RFC3339`")
	set.StringVar(&flags.now, "now", "", "when the bundle says it was built, as `RFC3339` (default SOURCE_DATE_EPOCH, or the clock)")
	return cmd
}

func buildBundle(ctx context.Context, args []string, flags buildFlags, stdout, stderr io.Writer) error {
	options, err := flags.options()
	if err != nil {
		return err
	}
	switch {
	case flags.output == "":
		return exvet.Refuse("usage/output", "--output names no file; write --output FILE")
	case flags.core == (len(args) == 1) && !flags.core:
		return exvet.Refuse("usage/arguments", "no directory given; pass the one that holds org/<name>/, or --core")
	}
	source, said, err := flags.source(ctx, args)
	if err != nil {
		return err
	}
	archive, built, err := source.Build(ctx, bundles.BuildOptions{
		Revision: cmp.Or(options.Revision, said.Revision), Serial: cmp.Or(options.Serial, said.Serial),
		MinEngine: cmp.Or(options.MinEngine, said.MinEngine), NotAfter: cmp.Or(options.NotAfter, said.NotAfter), BuiltAt: options.BuiltAt,
	})
	if err != nil {
		return err
	}
	if err := deliver(stdout, flags.output, archive); err != nil {
		return err
	}
	fmt.Fprintf(stderr, "%s: %s revision %s, serial %d, %s\n",
		flags.output, built.Info.Name, built.Info.Revision, built.Info.Serial, count(len(built.Rules), "rule"))
	return nil
}

func (f *buildFlags) options() (bundles.BuildOptions, error) {
	options := bundles.BuildOptions{Revision: f.revision, Serial: f.serial, MinEngine: f.minEngine}
	var err error
	if options.BuiltAt, err = builtAt(f.now); err != nil {
		return options, err
	}
	if f.notAfter != "" {
		if options.NotAfter, err = time.Parse(time.RFC3339, f.notAfter); err != nil {
			return options, exvet.Refuse("usage/not-after", "--not-after %q is no RFC 3339 time; write it as 2026-12-31T00:00:00Z", f.notAfter)
		}
	}
	return options, nil
}

// builtAt is --now, SOURCE_DATE_EPOCH or the clock.
func builtAt(now string) (time.Time, error) {
	epoch := os.Getenv("SOURCE_DATE_EPOCH")
	if now != "" || epoch == "" {
		return parseNow(now)
	}
	seconds, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil || seconds < 0 {
		return time.Time{}, exvet.Refuse("usage/now", "SOURCE_DATE_EPOCH %q is no number of seconds since 1970", epoch)
	}
	return time.Unix(seconds, 0).UTC(), nil
}

// source loads what is to be built, checks it as scan would, and runs its tests.
func (f *buildFlags) source(ctx context.Context, args []string) (*bundles.Bundle, bundles.BuildOptions, error) {
	var said bundles.BuildOptions
	core, err := bundles.Core()
	if err != nil || f.core && len(args) == 0 {
		return core, said, err
	}
	if f.core {
		if core, err = bundles.LoadCore(ctx, args[0]); err != nil {
			return nil, said, err
		}
		_, err = engine.New(ctx, []*bundles.Bundle{core}, exvet.SnapshotSchema())
		return core, said, err
	}
	if !bundles.IsRecipe(args[0]) {
		source, err := bundles.Load(ctx, args[0])
		if err != nil {
			return nil, said, err
		}
		return source, said, authoring.Check(ctx, args[0], core, source)
	}
	recipe, err := bundles.ReadRecipe(args[0])
	if err != nil {
		return nil, said, err
	}
	if said, err = recipe.Options(); err != nil {
		return nil, said, err
	}
	source, err := recipe.Load(ctx)
	if err != nil {
		return nil, said, err
	}
	// What a recipe makes of the directory is not what is linted below.
	if _, err = engine.New(ctx, []*bundles.Bundle{core, source}, exvet.SnapshotSchema()); err != nil {
		return nil, said, err
	}
	return source, said, authoring.Check(ctx, recipe.Directory, core, nil)
}
