package main

import (
	"context"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/collectors"
	"github.com/exvet/exvet/internal/diff"
	"github.com/exvet/exvet/internal/engine"
	"github.com/exvet/exvet/internal/report"
)

// scanFlags are the flags of scan as they were typed.
type scanFlags struct {
	ruleSources

	outputs []string
	waivers []string
	rules   []string
	skip    []string
	explain string
	failOn  string
	require []string
	now     string
	cache   string
	whatIf  []string
	quiet   bool
	noColor bool
	live    liveFlags
}

func scanCommand() *cobra.Command {
	var flags scanFlags
	cmd := &cobra.Command{
		Use:   "scan [flags] [SOURCE...]",
		Short: "Look at a server and judge it",
		Long: "Scan looks at each SOURCE and judges it by the rules. Without one it looks at the server it runs on (Windows only);\n" +
			"run it as administrator there. A SOURCE is a snapshot file, - (a snapshot on standard input), a copied disk (a\n" +
			"directory that holds C/Windows, C/Program Files, ...) or a zip of one. Several give one report with one section a\n" +
			"server. Nothing is written to a source, and no network is used unless --bundle or --core names an address. Ctrl-C\n" +
			"ends a scan of this server with a report of what was seen until then.",
		Annotations: exits(exvet.ExitClean, exvet.ExitFailure, exvet.ExitFindings, exvet.ExitUnknown, exvet.ExitInput,
			exvet.ExitUntrusted, exvet.ExitWrongBuild),
		Example: "  exvet scan evidence/ex01 -o text -o json=ex01.json",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := flags.live.check(cmd, args); err != nil {
				return err
			}
			return scan(cmd.Context(), args, flags, cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	set := cmd.Flags()
	set.SortFlags = false
	set.StringArrayVarP(&flags.outputs, "output-format", "o", nil,
		"report as `FORMAT[=FILE]`: "+strings.Join(report.Formats(), ", ")+"; repeatable (default text)")
	set.StringArrayVar(&flags.waivers, "waivers", nil, "mark what the waivers in `FILE` cover: YAML, JSON or Jsonnet; repeatable")
	set.StringArrayVar(&flags.rules, "rule", nil, "ask only rules whose id is like `GLOB`; repeatable")
	set.StringArrayVar(&flags.skip, "skip-rule", nil, "leave out rules whose id is like `GLOB`; repeatable")
	set.StringVar(&flags.explain, "explain", "", "say why rule `ID` found something or not, line by line, in place of a report; ends in exit 0")
	set.StringVar(&flags.failOn, "fail-on", string(exvet.Medium), "lowest severity that counts: `low|medium|high|critical|never`")
	set.StringSliceVar(&flags.require, "require", nil,
		"`SECTION,...` that must be seen whole for exit 0, or none (default "+strings.Join(engine.Required(), ",")+", and binaries where the source holds any)")
	set.StringVar(&flags.cache, "cache", "", cacheUsage)
	set.StringVar(&flags.now, "now", "", "what today is, as `RFC3339`")
	flags.live.add(cmd)
	set.StringArrayVar(&flags.whatIf, "what-if", nil,
		"judge without `PRODUCT`, a glob of an integration's product, vendor, signer or file; repeatable")
	set.BoolVar(&flags.quiet, "quiet", false, "no messages on standard error but the error that ends the run")
	set.BoolVar(&flags.noColor, "no-color", false, "no colour, as with the environment variable NO_COLOR")
	flags.define(cmd)
	return cmd
}

func scan(ctx context.Context, names []string, flags scanFlags, stdin io.Reader, stdout, stderr io.Writer) error {
	start := time.Now()
	now, err := parseNow(flags.now)
	if err != nil {
		return err
	}
	if flags.explain != "" {
		if err := checkSources(names); err != nil {
			return err
		}
		return explain(ctx, names, flags, now, stdin, stdout, stderr)
	}
	outputs, err := parseOutputs(flags.outputs, report.Formats())
	if err != nil {
		return err
	}
	exit := engine.ExitOptions{FailOn: flags.failOn, Require: flags.require}
	if err := checkExit(exit); err != nil {
		return err
	}
	if err := checkSources(names); err != nil {
		return err
	}
	tell := stderr
	if flags.quiet {
		tell = io.Discard
	}
	judge := judgement{flags: flags, now: now, stdin: stdin, progress: tell, look: lookOptions(flags.cache, stderr, flags.quiet), tell: func(s *source) { s.tell(tell, textOnScreen(outputs)) }}
	r, err := judge.all(ctx, names)
	if err != nil {
		return err
	}
	if len(judge.rules.Probes()) > 0 {
		exit.Asked = []string{collectors.ProbesSection}
	}
	r.Differences = diff.Across(r)
	engine.Conclude(r, exit)
	screen := screenOptions(stdout, flags.noColor)
	screen.Elapsed = time.Since(start)
	if err := writeReport(stdout, r, outputs, screen, report.Options{Elapsed: screen.Elapsed}); err != nil {
		return err
	}
	if r.Exit.Code != exvet.ExitClean {
		return verdict(r.Exit.Code)
	}
	return nil
}

// A judgement is what is asked of every source.
type judgement struct {
	flags    scanFlags
	now      time.Time
	stdin    io.Reader
	look     collectors.Options
	progress io.Writer      // where long reading is shown
	tell     func(*source)  // says what could not be read
	rules    *engine.Engine // asked, once all was called
}

// all reads and judges each source in turn; without one, this server.
func (j *judgement) all(ctx context.Context, names []string) (*exvet.Report, error) {
	waivers, err := readWaivers(ctx, j.flags.waivers)
	if err != nil {
		return nil, err
	}
	first := j.ahead(ctx, names)
	rules, err := j.flags.engine(ctx, j.now)
	if err != nil {
		return nil, err
	}
	j.rules = rules
	r := &exvet.Report{
		Format: exvet.ReportFormat, GeneratedAt: j.now, Exvet: exvet.Program{Version: exvet.Version}, Bundles: rules.Bundles(),
	}
	look := j.look
	look.Probes = rules.Probes()
	reads := []func() (*source, error){}
	for _, name := range names {
		reads = append(reads, func() (*source, error) { return readSource(ctx, name, j.stdin, j.now, look) })
	}
	if first != nil {
		reads[0] = first
	}
	if len(names) == 0 {
		reads = append(reads, func() (*source, error) {
			return readLive(ctx, j.flags.live, j.now, j.progress, wanted{}, look)
		})
	}
	for _, read := range reads {
		server, err := read()
		if err != nil {
			return nil, err
		}
		j.tell(server)
		if len(names) == 0 {
			ctx = context.WithoutCancel(ctx) // what was seen is judged, also when reading was stopped
		}
		document, err := server.document()
		if err != nil {
			return nil, err
		}
		judged, err := rules.Evaluate(ctx, document, engine.Options{
			Source: server.name, Rules: j.flags.rules, SkipRules: j.flags.skip, Now: j.now, WhatIf: j.flags.whatIf, Waivers: waivers,
		})
		if err != nil {
			return nil, err
		}
		r.Servers = append(r.Servers, judged)
	}
	r.Waivers = rules.Waivers(r.Servers, waivers, j.now)
	return r, checkWhatIf(r, j.flags.whatIf)
}

// ahead reads the first source while the rules are compiled, where it is a file that is no archive: what is collected needs
// their probes. It is nil where nothing is read ahead.
func (j *judgement) ahead(ctx context.Context, names []string) func() (*source, error) {
	if len(names) == 0 || !plain(names[0]) || zipped(names[0]) {
		return nil
	}
	read := sync.OnceValues(func() (*source, error) {
		server, err := readSource(ctx, names[0], j.stdin, j.now, j.look)
		if err == nil {
			_, err = server.document()
		}
		return server, err
	})
	go func() { _, _ = read() }() // whoever asks next is told
	return read
}

// checkWhatIf refuses to judge without products no server has: it would look like an answer.
func checkWhatIf(r *exvet.Report, globs []string) error {
	if len(globs) == 0 {
		return nil
	}
	for _, server := range r.Servers {
		if len(server.WhatIf.Products) > 0 {
			return nil
		}
	}
	return exvet.Refuse("what-if/no-match", "no integration is like %q; there are: %s", strings.Join(globs, ", "), strings.Join(titles(r), "; "))
}

// tell says on standard error what could not be opened and, where no text report does, which files are malformed.
func (s *source) tell(stderr io.Writer, shown bool) {
	for _, problem := range s.problems {
		complain(stderr, s.name+": "+problem)
	}
	if shown {
		return
	}
	for _, line := range s.malformed() {
		complain(stderr, line)
	}
}

// parseNow reads --now, or the clock, to the second.
func parseNow(value string) (time.Time, error) {
	if value == "" {
		return time.Now().UTC().Truncate(time.Second), nil
	}
	now, err := time.Parse(time.RFC3339, value)
	if err != nil {
		return time.Time{}, exvet.Refuse("usage/now", "--now %q is no RFC 3339 time; write it as 2026-11-20T08:00:00Z", value)
	}
	return now.UTC().Truncate(time.Second), nil
}

func checkExit(options engine.ExitOptions) error {
	levels := []string{string(exvet.Low), string(exvet.Medium), string(exvet.High), string(exvet.Critical), engine.Never}
	if !slices.Contains(levels, options.FailOn) {
		return exvet.Refuse("usage/fail-on", "--fail-on %q is not one of %s", options.FailOn, strings.Join(levels, ", "))
	}
	var sections []string
	for _, collector := range collectors.All() {
		sections = append(sections, collector.Name)
	}
	sections = append(sections, collectors.ProbesSection)
	for _, section := range options.Require {
		if section == "none" && len(options.Require) > 1 {
			return exvet.Refuse("usage/require", "--require none stands alone")
		}
		if section != "none" && !slices.Contains(sections, section) {
			return exvet.Refuse("usage/require", "--require %q is no section: use none or some of %s", section, strings.Join(sections, ", "))
		}
	}
	return nil
}

// checkSources refuses what could never be read before anything is.
func checkSources(names []string) error {
	if len(names) == 0 && runtime.GOOS != "windows" {
		return exvet.Refuse("source/none", "no source given, and this build does not scan the machine it runs on; %s", sources)
	}
	for i, name := range names {
		if name == "-" && slices.Contains(names[:i], "-") {
			return exvet.Refuse("source/twice", "standard input can be read once only")
		}
		if name == "" {
			return exvet.Refuse("source/none", "an empty source is given; %s", sources)
		}
	}
	return nil
}
