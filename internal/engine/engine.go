// Package engine judges snapshots: it asks every rule of the loaded bundles, each alone, and sums up the answers.
package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
)

// An Engine holds compiled bundles. It may be used from several goroutines.
type Engine struct {
	bundles  []exvet.Bundle
	rules    []bundles.Rule // sorted by id, with the severity of settings
	settings []ruleSetting  // by index of rule
	waivers  []exvet.Waiver // of the bundles' data
	probes   []exvet.Probe  // likewise
	verdicts []*query       // by index of rule: the pair of what judge says and the findings as the rule gives them
	server   *query
	notes    *query
	products *query
	owners   *query
	compiler *ast.Compiler
	store    storage.Store
	tables   func() topdown.VirtualCache // which rules are tables
	limit    time.Duration               // how long one rule may take
}

// ruleLimit is how long one rule may take before it is in error.
const ruleLimit = 30 * time.Second

// A query is a question to the policies, prepared when it is first asked.
type query struct {
	prepare func() (rego.PreparedEvalQuery, error)
}

// New compiles bundles, the core among them, into an Engine. Bundles that do not fit together or do not compile are an
// exvet.Refusal. With a schema, the JSON schema of snapshots, rules of an organisation that name facts which do not exist
// are refused too; core rules alone are not checked again, as the build checked them.
func New(ctx context.Context, loaded []*bundles.Bundle, schema []byte) (*Engine, error) {
	own := slices.ContainsFunc(loaded, func(b *bundles.Bundle) bool { return b.Info.Trust != exvet.TrustEmbedded })
	if !own {
		return newEngine(ctx, loaded, nil, checks...)
	}
	return newEngine(ctx, loaded, schema)
}

// checks are the stages of OPA's compiler that only look for mistakes and leave the rules as they are. The tests of exvet have
// embedded rules go through them; a scan need not again, and takes a quarter less to compile.
var checks = []ast.StageID{
	ast.StageCheckUnusedImports, ast.StageCheckKeywordOverrides, ast.StageCheckDuplicateImports, ast.StageCheckVoidCalls,
	ast.StageCheckRuleConflicts, ast.StageCheckUndefinedFuncs, ast.StageCheckSafetyRuleHeads, ast.StageCheckRecursion,
	ast.StageCheckTypes, ast.StageCheckUnsafeBuiltins, ast.StageCheckDeprecatedBuiltins,
}

func newEngine(ctx context.Context, loaded []*bundles.Bundle, schema []byte, skip ...ast.StageID) (*Engine, error) {
	if err := cmp.Or(ctx.Err(), bundles.Disjoint(loaded)); err != nil {
		return nil, err
	}
	compiler, err := compile(loaded, schema, skip)
	if err != nil {
		return nil, err
	}
	e := &Engine{compiler: compiler, limit: ruleLimit, tables: sync.OnceValue(func() topdown.VirtualCache { return tablesOf(compiler) })}
	data := map[string]any{}
	for _, bundle := range loaded {
		info := bundle.Info
		info.Settings = slices.Clone(info.Settings)
		e.bundles = append(e.bundles, info)
		e.rules = append(e.rules, bundle.Rules...)
		e.waivers = append(e.waivers, bundle.Waivers...)
		e.probes = append(e.probes, bundle.Probes...)
		merge(data, bundle.Data)
	}
	slices.SortFunc(e.rules, func(a, b bundles.Rule) int { return cmp.Compare(a.ID, b.ID) })
	e.settings = applySettings(e.rules, e.bundles)
	e.store = inmem.NewFromObjectWithOpts(data, inmem.OptRoundTripOnWrite(false), inmem.OptReturnASTValuesOnRead(true))
	if schema != nil {
		if err := CheckNeeds(compiler, e.rules); err != nil {
			return nil, err
		}
	}
	judge := door("judge")
	if len(compiler.GetRulesExact(judge)) == 0 {
		return nil, errors.New("no loaded bundle defines data.exvet.main.judge; load the core bundle too")
	}
	for _, rule := range e.rules {
		pkg, err := ast.ParseRef("data." + rule.Package)
		if err != nil {
			return nil, fmt.Errorf("name package %q: %w", rule.Package, err)
		}
		about, findings := ast.NewTerm(pkg.Append(ast.StringTerm("about"))), ast.NewTerm(pkg.Append(ast.StringTerm("findings")))
		e.verdicts = append(e.verdicts, e.query(ast.ArrayTerm(ast.CallTerm(ast.NewTerm(judge), about, findings), findings)))
	}
	e.server, e.notes = e.query(ast.NewTerm(door("server"))), e.query(ast.NewTerm(door("notes")))
	e.products, e.owners = e.query(ast.NewTerm(door("products"))), e.query(ast.NewTerm(door("owners")))
	return e, nil
}

