package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
	"github.com/exvet/exvet/collectors"
	"github.com/exvet/exvet/internal/diff"
	"github.com/exvet/exvet/internal/engine"
	"github.com/exvet/exvet/internal/report"
)

// A bundleDiff is what `bundle diff -o json` writes.
type bundleDiff struct {
	Older exvet.Bundle `json:"older"`
	Newer exvet.Bundle `json:"newer"`

	bundles.Changes

	Effect []ruleEffect `json:"effect"` // on the snapshot; null without one
}

// A ruleEffect is what a rule says of the snapshot otherwise. A rule one bundle lacks has no status there.
type ruleEffect struct {
	Rule   string       `json:"rule"`
	Before exvet.Status `json:"before"`
	After  exvet.Status `json:"after"`
	New    []string     `json:"new"`   // subjects
	Fixed  []string     `json:"fixed"` // subjects
}

func bundleDiffCommand() *cobra.Command {
	var flags trustFlags
	var formats []string
	var snapshot, cache, today string
	cmd := &cobra.Command{
		Use:   "diff [flags] OLDER NEWER",
		Short: "Show what a newer bundle says otherwise",
		Long: "Diff compares two bundles: rules added, removed and changed, words they share, settings, waivers and probes. With\n" +
			"--snapshot it judges a server by both and shows what that changes. Signatures are not asked for.",
		Annotations: exits(exvet.ExitClean, exvet.ExitFailure, exvet.ExitInput),
		Example:     "  exvet bundle diff acme-6.tar.gz acme-7.tar.gz --snapshot ex01.json",
		Args:        arguments(2, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			now, err := parseNow(today)
			if err != nil {
				return err
			}
			found, err := diffBundles(cmd.Context(), args[0], args[1], &flags)
			if err != nil {
				return err
			}
			if snapshot != "" {
				if err := found.judge(cmd.Context(), snapshot, cmd.InOrStdin(), now, lookOptions(cache, cmd.ErrOrStderr(), false)); err != nil {
					return err
				}
			}
			rules := ruleFlags{outputs: formats}
			return rules.write(cmd.OutOrStdout(), found.bundleDiff, func(w io.Writer, _ report.Options) error { return found.text(w) })
		},
	}
	set := cmd.Flags()
	set.SortFlags = false
	set.StringVar(&snapshot, "snapshot", "", "judge `SOURCE`, a snapshot or copied disk, by both")
	set.StringArrayVarP(&formats, "output-format", "o", nil, "write as `FORMAT[=FILE]`: text, json; repeatable (default text)")
	set.StringVar(&cache, "cache", "", cacheUsage)
	set.StringVar(&today, "now", "", "what today is, as `RFC3339`")
	flags.defineAddress(cmd)
	return cmd
}

// comparedBundles keeps the bundles beside what differs.
type comparedBundles struct {
	bundleDiff

	older, newer *bundles.Bundle
}

func diffBundles(ctx context.Context, older, newer string, flags *trustFlags) (*comparedBundles, error) {
	trust := bundles.Trust{AllowUnsigned: true}
	found := &comparedBundles{}
	for name, into := range map[string]**bundles.Bundle{older: &found.older, newer: &found.newer} {
		bundle, err := flags.open(ctx, name, trust, bundles.Either)
		if err != nil {
			return nil, err
		}
		*into = bundle
	}
	if older == newer {
		found.older = found.newer
	}
	if found.older.IsCore() != found.newer.IsCore() {
		return nil, exvet.Refuse("bundle/diff", "%s is %s and %s is %s; compare two versions of one bundle",
			older, found.older.Info.Name, newer, found.newer.Info.Name)
	}
	found.Older, found.Newer = found.older.Info, found.newer.Info
	found.Changes = bundles.Compare(found.older, found.newer)
	return found, nil
}

