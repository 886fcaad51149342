package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
	"github.com/exvet/exvet/internal/report"
)

func ruleCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:         "rule COMMAND",
		Short:       "List the rules, or explain one",
		Long:        "Rule shows what exvet looks for: the embedded rules and those of --bundle.",
		Annotations: exits(exvet.ExitClean, exvet.ExitInput),
		Example:     "  exvet rule show EXV-IIS-001",
		Args:        subcommand,
		RunE:        func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(ruleListCommand(), ruleShowCommand())
	return cmd
}

// ruleFlags are the flags of list and show.
type ruleFlags struct {
	outputs []string
	bundles []string
	noColor bool
}

func (f *ruleFlags) define(cmd *cobra.Command) {
	set := cmd.Flags()
	set.SortFlags = false
	set.StringArrayVarP(&f.outputs, "output-format", "o", nil, "write as `FORMAT[=FILE]`: text, json; repeatable (default text)")
	set.StringArrayVar(&f.bundles, "bundle", nil, "add the rules in `DIR`; repeatable")
	set.BoolVar(&f.noColor, "no-color", false, "no colour, as with the environment variable NO_COLOR")
}

// A listedRule is a rule as `rule list -o json` and `rule show -o json` write it.
type listedRule struct {
	exvet.About

	Bundle  string `json:"bundle"`
	Package string `json:"package"`
	File    string `json:"file"`
	Line    int    `json:"line"`
}

func listed(rule bundles.Rule) listedRule {
	return listedRule{About: rule.About, Bundle: rule.Bundle, Package: rule.Package, File: rule.File, Line: rule.Line}
}

func ruleListCommand() *cobra.Command {
	var flags ruleFlags
	cmd := &cobra.Command{
		Use:         "list [flags]",
		Short:       "List the rules",
		Long:        "List shows one line a rule: its id, stance, severity, the clause of the KB it stands on, and its title.",
		Annotations: exits(exvet.ExitClean, exvet.ExitFailure, exvet.ExitInput),
		Example:     "  exvet rule list --bundle our-rules",
		Args:        arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			judge, err := loadEngine(cmd.Context(), flags.bundles)
			if err != nil {
				return err
			}
			var all []listedRule
			var abouts []exvet.About
			for _, rule := range judge.Rules() {
				all, abouts = append(all, listed(rule)), append(abouts, rule.About)
			}
			return flags.write(cmd.OutOrStdout(), all, func(w io.Writer, options report.Options) error {
				return report.WriteRules(w, abouts, options)
			})
		},
	}
	flags.define(cmd)
	return cmd
}

func ruleShowCommand() *cobra.Command {
	var flags ruleFlags
	cmd := &cobra.Command{
		Use:         "show [flags] ID",
		Short:       "Explain a rule: what it looks for, why, and what to do",
		Long:        "Show says what a rule looks for and why, which facts it needs, what to do where it is found, the supported way\nto the same end, and how to prove the point without it.",
		Annotations: exits(exvet.ExitClean, exvet.ExitFailure, exvet.ExitInput),
		Example:     "  exvet rule show EXV-IIS-001",
		Args:        arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			judge, err := loadEngine(cmd.Context(), flags.bundles)
			if err != nil {
				return err
			}
			rules := judge.Rules()
			at := slices.IndexFunc(rules, func(rule bundles.Rule) bool { return strings.EqualFold(rule.ID, args[0]) })
			if at < 0 {
				return exvet.Refuse("rule/not-found", "no rule has the id %q; exvet rule list shows them", args[0])
			}
			rule := rules[at]
			return flags.write(cmd.OutOrStdout(), listed(rule), func(w io.Writer, options report.Options) error {
				return report.WriteRule(w, rule.About, fmt.Sprintf("%s, %s:%d", rule.Bundle, rule.File, rule.Line), options)
			})
		},
	}
	flags.define(cmd)
	return cmd
}

// write gives each output the rules as JSON or as text.
func (f *ruleFlags) write(stdout io.Writer, document any, text func(io.Writer, report.Options) error) error {
	outputs, err := parseOutputs(f.outputs, []string{"json", "text"})
	if err != nil {
		return err
	}
	for _, o := range outputs {
		var content strings.Builder
		if o.format == "json" {
			raw, err := report.JSON(document)
			if err != nil {
				return err
			}
			content.Write(raw)
		} else {
			var options report.Options
			if o.file == "" {
				options = screenOptions(stdout, f.noColor)
			}
			if err := text(&content, options); err != nil {
				return err
			}
		}
		if err := deliver(stdout, o.file, []byte(content.String())); err != nil {
			return err
		}
	}
	return nil
}
