// Package authoring is for those who write rules of their own: it scaffolds, tests and lints an organisation's directory.
package authoring

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
	"golang.org/x/sync/errgroup"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
)

// Check lints and tests an organisation's directory as a bundle is before it is built, both at once, and writes nothing. What
// bundles.Load made of the directory is own; with nil it is loaded. The error is an exvet.Refusal with the first thing that is
// wrong and how many more there are.
func Check(ctx context.Context, dir string, core, own *bundles.Bundle) error {
	d, problems, err := open(ctx, dir, core, own)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var tests errgroup.Group
	if len(problems) == 0 {
		tests.Go(func() error {
			compiler, err := d.strict()
			if err != nil || compiler.Failed() {
				return err // lint says what is wrong
			}
			tested, err := d.run(ctx, compiler.Compiler, TestOptions{})
			if err != nil {
				return err
			}
			return tested.Verdict()
		})
	}
	problems, err = d.lint(ctx, problems)
	if err == nil && len(problems) > 0 {
		// What scan would refuse comes before what lint advises.
		first := max(0, slices.IndexFunc(problems, func(p Problem) bool { return !strings.HasPrefix(p.Reason, "lint/") }))
		text := problems[first].place()
		if more := len(problems) - 1; more > 0 {
			text += fmt.Sprintf(" (and %d more: exvet rule lint %s)", more, dir)
		}
		err = exvet.Refuse(problems[first].Reason, "%s", text)
	}
	if err != nil {
		cancel() // what the tests say follows from it
		_ = tests.Wait()
		return err
	}
	return tests.Wait()
}

// A directory is an organisation's, with the core it is used beside.
type directory struct {
	path  string
	core  *bundles.Bundle
	own   *bundles.Bundle        // nil when it cannot be parsed
	tests map[string]*ast.Module // *_test.rego, by file

	strict func() (*strictCompiler, error) // compile, once
}

// newDirectory is a directory of which nothing is read yet but what is given.
func newDirectory(path string, core, own *bundles.Bundle) *directory {
	d := &directory{path: filepath.Clean(path), core: core, own: own}
	d.strict = sync.OnceValues(d.compile)
	return d
}

// open reads a directory and says what in it does not keep to the contract. What bundles.Load made of it is own, or nil.
func open(ctx context.Context, path string, core, own *bundles.Bundle) (*directory, []Problem, error) {
	d := newDirectory(path, core, own)
	var problems []Problem
	var err error
	loaded := own
	if loaded == nil {
		loaded, err = bundles.Load(ctx, path)
	}
	if ctx.Err() != nil {
		return nil, nil, ctx.Err()
	}
	for _, fault := range bundles.Faults(err) {
		var refusal *exvet.Refusal
		if !errors.As(fault, &refusal) || refusal.Reason == "bundle/not-found" || refusal.Reason == "bundle/empty" || refusal.Reason == "bundle/too-large" {
			return nil, nil, fault
		}
		problems = append(problems, located(refusal))
	}
	d.own = loaded
	if loaded != nil && err == nil {
		if err := bundles.Disjoint([]*bundles.Bundle{core, loaded}); err != nil {
			var refusal *exvet.Refusal
			if !errors.As(err, &refusal) {
				return nil, nil, err
			}
			problems = append(problems, located(refusal))
		}
	}
	wrong, err := d.readTests(ctx)
	return d, append(problems, wrong...), err
}

// readTests parses the files of tests, which a bundle leaves out.
func (d *directory) readTests(ctx context.Context) ([]Problem, error) {
	d.tests = map[string]*ast.Module{}
	var problems []Problem
	err := filepath.WalkDir(d.path, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return exvet.Refuse("bundle/parse", "read %q: %w", name, err)
		case entry.IsDir() && name != d.path && (strings.HasPrefix(entry.Name(), ".") || name == filepath.Join(d.path, fixturesFolder)):
			return fs.SkipDir
		case entry.IsDir() || strings.HasPrefix(entry.Name(), ".") || !strings.HasSuffix(entry.Name(), "_test.rego"):
			return ctx.Err()
		}
		source, err := readFile(name)
		if err != nil {
			return err
		}
		if len(bytes.TrimSpace(source)) == 0 {
			problems = append(problems, Problem{Reason: "bundle/parse", File: name, Line: 1, Text: "the file is empty; write a test or remove it"})
			return ctx.Err()
		}
		module, err := ast.ParseModuleWithOpts(name, string(source), ast.ParserOptions{ProcessAnnotation: true})
		var all ast.Errors
		switch {
		case errors.As(err, &all):
			problems = append(problems, ofOPA("bundle/parse", all)...)
		case err != nil:
			problems = append(problems, Problem{Reason: "bundle/parse", File: name, Text: err.Error()})
		default:
			d.tests[name] = module
		}
		return ctx.Err()
	})
	return problems, err
}

// maxFile bounds what is read of a test or fixture.
const maxFile = 64 << 20

func readFile(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, exvet.Refuse("bundle/parse", "read %q: %w", name, err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return nil, exvet.Refuse("bundle/parse", "%s is no plain file of at most %d MiB", name, maxFile>>20)
	}
	return os.ReadFile(name)
}
