package bundles

import (
	"context"
	"io/fs"
	"maps"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/loader"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"

	"github.com/exvet/exvet"
)

const testLimit = 30 * time.Second

// Test runs the tests in a directory of rules beside the core's rules, as `opa test` does. One that fails is an exvet.Refusal.
func Test(ctx context.Context, directory string, core *Bundle) (err error) {
	found, err := loader.NewFileLoader().WithProcessAnnotation(true).Filtered([]string{directory},
		func(abspath string, _ fs.FileInfo, _ int) bool { return strings.HasSuffix(abspath, manifestFile) })
	if err != nil {
		return exvet.Refuse("bundle/test", "%s", oneLine(err))
	}
	modules := maps.Clone(core.Modules)
	maps.Copy(modules, found.ParsedModules())
	data := map[string]any{}
	for _, part := range []map[string]any{core.Data, found.Documents} {
		maps.Copy(data, part)
	}
	store := inmem.NewFromObjectWithOpts(data, inmem.OptRoundTripOnWrite(false))
	txn, err := store.NewTransaction(ctx, storage.WriteParams)
	if err != nil {
		return err
	}
	defer store.Abort(ctx, txn)
	results, err := tester.NewRunner().
		SetCompiler(ast.NewCompiler().WithCapabilities(Capabilities())).
		SetStore(store).SetModules(modules).SetTimeout(testLimit).RunTests(ctx, txn)
	if err != nil {
		return exvet.Refuse("bundle/test", "%s", oneLine(err))
	}
	for result := range results {
		if err != nil {
			continue // the rest must still be read
		}
		if !result.Pass() && !result.Skip {
			why := "failed"
			if result.Error != nil {
				why = oneLine(result.Error)
			}
			err = exvet.Refuse("bundle/test", "%s:%d: %s %s", result.Location.File, result.Location.Row, result.Name, why)
		}
	}
	return err
}
