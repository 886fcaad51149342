package authoring

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
)

// TestOptions say which tests to run and what to ask of them.
type TestOptions struct {
	Run       string        // regular expression on the full name, as of opa test --run; "" is all
	Coverage  bool          // say which lines no test reaches
	Threshold float64       // least coverage, in percent; above 0 it asks for coverage
	Timeout   time.Duration // of one test; 0 is 30 seconds
}

// A Tested is what the tests of a directory came to.
type Tested struct {
	Tests    []TestResult `json:"tests"`              // in the order of files
	Coverage *Coverage    `json:"coverage,omitempty"` // where it was asked for

	threshold float64
	run       string
}

// A TestResult is one test.
type TestResult struct {
	Package string  `json:"package"` // "org.acme.rules.iis.tracing_test"
	Name    string  `json:"name"`    // "test_subjects"
	File    string  `json:"file"`
	Line    int     `json:"line"`
	Outcome string  `json:"outcome"` // "pass", "fail", "error" or "skip"
	Error   string  `json:"error"`   // of outcome "error"
	Cases   []Case  `json:"cases"`   // of a table
	Output  string  `json:"output"`  // what it printed
	Seconds float64 `json:"seconds"`
}

// A Case is one row of a table of tests.
type Case struct {
	Name string `json:"name"` // parts of a nested name are joined by "/"
	Fail bool   `json:"fail"`
}

// The outcomes of a test.
const (
	passed  = "pass"
	failed  = "fail"
	broken  = "error"
	skipped = "skip"
)

// testLimit is how long one test may take.
const testLimit = 30 * time.Second

// Test runs the tests of an organisation's directory with OPA's own tester, beside the core. It writes nothing. What keeps them
// from running is an exvet.Refusal; a test that fails is not: see Verdict.
func Test(ctx context.Context, dir string, options TestOptions) (*Tested, error) {
	if _, err := regexp.Compile(options.Run); err != nil {
		return nil, exvet.Refuse("usage/run", "--run %q is no regular expression: %w", options.Run, err)
	}
	core, err := bundles.Core()
	if err != nil {
		return nil, err
	}
	d, problems, err := open(ctx, dir, core, nil)
	if err != nil {
		return nil, err
	}
	if len(problems) > 0 {
		return nil, exvet.Refuse(problems[0].Reason, "%s", problems[0].place())
	}
	return d.run(ctx, nil, options)
}

// run runs the tests on what the directory compiles to; with nil it is compiled as stock OPA does, without strictness.
func (d *directory) run(ctx context.Context, compiled *ast.Compiler, options TestOptions) (*Tested, error) {
	fixtures, err := d.fixtures(ctx)
	if err != nil {
		return nil, err
	}
	store := inmem.NewFromObjectWithOpts(d.data(fixtures), inmem.OptRoundTripOnWrite(false), inmem.OptReturnASTValuesOnRead(true))
	tested := &Tested{Tests: []TestResult{}, threshold: options.Threshold, run: options.Run}
	runner := tester.NewRunner().SetStore(store).CapturePrintOutput(true).
		SetTimeout(cmp.Or(options.Timeout, testLimit)).SetParallel(runtime.GOMAXPROCS(0)).Filter(options.Run)
	if compiled != nil {
		runner = runner.SetCompiler(compiled)
	} else {
		runner = runner.SetCompiler(d.compiler()).SetModules(d.modules())
	}
	var reached *cover.Cover
	if options.Coverage || options.Threshold > 0 {
		reached = cover.New()
		runner = runner.SetCoverageQueryTracer(reached)
	}
	err = storage.Txn(ctx, store, storage.TransactionParams{}, func(txn storage.Transaction) error {
		results, err := runner.RunTests(ctx, txn)
		if err != nil {
			return err
		}
		for result := range results {
			tested.Tests = append(tested.Tests, d.result(result))
		}
		return ctx.Err()
	})
	var all ast.Errors
	if errors.As(err, &all) && len(all) > 0 {
		return nil, bundles.Untyped(all)
	}
	if err != nil {
		return nil, err
	}
	slices.SortFunc(tested.Tests, func(a, b TestResult) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Name, b.Name))
	})
	if reached != nil {
		tested.Coverage = covered(reached, d.own.Modules)
	}
	return tested, nil
}

// modules is the core's, the organisation's and the tests'.
func (d *directory) modules() map[string]*ast.Module {
	all := maps.Clone(d.core.Modules)
	maps.Copy(all, d.own.Modules)
	maps.Copy(all, d.tests)
	return all
}

// data is that of the core and the organisation, whose roots are disjoint, with the fixtures.
func (d *directory) data(fixtures map[string]any) map[string]any {
	data := maps.Clone(d.core.Data)
	maps.Copy(data, d.own.Data)
	data[fixturesFolder] = fixtures
	return data
}

