package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/diff"
	"github.com/exvet/exvet/internal/engine"
)

// diffFlags are the flags of diff as they were typed.
type diffFlags struct {
	outputs   []string
	failOnNew bool
	scan      scanFlags
}

func diffCommand() *cobra.Command {
	var flags diffFlags
	cmd := &cobra.Command{
		Use:   "diff [flags] OLD NEW",
		Short: "Compare two looks at a server: what is new, fixed, still there, changed",
		Long: "Diff compares two reports (exvet scan -o json) or two snapshots (exvet collect). Of reports it compares the findings;\n" +
			"snapshots are judged by the same rules first, and their objects are compared too: pools, applications, modules,\n" +
			"handlers, filters, rewrite rules, services, agents, files. What the new side did not see is unknown, never fixed.\n" +
			"Where Exchange was updated in between, what is still there is what survived the update.",
		Annotations: exits(exvet.ExitClean, exvet.ExitFailure, exvet.ExitFindings, exvet.ExitInput),
		Example:     "  exvet diff before.json after.json --fail-on-new",
		Args:        arguments(2, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return compare(cmd.Context(), args[0], args[1], flags, cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Annotations["exits"] = strings.Replace(cmd.Annotations["exits"], "at or above --fail-on", "at or above --fail-on is new, with --fail-on-new", 1)
	set := cmd.Flags()
	set.SortFlags = false
	set.StringArrayVarP(&flags.outputs, "output-format", "o", nil,
		"difference as `FORMAT[=FILE]`: "+strings.Join(diff.Formats(), ", ")+"; repeatable (default text)")
	set.BoolVar(&flags.failOnNew, "fail-on-new", false, "end with exit code 2 if a finding is new, or is waived no more")
	set.StringVar(&flags.scan.failOn, "fail-on", string(exvet.Medium), "lowest severity that counts as new: `low|medium|high|critical|never`")
	set.StringArrayVar(&flags.scan.bundles, "bundle", nil, "judge snapshots by the rules in `DIR`, too; repeatable")
	set.StringVar(&flags.scan.now, "now", "", "what today is, as `RFC3339`, where snapshots are judged")
	return cmd
}

func compare(ctx context.Context, before, after string, flags diffFlags, stdin io.Reader, stdout, stderr io.Writer) error {
	outputs, err := parseOutputs(flags.outputs, diff.Formats())
	if err != nil {
		return err
	}
	if err := checkExit(engine.ExitOptions{FailOn: flags.scan.failOn}); err != nil {
		return err
	}
	if err := checkSources([]string{before, after}); err != nil {
		return err
	}
	var sides [2]side
	for i, name := range []string{before, after} {
		if sides[i], err = readSide(name, stdin); err != nil {
			return err
		}
	}
	if sides[0].snapshot != nil != (sides[1].snapshot != nil) {
		return exvet.Refuse("diff/kinds", "one of %q and %q is a report and the other a snapshot; compare two of a kind", before, after)
	}
	if sides[0].snapshot != nil {
		if err := judgeSides(ctx, &sides, flags.scan, stderr); err != nil {
			return err
		}
	}
	document := diff.Reports(sides[0].report, sides[1].report)
	if sides[0].snapshot != nil {
		if err := document.Snapshots(sides[0].snapshot, sides[1].snapshot); err != nil {
			return err
		}
	}
	rendered := make([]bytes.Buffer, len(outputs))
	for i, o := range outputs {
		if err := diff.Write(&rendered[i], o.format, document); err != nil {
			return err
		}
	}
	if err := deliverAll(stdout, outputs, rendered); err != nil {
		return err
	}
	if flags.failOnNew && slices.ContainsFunc(document.Servers, func(s diff.Server) bool {
		return slices.ContainsFunc(s.Findings, func(f diff.Finding) bool { return f.Counts(flags.scan.failOn) })
	}) {
		return verdict(exvet.ExitFindings)
	}
	return nil
}

// A side is one of the documents compared: a report, or a snapshot with the report made of it.
type side struct {
	name     string
	snapshot []byte
	report   *exvet.Report
}

// readSide reads a document and tells which kind it is.
func readSide(name string, stdin io.Reader) (side, error) {
	name, file, err := openDocument(name, stdin, "pass a report or a snapshot")
	if err != nil {
		return side{}, err
	}
	defer file.Close()
	raw, err := readAll(name, file, 0, "pass a report or a snapshot")
	if err != nil {
		return side{}, err
	}
	var kind struct {
		Facts json.RawMessage `json:"facts"`
	}
	if json.Unmarshal(raw, &kind) == nil && kind.Facts != nil {
		return side{name: name, snapshot: raw}, nil
	}
	report, err := parseReport(name, raw)
	return side{name: name, report: report}, err
}

// judgeSides makes a report of each snapshot, by the same rules.
func judgeSides(ctx context.Context, sides *[2]side, flags scanFlags, stderr io.Writer) error {
	now, err := parseNow(flags.now)
	if err != nil {
		return err
	}
	for i := range sides {
		judge := judgement{flags: flags, now: now, stdin: bytes.NewReader(sides[i].snapshot), tell: func(s *source) { s.tell(stderr, true) }}
		if sides[i].report, err = judge.all(ctx, []string{"-"}); err != nil {
			return err
		}
	}
	return nil
}