// judge asks the rules of both of one server.
func (c *comparedBundles) judge(ctx context.Context, name string, stdin io.Reader, now time.Time, look collectors.Options) error {
	look.Probes = slices.Concat(c.older.Probes, c.newer.Probes)
	server, err := readSource(ctx, name, stdin, now, look)
	if err != nil {
		return err
	}
	var sides [2]*exvet.Report
	for i, bundle := range []*bundles.Bundle{c.older, c.newer} {
		loaded := []*bundles.Bundle{bundle}
		if !bundle.IsCore() {
			core, err := bundles.Core()
			if err != nil {
				return err
			}
			loaded = append(loaded, core)
		}
		rules, err := engine.New(ctx, loaded, exvet.SnapshotSchema())
		if err != nil {
			return err
		}
		document, err := server.document()
		if err != nil {
			return err
		}
		judged, err := rules.Evaluate(ctx, document, engine.Options{Source: server.name, Now: now})
		if err != nil {
			return err
		}
		sides[i] = &exvet.Report{Servers: []exvet.ServerReport{judged}}
	}
	c.Effect = effects(sides[0], sides[1])
	return nil
}

// effects tells by rule what is found otherwise, as exvet diff does. What a rule that is gone had found is found no more.
func effects(before, after *exvet.Report) []ruleEffect {
	byID := map[string]*ruleEffect{}
	of := func(id string) *ruleEffect {
		if byID[id] == nil {
			byID[id] = &ruleEffect{Rule: id, New: []string{}, Fixed: []string{}}
		}
		return byID[id]
	}
	for _, result := range before.Servers[0].Results {
		of(result.ID).Before = result.Status
	}
	for _, result := range after.Servers[0].Results {
		of(result.ID).After = result.Status
	}
	for _, finding := range diff.Reports(before, after).Servers[0].Findings {
		effect := of(finding.Rule)
		switch finding.State {
		case diff.New, diff.Appeared:
			effect.New = append(effect.New, finding.Subject)
		case diff.Fixed, diff.Unknown:
			effect.Fixed = append(effect.Fixed, finding.Subject)
		}
	}
	changed := []ruleEffect{}
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		if effect := byID[id]; effect.Before != effect.After || len(effect.New)+len(effect.Fixed) > 0 {
			changed = append(changed, *effect)
		}
	}
	return changed
}

func (c *comparedBundles) text(w io.Writer) error {
	line := func(format string, args ...any) { fmt.Fprintln(w, report.Safe(fmt.Sprintf(format, args...))) }
	line("%s %s (serial %d) -> %s %s (serial %d)", c.Older.Name, c.Older.Revision, c.Older.Serial, c.Newer.Name, c.Newer.Revision, c.Newer.Serial)
	for _, rule := range c.Added {
		line("  rule added    %s  %s", rule.ID, rule.Title)
	}
	for _, rule := range c.Removed {
		line("  rule removed  %s  %s", rule.ID, rule.Title)
	}
	for _, rule := range c.Changed {
		line("  rule changed  %s  %s: %s", rule.ID, rule.Title, strings.Join(rule.What, ", "))
	}
	for _, name := range c.Words {
		line("  words changed %s", name)
	}
	for _, data := range c.Data {
		line("  data %-8s %s: %s", data.Change, strings.ReplaceAll(data.Path, "/", "."), change(data))
	}
	if c.None() {
		line("  nothing differs")
	}
	for _, effect := range c.Effect {
		line("  on the snapshot %s: %s -> %s", effect.Rule, orNone(effect.Before), orNone(effect.After))
		for _, subject := range effect.New {
			line("    new    %s", subject)
		}
		for _, subject := range effect.Fixed {
			line("    fixed  %s", subject)
		}
	}
	if c.Effect != nil && len(c.Effect) == 0 {
		line("  on the snapshot: nothing changes")
	}
	return nil
}

func change(data bundles.DataChange) string {
	before, _ := json.Marshal(data.Before)
	after, _ := json.Marshal(data.After)
	switch data.Change {
	case "added":
		return string(after)
	case "removed":
		return string(before)
	}
	return string(before) + " -> " + string(after)
}

func orNone(status exvet.Status) exvet.Status {
	if status == "" {
		return "no such rule"
	}
	return status
}
