package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/authoring"
	"github.com/exvet/exvet/internal/report"
)

// ruleTestFlags are the flags of rule test as they were typed.
type ruleTestFlags struct {
	options authoring.TestOptions
	outputs []string
	verbose bool
	watch   bool
}

func ruleTestCommand() *cobra.Command {
	var flags ruleTestFlags
	cmd := &cobra.Command{
		Use:   "test [flags] [DIR]",
		Short: "Run the tests of rules of your own",
		Long: "Test runs the tests (*_test.rego) of DIR (default: the working directory) with OPA's own tester, beside the embedded\n" +
			"rules: the same results as opa test. Fixtures are read from DIR/fixtures; those that fixtures.jsonnet files describe are\n" +
			"rendered there first. It fails when a test fails and when none ran.",
		Annotations: exits(exvet.ExitClean, exvet.ExitFailure, exvet.ExitInput),
		Example:     "  exvet rule test our-rules --coverage --threshold 90",
		Args:        arguments(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			outputs, err := parseOutputs(flags.outputs, []string{"text", "json", "junit"})
			if err != nil {
				return err
			}
			dir := directoryOf(args)
			once := func(ctx context.Context) error {
				return flags.run(ctx, dir, outputs, cmd.OutOrStdout(), cmd.ErrOrStderr())
			}
			if !flags.watch {
				return once(cmd.Context())
			}
			return keepTesting(cmd.Context(), dir, cmd.ErrOrStderr(), once)
		},
	}
	set := cmd.Flags()
	set.SortFlags = false
	set.StringArrayVarP(&flags.outputs, "output-format", "o", nil, "write as `FORMAT[=FILE]`: text, json, junit; repeatable (default text)")
	set.StringVarP(&flags.options.Run, "run", "r", "", "run only tests whose full name matches `REGEX`, as opa test does")
	set.BoolVarP(&flags.verbose, "verbose", "v", false, "name the tests that pass too, and show what they print")
	set.BoolVarP(&flags.options.Coverage, "coverage", "c", false, "say which lines of the rules no test reaches")
	set.Float64Var(&flags.options.Threshold, "threshold", 0, "fail when less than `PERCENT` of the lines are covered")
	set.DurationVar(&flags.options.Timeout, "timeout", 30*time.Second, "how long one test may take")
	set.BoolVarP(&flags.watch, "watch", "w", false, "run again whenever a file changes, until interrupted")
	return cmd
}

// run renders, tests and reports once.
func (f *ruleTestFlags) run(ctx context.Context, dir string, outputs []output, stdout, stderr io.Writer) error {
	if f.options.Threshold < 0 || f.options.Threshold > 100 {
		return exvet.Refuse("usage/threshold", "--threshold %g is no percentage; it lies between 0 and 100", f.options.Threshold)
	}
	written, err := authoring.Render(ctx, dir)
	for _, file := range written {
		fmt.Fprintf(stderr, "rendered %s\n", report.Safe(file))
	}
	if err != nil {
		return err
	}
	tested, err := authoring.Test(ctx, dir, f.options)
	if err != nil {
		return err
	}
	for _, o := range outputs {
		var content []byte
		switch o.format {
		case "json":
			content, err = report.JSON(tested)
		case "junit":
			content, err = tested.JUnit()
		default:
			content = safeLines(tested.Text(f.verbose))
		}
		if err != nil {
			return err
		}
		if err := deliver(stdout, o.file, content); err != nil {
			return err
		}
	}
	return tested.Verdict()
}

// safeLines escapes what a terminal would act on, line by line.
func safeLines(text []byte) []byte {
	var out strings.Builder
	for line := range strings.Lines(string(text)) {
		out.WriteString(report.Safe(strings.TrimSuffix(line, "\n")))
		out.WriteByte('\n')
	}
	return []byte(out.String())
}

// keepTesting runs the tests, and again on each change, until it is interrupted. The last run decides the exit code.
func keepTesting(ctx context.Context, dir string, stderr io.Writer, once func(context.Context) error) error {
	var last error
	attempt := func() {
		if last = once(ctx); last != nil && ctx.Err() == nil {
			exitCode(last, stderr)
		}
		fmt.Fprintf(stderr, "watching %s; interrupt to stop\n", report.Safe(dir))
	}
	if err := authoring.Watch(ctx, dir, attempt); err != nil {
		return err
	}
	return last
}
