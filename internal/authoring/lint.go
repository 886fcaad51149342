package authoring

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/tester"
	"github.com/open-policy-agent/opa/v1/util"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
	"github.com/exvet/exvet/internal/engine"
)

// Lint lists what is wrong in an organisation's directory, in the order of files: what keeps it from being a bundle, what OPA's
// strict compiler and the types of facts refuse, what the core does not promise, what nobody tests, and what is slow. The
// error is about the directory as a whole.
func Lint(ctx context.Context, dir string) ([]Problem, error) {
	core, err := bundles.Core()
	if err != nil {
		return nil, err
	}
	d, problems, err := open(ctx, dir, core, nil)
	if err != nil {
		return nil, err
	}
	return d.lint(ctx, problems)
}

// lint adds to the problems that are known what the directory's files mean.
func (d *directory) lint(ctx context.Context, problems []Problem) ([]Problem, error) {
	fixtures, err := d.stale(ctx)
	if err != nil {
		return nil, err
	}
	problems = append(problems, fixtures...)
	if d.own == nil {
		return sorted(problems), ctx.Err()
	}
	wrong, err := d.meaning(problems)
	if err != nil {
		return nil, err
	}
	problems = append(problems, wrong...)
	misfits, err := d.misfits(ctx)
	if err != nil {
		return nil, err
	}
	problems = append(problems, misfits...)
	problems = append(problems, d.untested()...)
	problems = append(problems, d.slow()...)
	return sorted(d.unlessIgnored(problems)), ctx.Err()
}

// meaning finds what is wrong with what the rules refer to.
func (d *directory) meaning(known []Problem) ([]Problem, error) {
	if slices.ContainsFunc(known, func(p Problem) bool { return p.Reason == "bundle/core-word" }) {
		return nil, nil // a reference to much of the core at once would not compile, which says less
	}
	compiler, wrong, err := d.compiled(known)
	if err != nil || len(wrong) > 0 || compiler == nil {
		return wrong, err
	}
	if wrong = d.noSuchNames(compiler.Compiler); len(wrong) > 0 {
		return wrong, nil
	}
	wrong = d.unnamedNeeds(compiler.Compiler)
	var refusal *exvet.Refusal
	if errors.As(compiler.needs, &refusal) {
		return append(wrong, located(refusal)), nil
	}
	return wrong, compiler.needs
}

// A strictCompiler is what the modules of the core, the organisation and its tests compile to.
type strictCompiler struct {
	*ast.Compiler

	needs error // what engine.CheckNeeds says
}

// compiled gives what the directory compiles to, or what is wrong with it. What known says of a line already is not said again.
func (d *directory) compiled(known []Problem) (*strictCompiler, []Problem, error) {
	compiler, err := d.strict()
	if err != nil {
		return nil, nil, err
	}
	if !compiler.Failed() {
		return compiler, nil, nil
	}
	all := ofOPA("bundle/type", compiler.Errors)
	wrong := slices.DeleteFunc(slices.Clone(all), func(p Problem) bool {
		_, core := d.core.Modules[p.File]
		return core || slices.ContainsFunc(known, func(k Problem) bool { return k.File == p.File && k.Line == p.Line })
	})
	if len(wrong) == 0 && len(known) == 0 {
		return nil, all, nil // by the organisation's doing, though the core is where it shows
	}
	return nil, wrong, nil
}

// compile puts the modules through OPA's strict compiler, with the types of facts, and with what OPA's tester adds to tests, so that
// they run on it. What it refuses is in the compiler's Errors.
func (d *directory) compile() (*strictCompiler, error) {
	var root any
	schema, err := engine.Schema(exvet.SnapshotSchema(), []*bundles.Bundle{d.own})
	if err != nil {
		return nil, err
	}
	if err := util.UnmarshalJSON(schema, &root); err != nil {
		return nil, fmt.Errorf("read the snapshot schema: %w", err)
	}
	schemas := ast.NewSchemaSet()
	schemas.Put(ast.SchemaRootRef, root)
	compiler := &strictCompiler{Compiler: d.compiler().WithSchemas(schemas).WithStrict(true).SetErrorLimit(100)}
	// The tester compiles before it looks for tests, of which none has no name.
	none, err := tester.NewRunner().SetCompiler(compiler.Compiler).SetModules(d.modules()).Filter("^$").RunTests(context.Background(), nil)
	if compiler.Failed() {
		return compiler, nil
	}
	if err != nil {
		return nil, err
	}
	for range none {
		continue // until it has looked at every rule
	}
	// Here and not where it is told: the tester that runs the tests writes to what this reads.
	compiler.needs = engine.CheckNeeds(compiler.Compiler, d.own.Rules)
	return compiler, nil
}

