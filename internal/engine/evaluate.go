package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/exvet/exvet"
)

// Options say what to ask of a snapshot.
type Options struct {
	Source    string         // what was scanned, as the user named it
	Rules     []string       // globs of ids to ask, as of path.Match; none asks every rule
	SkipRules []string       // globs of ids to leave out
	Now       time.Time      // what policies take for the current time, and by which waivers expire
	Waivers   []exvet.Waiver // beside those of the bundles
	WhatIf    []string       // globs of products to judge the server without
}

// A Document is a snapshot in the form rules read. It may be judged from several goroutines.
type Document struct {
	input  ast.Object
	sha256 string // of the JSON
}

// Read reads a snapshot, the JSON that exvet collect writes, of which nothing is kept. One that does not fit is an
// exvet.Refusal, which names the source.
func Read(source string, snapshot []byte) (*Document, error) {
	input, err := decode(snapshot)
	if err == nil {
		_, err = header(input)
	}
	if err != nil {
		return nil, fromSource(source, err)
	}
	sum := sha256.Sum256(snapshot)
	return &Document{input: input, sha256: hex.EncodeToString(sum[:])}, nil
}

// Evaluate judges one snapshot. A glob that does not fit is an exvet.Refusal; a rule that fails is a result with the
// status error.
func (e *Engine) Evaluate(ctx context.Context, document *Document, options Options) (exvet.ServerReport, error) {
	chosen, skipped, err := e.choose(options.Rules, options.SkipRules)
	if err != nil {
		return exvet.ServerReport{}, err
	}
	input := e.probed(document.input)
	report, err := header(input)
	if err != nil {
		return exvet.ServerReport{}, fromSource(options.Source, err)
	}
	run := run{engine: e, input: input, tables: newTables(e.tables()), now: options.Now, chosen: chosen, results: make([]exvet.Result, len(chosen))}
	if err := run.all(ctx); err != nil {
		return exvet.ServerReport{}, err
	}
	report.Source, report.Snapshot.SHA256 = options.Source, document.sha256
	report.Results, report.Skipped = run.results, skipped
	run.describe(ctx, &report)
	for i := range report.Results {
		waive(report.Server.Name, &report.Results[i], slices.Concat(options.Waivers, e.waivers), options.Now)
	}
	names, facts := run.names(ctx, &report), readClues(input, report.Results)
	if len(options.WhatIf) > 0 {
		report.WhatIf = leaveOut(report.Results, names, facts, options.WhatIf)
	}
	report.Summary = summarise(report.Results)
	report.Summary.Skipped = len(skipped)
	report.Integrations = integrations(report.Results, names, facts)
	return report, ctx.Err()
}

// fromSource puts the name of the snapshot before a refusal of it.
func fromSource(source string, err error) error {
	var refusal *exvet.Refusal
	if source == "" || !errors.As(err, &refusal) {
		return err
	}
	return &exvet.Refusal{Code: refusal.Code, Reason: refusal.Reason, Err: fmt.Errorf("%s: %w", source, refusal.Err)}
}

// A run is the questions asked of one snapshot.
type run struct {
	engine  *Engine
	input   ast.Value
	tables  *tables
	now     time.Time
	chosen  []int // indexes of rules
	results []exvet.Result
}

// all asks the chosen rules side by side.
func (r *run) all(ctx context.Context) error {
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(r.chosen)) {
		group.Go(func() {
			w := worker{run: r}
			for i := int(next.Add(1)) - 1; i < len(r.chosen) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				r.results[i] = w.rule(ctx, r.chosen[i])
			}
		})
	}
	group.Wait()
	return ctx.Err()
}

// A worker asks one question after the other.
type worker struct{ run *run }

// rule asks one rule, within the limit.
func (w *worker) rule(ctx context.Context, index int) exvet.Result {
	rule := w.run.engine.rules[index]
	own := w.run.engine.settings[index].own
	result := exvet.Result{About: rule.About, OwnSeverity: own, Missing: []exvet.Missing{}, Findings: []exvet.Finding{}}
	limited, cancel := context.WithTimeout(ctx, w.run.engine.limit)
	defer cancel()
	verdict, err := w.ask(limited, w.run.engine.verdicts[index])
	if err == nil && verdict == nil {
		err = errors.New("about or findings is undefined")
	}
	if err == nil {
		err = read(verdict, &result)
	}
	if err == nil {
		for i := range result.Findings {
			if own != "" {
				result.Findings[i].Severity = rule.Severity
			}
		}
		return result
	}
	if limited.Err() != nil {
		err = fmt.Errorf("gave up after %s", w.run.engine.limit)
	}
	return exvet.Result{About: rule.About, OwnSeverity: own, Status: exvet.Error, Error: oneLine(err), Missing: []exvet.Missing{}, Findings: []exvet.Finding{}}
}

// ask gives the answer to a query, or nil where it is undefined.
func (w *worker) ask(ctx context.Context, question *query) (answered *ast.Term, err error) {
	view := w.run.tables.view()
	defer func() {
		if r := recover(); r != nil {
			answered, err = nil, fmt.Errorf("evaluation failed: %v", r)
		}
		view.end(err == nil) // a query that was given up leaves values behind that nobody has confirmed
	}()
	prepared, err := question.prepare()
	if err != nil {
		return nil, err
	}
	set, err := prepared.Eval(ctx, rego.EvalParsedInput(w.run.input), rego.EvalTime(w.run.now), rego.EvalVirtualCache(view))
	if err != nil || len(set) == 0 {
		return nil, err
	}
	term, ok := set[0].Bindings[answer].(*ast.Term)
	if !ok {
		return nil, fmt.Errorf("answer is %T", set[0].Bindings[answer])
	}
	return term, nil
}

// describe fills in what the policies say of the server and of the method. A failure is a note: it takes nothing
// from the verdicts.
func (r *run) describe(ctx context.Context, report *exvet.ServerReport) {
	ctx, cancel := context.WithTimeout(ctx, r.engine.limit)
	defer cancel()
	w := worker{run: r}
	server, err := w.ask(ctx, r.engine.server)
	if err == nil && server != nil {
		named := report.Server
		if err = as(server, &named); err == nil {
			report.Server = named
		}
	}
	if err != nil {
		report.Notes = append(report.Notes, "the server could not be described: "+oneLine(err))
	}
	notes, err := w.ask(ctx, r.engine.notes)
	if err == nil && notes != nil {
		var texts []string
		if err = as(notes, &texts); err == nil {
			report.Notes = append(report.Notes, texts...)
		}
	}
	if err != nil {
		report.Notes = append(report.Notes, "the notes could not be made: "+oneLine(err))
	}
	if report.Server.Roles == nil {
		report.Server.Roles = []string{}
	}
}

// names asks the policies what is known of products by name. A failure is a note: it takes nothing from the verdicts.
func (r *run) names(ctx context.Context, report *exvet.ServerReport) known {
	ctx, cancel := context.WithTimeout(ctx, r.engine.limit)
	defer cancel()
	w, names := worker{run: r}, known{}
	for _, question := range []struct {
		query *query
		into  any
	}{
		{r.engine.products, &names.products}, {r.engine.owners, &names.owners},
	} {
		answered, err := w.ask(ctx, question.query)
		if err == nil && answered != nil {
			err = as(answered, question.into)
		}
		if err != nil {
			report.Notes = append(report.Notes, "products could not be named: "+oneLine(err))
		}
	}
	return names
}

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