// Rules lists the rules of all bundles, sorted by id.
func (e *Engine) Rules() []bundles.Rule { return slices.Clone(e.rules) }

// Bundles lists the bundles in the order in which they were given.
func (e *Engine) Bundles() []exvet.Bundle { return slices.Clone(e.bundles) }

const answer = "answer"

// query makes a question whose answer is the value of term.
func (e *Engine) query(term *ast.Term) *query {
	return &query{prepare: sync.OnceValues(func() (rego.PreparedEvalQuery, error) {
		return rego.New(
			rego.ParsedQuery(ast.NewBody(ast.Equality.Expr(ast.VarTerm(answer), term))),
			rego.Compiler(e.compiler), rego.Store(e.store),
			rego.GenerateJSON(func(term *ast.Term, _ *rego.EvalContext) (any, error) { return term, nil }),
		).PrepareForEval(context.Background())
	})}
}

// door is a reference into exvet.main, the package that is the policies' one door.
func door(name string) ast.Ref {
	return ast.DefaultRootRef.Append(ast.StringTerm("exvet")).Append(ast.StringTerm("main")).Append(ast.StringTerm(name))
}

// compile puts the modules of all bundles through one compiler.
func compile(loaded []*bundles.Bundle, schema []byte, skip []ast.StageID) (*ast.Compiler, error) {
	compiler := ast.NewCompiler().WithCapabilities(bundles.Capabilities()).WithEnablePrintStatements(true).WithSkipStages(skip...)
	if schema != nil {
		root, err := refine(schema, loaded)
		if err != nil {
			return nil, err
		}
		schemas := ast.NewSchemaSet()
		schemas.Put(ast.SchemaRootRef, root)
		compiler = compiler.WithSchemas(schemas)
	}
	modules := map[string]*ast.Module{}
	for _, bundle := range loaded {
		maps.Copy(modules, bundle.Modules)
	}
	compiler.Compile(modules)
	if compiler.Failed() {
		return nil, bundles.Untyped(compiler.Errors)
	}
	return compiler, nil
}

// CheckNeeds refuses a rule that needs a fact which the compiler's schema does not know: it would never be anything but unknown.
func CheckNeeds(compiler *ast.Compiler, rules []bundles.Rule) error {
	asked := map[string]error{} // many rules need the same
	for _, rule := range rules {
		for _, need := range rule.Needs {
			err, known := asked[need]
			if !known {
				err = checkFact(compiler, need)
				asked[need] = err
			}
			var all ast.Errors
			if errors.As(err, &all) && len(all) > 0 {
				return exvet.Refuse("bundle/metadata", "%s:%d: needs %q is not a fact: %s", rule.File, rule.Line, need, bundles.Line(all))
			}
		}
	}
	return nil
}

// checkFact compiles a reference to a fact, given by its path, against the schema.
func checkFact(compiler *ast.Compiler, path string) error {
	ref := ast.InputRootRef.Append(ast.StringTerm("facts"))
	for part := range strings.SplitSeq(path, ".") {
		ref = ref.Append(ast.StringTerm(part))
	}
	_, err := compiler.QueryCompiler().Compile(ast.NewBody(ast.NewExpr(ast.NewTerm(ref))))
	return err
}

// merge puts the data of one bundle beside that of others; their roots are disjoint.
func merge(into, from map[string]any) {
	for key, value := range from {
		table, isTable := value.(map[string]any)
		if existing, ok := into[key].(map[string]any); ok && isTable {
			merge(existing, table)
			continue
		}
		if isTable {
			fresh := map[string]any{}
			merge(fresh, table)
			value = fresh
		}
		into[key] = value
	}
}