// compiler is OPA's, for rules of the directory, its tests, and the core.
func (d *directory) compiler() *ast.Compiler {
	data := d.data(nil)
	return ast.NewCompiler().
		WithCapabilities(bundles.Capabilities()).WithUseTypeCheckAnnotations(true).WithEnablePrintStatements(true).
		WithPathConflictsCheck(func(path []string) (bool, error) { return holds(data, path), nil })
}

// untested finds rules no test asks, and tests that never run.
func (d *directory) untested() []Problem {
	var problems []Problem
	asked := map[string]bool{}
	for _, file := range slices.Sorted(maps.Keys(d.tests)) {
		module := d.tests[file]
		runs := 0
		for _, rule := range module.Rules {
			name, _, _ := strings.Cut(string(rule.Head.Ref()[0].Value.(ast.Var)), "[")
			switch {
			case strings.HasPrefix(name, tester.TestPrefix):
				runs++
			case strings.HasPrefix(name, "_"), strings.HasPrefix(name, tester.SkipTestPrefix), !strings.Contains(name, "test"):
			default:
				problems = append(problems, Problem{
					Reason: "lint/never-runs", File: file, Line: rule.Location.Row,
					Text: fmt.Sprintf("%s never runs; the name of a test begins with test_, that of a helper with _", name),
				})
			}
		}
		if runs == 0 {
			problems = append(problems, Problem{
				Reason: "lint/never-runs", File: file, Line: module.Package.Location.Row,
				Text: "the file holds no test that runs; the name of a test begins with test_",
			})
			continue
		}
		for _, imported := range module.Imports {
			asked[strings.TrimPrefix(imported.Path.String(), "data.")] = true
		}
		ast.WalkRefs(module, func(ref ast.Ref) bool {
			asked[strings.TrimPrefix(ref.GroundPrefix().String(), "data.")] = true
			return false
		})
	}
	for _, rule := range d.own.Rules {
		if slices.ContainsFunc(slices.Collect(maps.Keys(asked)), func(name string) bool {
			return name == rule.Package || strings.HasPrefix(name, rule.Package+".")
		}) {
			continue
		}
		problems = append(problems, Problem{
			Reason: "lint/untested", File: rule.File, Line: rule.Line,
			Text: fmt.Sprintf("no test asks %s; write %s beside it, with the healthy server and a fixture it must find", rule.ID,
				strings.TrimSuffix(filepath.Base(rule.File), ".rego")+"_test.rego"),
		})
	}
	return problems
}

// unlessIgnored leaves out what a comment "# exvet ignore:NAME" in the same line or the one above asks to. Only what lint
// itself advises can be ignored.
func (d *directory) unlessIgnored(problems []Problem) []Problem {
	ignored := map[Problem]bool{}
	for _, modules := range []map[string]*ast.Module{d.own.Modules, d.tests} {
		for file, module := range modules {
			for _, comment := range module.Comments {
				names, ok := strings.CutPrefix(strings.TrimSpace(string(comment.Text)), "exvet ignore:")
				if !ok {
					continue
				}
				names, _, _ = strings.Cut(names, " ") // the reason follows
				for name := range strings.SplitSeq(names, ",") {
					for line := range 2 {
						ignored[Problem{Reason: "lint/" + name, File: file, Line: comment.Location.Row + line}] = true
					}
				}
			}
		}
	}
	return slices.DeleteFunc(problems, func(p Problem) bool {
		return ignored[Problem{Reason: p.Reason, File: p.File, Line: p.Line}]
	})
}