func (d *directory) result(r *tester.Result) TestResult {
	result := TestResult{
		Package: strings.TrimPrefix(r.Package, "data."), Name: r.Name, Outcome: passed, Cases: []Case{},
		Output: string(r.Output), Seconds: r.Duration.Seconds(),
	}
	if r.Location != nil {
		result.File, result.Line = r.Location.File, r.Location.Row
	}
	switch {
	case r.Skip:
		result.Outcome = skipped
	case r.Error != nil:
		result.Outcome, result.Error = broken, strings.Join(strings.Fields(r.Error.Error()), " ")
	case r.Fail:
		result.Outcome = failed
	}
	for path, sub := range r.SubResults.Iter {
		if len(sub.SubResults) == 0 {
			result.Cases = append(result.Cases, Case{Name: strings.Join(path, "/"), Fail: sub.Fail})
		}
	}
	slices.SortFunc(result.Cases, func(a, b Case) int { return cmp.Compare(a.Name, b.Name) })
	return result
}

// Counts says how many tests passed, failed (by an error or not) and were skipped.
func (t *Tested) Counts() (pass, fail, skip int) {
	for _, test := range t.Tests {
		switch test.Outcome {
		case passed:
			pass++
		case skipped:
			skip++
		default:
			fail++
		}
	}
	return pass, fail, skip
}

// Verdict is nil when at least one test ran, all passed and enough lines are covered; else an exvet.Refusal.
func (t *Tested) Verdict() error {
	pass, fail, skip := t.Counts()
	switch {
	case fail > 0:
		for _, test := range t.Tests {
			if test.Outcome == failed || test.Outcome == broken {
				return exvet.Refuse("test/failed", "%s:%d: %s.%s %s%s", test.File, test.Line, test.Package, test.Name, verb(test), more(fail))
			}
		}
	case pass == 0 && t.run != "":
		return exvet.Refuse("test/none", "no test ran: none has a name like %q, or all are skipped (%d)", t.run, skip)
	case pass == 0:
		return exvet.Refuse("test/none", "no test ran (%d skipped); a test is a rule whose name begins with test_, in a file *_test.rego", skip)
	case t.Coverage != nil && t.Coverage.Percent < t.threshold:
		return exvet.Refuse("test/coverage", "tests reach %s of the lines, and %s are wanted; see the lines no test reaches above",
			percent(t.Coverage.Percent), percent(t.threshold))
	}
	return nil
}

func verb(test TestResult) string {
	if test.Outcome == broken {
		return "is in error: " + test.Error
	}
	var cases []string
	for _, one := range test.Cases {
		if one.Fail {
			cases = append(cases, one.Name)
		}
	}
	if len(cases) == 0 {
		return "fails"
	}
	return "fails for " + strings.Join(cases, ", ")
}

func more(failures int) string {
	if failures < 2 {
		return ""
	}
	return fmt.Sprintf(" (%d more fail)", failures-1)
}

// percent is a share as people write it. It never rounds up to a whole that was not reached.
func percent(share float64) string {
	text := fmt.Sprintf("%.1f", float64(int(share*10))/10)
	return strings.TrimSuffix(text, ".0") + " %"
}

// Text is what the tests came to, for people: every test with verbose, else what failed, was skipped or is not covered.
func (t *Tested) Text(verbose bool) []byte {
	var out bytes.Buffer
	for _, test := range t.Tests {
		if test.Outcome == passed && !verbose {
			continue
		}
		fmt.Fprintf(&out, "%-5s %s.%s  %s:%d\n", test.Outcome, test.Package, test.Name, test.File, test.Line)
		for _, one := range test.Cases {
			switch {
			case one.Fail:
				fmt.Fprintf(&out, "      fail  %s\n", one.Name)
			case verbose:
				fmt.Fprintf(&out, "      pass  %s\n", one.Name)
			}
		}
		if test.Error != "" {
			fmt.Fprintf(&out, "      %s\n", test.Error)
		}
		for line := range strings.Lines(test.Output) {
			fmt.Fprintf(&out, "      | %s\n", strings.TrimRight(line, "\r\n"))
		}
	}
	if t.Coverage != nil {
		for _, file := range t.Coverage.Files {
			if len(file.NotCovered) > 0 || verbose {
				fmt.Fprintf(&out, "%s  %s  %s\n", percent(file.Percent), file.File, file.lines())
			}
		}
	}
	pass, fail, skip := t.Counts()
	fmt.Fprintf(&out, "%d tests: %d passed, %d failed", len(t.Tests), pass, fail)
	if skip > 0 {
		fmt.Fprintf(&out, ", %d skipped", skip)
	}
	if t.Coverage != nil {
		fmt.Fprintf(&out, "; %s of the lines covered", percent(t.Coverage.Percent))
	}
	out.WriteByte('\n')
	return out.Bytes()
}
