package authoring

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/util"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
	"github.com/exvet/exvet/internal/engine"
)

// misfits says which fixtures are no snapshots: a test on a server that cannot be says nothing. Facts of the
// organisation's own probes count as the probes type them.
func (d *directory) misfits(ctx context.Context) ([]Problem, error) {
	top := filepath.Join(d.path, fixturesFolder)
	var fit func(context.Context, any) (string, error)
	var problems []Problem
	err := filepath.WalkDir(top, func(name string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && name == top {
			return fs.SkipAll
		}
		if err != nil {
			return exvet.Refuse("bundle/parse", "read %q: %w", name, err)
		}
		if entry.IsDir() || entry.Name() != snapshotFile {
			return ctx.Err()
		}
		if fit == nil {
			if fit, err = d.fitting(ctx); err != nil {
				return err
			}
		}
		content, err := readFile(name)
		if err != nil {
			return err
		}
		var snapshot any
		if err := util.UnmarshalJSON(content, &snapshot); err != nil {
			return exvet.Refuse("bundle/parse", "%s: %s", name, strings.Join(strings.Fields(err.Error()), " "))
		}
		wrong, err := fit(ctx, snapshot)
		if wrong != "" {
			problems = append(problems, Problem{Reason: "lint/fixture", File: name, Text: wrong})
		}
		return err
	})
	return problems, err
}

// fitting gives a function that says in one line where a document does not fit the schema of a snapshot, "" where it does. It is
// OPA's own validator, so that it and the types of rules agree.
func (d *directory) fitting(ctx context.Context) (func(context.Context, any) (string, error), error) {
	text, err := engine.Schema(exvet.SnapshotSchema(), []*bundles.Bundle{d.own})
	if err != nil {
		return nil, err
	}
	query, err := rego.New(
		rego.Query("[_, errors] := json.match_schema(input, " + ast.StringTerm(string(text)).String() + ")"),
	).PrepareForEval(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the snapshot schema: %w", err)
	}
	return func(ctx context.Context, document any) (string, error) {
		results, err := query.Eval(ctx, rego.EvalInput(document))
		if err != nil || len(results) == 0 {
			return "", err
		}
		wrong, _ := results[0].Bindings["errors"].([]any)
		if len(wrong) == 0 {
			return "", nil
		}
		first, _ := wrong[0].(map[string]any)
		return fmt.Sprintf("at %v: %v; exvet schema snapshot says what a snapshot is", first["field"], first["desc"]), nil
	}, nil
}
