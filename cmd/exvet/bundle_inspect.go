package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
	"github.com/exvet/exvet/bundles/remote"
	"github.com/exvet/exvet/internal/report"
)

// An inspection is what `bundle inspect -o json` writes.
type inspection struct {
	Name           string             `json:"name"`
	Revision       string             `json:"revision"`
	Serial         int                `json:"serial"`
	Roots          []string           `json:"roots"`
	MinEngine      string             `json:"min_engine"`
	SnapshotFormat int                `json:"snapshot_format"`
	BuiltAt        *time.Time         `json:"built_at"`
	NotAfter       *time.Time         `json:"not_after"`
	Digest         string             `json:"digest"`
	Signature      *bundles.Signature `json:"signature"` // as it says; nothing of it is verified
	Files          []string           `json:"files"`
	Rules          []listedRule       `json:"rules"`
}

func bundleInspectCommand() *cobra.Command {
	var flags trustFlags
	var formats []string
	cmd := &cobra.Command{
		Use:   "inspect [flags] BUNDLE",
		Short: "Show what an archive says of itself, without trusting it",
		Long: "Inspect shows the manifest, the signature and the rules of an archive or address. Nothing of it is verified: that is what\n" +
			"exvet bundle verify is for.",
		Annotations: exits(exvet.ExitClean, exvet.ExitFailure, exvet.ExitInput, exvet.ExitUntrusted),
		Example:     "  exvet bundle inspect acme.tar.gz -o json",
		Args:        arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			found, err := inspect(cmd.Context(), args[0], &flags)
			if err != nil {
				return err
			}
			rules := ruleFlags{outputs: formats}
			return rules.write(cmd.OutOrStdout(), found, func(w io.Writer, _ report.Options) error { return found.text(w) })
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().StringArrayVarP(&formats, "output-format", "o", nil, "write as `FORMAT[=FILE]`: text, json; repeatable (default text)")
	flags.defineAddress(cmd)
	return cmd
}

func inspect(ctx context.Context, name string, flags *trustFlags) (inspection, error) {
	read, short := readArchive, name
	if remote.IsAddress(name) {
		short = shortAddress(name)
		read = func(address string) ([]byte, error) { return flags.fetchBytes(ctx, address) }
	}
	archive, err := read(name)
	if err != nil {
		return inspection{}, err
	}
	seen, err := bundles.Inspect(ctx, short, archive)
	if err != nil {
		return inspection{}, err
	}
	b := seen.Bundle
	found := inspection{
		Name: b.Info.Name, Revision: b.Info.Revision, Serial: b.Info.Serial, Roots: b.Roots, MinEngine: b.Stamp.MinEngine,
		SnapshotFormat: b.Stamp.SnapshotFormat, BuiltAt: when(b.Stamp.BuiltAt), NotAfter: when(b.Stamp.NotAfter),
		Digest: b.Info.Digest, Signature: seen.Signature, Files: seen.Files,
	}
	for _, rule := range b.Rules {
		found.Rules = append(found.Rules, listed(rule))
	}
	return found, nil
}

func when(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (i inspection) text(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, value string) { fmt.Fprintf(table, "%s\t%s\n", name, report.Safe(value)) }
	row("bundle", i.Name)
	row("revision", i.Revision)
	row("serial", fmt.Sprint(i.Serial))
	row("roots", strings.Join(i.Roots, ", "))
	row("needs", fmt.Sprintf("exvet %s, snapshots of format %d", i.MinEngine, i.SnapshotFormat))
	if i.BuiltAt != nil {
		row("built at", i.BuiltAt.Format(time.RFC3339))
	}
	if i.NotAfter != nil {
		row("not after", i.NotAfter.Format(time.RFC3339))
	}
	row("digest", i.Digest)
	if i.Signature == nil {
		row("signature", "none")
	} else {
		row("signature", fmt.Sprintf("%s, key id %q, scope %q (not verified)", i.Signature.Algorithm, i.Signature.KeyID, i.Signature.Scope))
	}
	for _, rule := range i.Rules {
		row(rule.ID, fmt.Sprintf("%s, %s: %s", rule.Stance, rule.Severity, rule.Title))
	}
	return table.Flush()
}
