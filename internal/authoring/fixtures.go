package authoring

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/topdown/cache"
	"github.com/open-policy-agent/opa/v1/util"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
	"github.com/exvet/exvet/internal/engine"
)

// Fixtures lie in fixtures/<name>/, where stock opa reads them as data.fixtures.<name>. Those that a file fixtures.jsonnet
// beside a rule describes are rendered to snapshot.json there, with the healthy server.
const (
	fixturesFolder = "fixtures"
	fixturesFile   = "fixtures.jsonnet"
	snapshotFile   = "snapshot.json"
	healthy        = "healthy"
)

// fixtures reads data.fixtures as stock opa does: the value of each JSON or YAML file, at the path of its folder.
func (d *directory) fixtures(ctx context.Context) (map[string]any, error) {
	data := map[string]any{}
	top := filepath.Join(d.path, fixturesFolder)
	if _, err := os.Stat(top); errors.Is(err, fs.ErrNotExist) {
		return data, nil
	}
	err := filepath.WalkDir(top, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return exvet.Refuse("bundle/parse", "read %q: %w", name, err)
		}
		kind := path.Ext(entry.Name())
		if entry.IsDir() || kind != ".json" && kind != ".yaml" && kind != ".yml" {
			return ctx.Err()
		}
		content, err := readFile(name)
		if err != nil {
			return err
		}
		var value any
		if err := util.Unmarshal(content, &value); err != nil {
			return exvet.Refuse("bundle/parse", "%s: %s", name, strings.Join(strings.Fields(err.Error()), " "))
		}
		below, err := filepath.Rel(top, filepath.Dir(name))
		if err != nil {
			return err
		}
		at := data
		for part := range strings.SplitSeq(filepath.ToSlash(below), "/") {
			if part == "." {
				continue
			}
			next, ok := at[part].(map[string]any)
			if !ok {
				next = map[string]any{}
				at[part] = next
			}
			at = next
		}
		table, ok := value.(map[string]any)
		if !ok {
			return exvet.Refuse("bundle/parse", "%s: not an object", name)
		}
		for key, member := range table {
			if _, taken := at[key]; taken {
				return exvet.Refuse("bundle/parse", "%s: %q is in another file of the folder too", name, key)
			}
			at[key] = member
		}
		return ctx.Err()
	})
	return data, err
}

// misfits says which fixtures are no snapshots: a test on a server that cannot be says nothing. Facts of the
// organisation's own probes count as the probes type them.
func (d *directory) misfits(ctx context.Context) ([]Problem, error) {
	top := filepath.Join(d.path, fixturesFolder)
	var fit func(context.Context, []byte) (string, error)
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
		if !json.Valid(content) {
			var nothing any
			err := util.UnmarshalJSON(content, &nothing) // says where
			return exvet.Refuse("bundle/parse", "%s: %s", name, strings.Join(strings.Fields(fmt.Sprint(err)), " "))
		}
		wrong, err := fit(ctx, content)
		if wrong != "" {
			problems = append(problems, Problem{Reason: "lint/fixture", File: name, Text: wrong})
		}
		return err
	})
	return problems, err
}

// fitting gives a function that says in one line where a JSON document does not fit the schema of a snapshot, "" where it does. It
// is OPA's own validator, so that it and the types of rules agree; it reads the schema once.
func (d *directory) fitting(ctx context.Context) (func(context.Context, []byte) (string, error), error) {
	text, err := engine.Schema(exvet.SnapshotSchema(), []*bundles.Bundle{d.own})
	if err != nil {
		return nil, err
	}
	query, err := rego.New(
		rego.Query("[_, errors] := json.match_schema(input, "+ast.StringTerm(string(text)).String()+")"),
		rego.StrictBuiltinErrors(true),
	).PrepareForEval(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the snapshot schema: %w", err)
	}
	read := rego.EvalInterQueryBuiltinValueCache(cache.NewInterQueryValueCache(ctx, nil))
	return func(ctx context.Context, document []byte) (string, error) {
		results, err := query.Eval(ctx, rego.EvalParsedInput(ast.String(document)), read)
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
