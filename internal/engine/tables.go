package engine

import (
	"slices"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// A tables holds the values of rules for one snapshot, shared by all who ask of it, so that they are made once and not once a
// worker. Of most rules it takes only what a question that was answered left behind: OPA keeps values of a query that failed.
// A table, a complete rule that can have one value only, is shared at once, and whoever needs one that another makes waits
// for it. Nobody waits for ever: whoever would close a circle of those who wait makes the table himself.
type tables struct {
	known  topdown.VirtualCache // which references are tables; never written again
	lock   sync.Mutex
	change *sync.Cond
	shared topdown.VirtualCache
	makers []maker // of tables that are being made
	waits  []maker // who waits for which table
}

type maker struct {
	ref ast.Ref
	who *view
}

func newTables(known topdown.VirtualCache) *tables {
	t := &tables{known: known, shared: topdown.NewVirtualCache()}
	t.change = sync.NewCond(&t.lock)
	return t
}

// tablesOf finds the tables among the rules: one clause, without else and default, that is a comprehension or is made of
// such by calls.
func tablesOf(compiler *ast.Compiler) topdown.VirtualCache {
	known := topdown.NewVirtualCache()
	for _, module := range compiler.Modules {
		for _, rule := range module.Rules {
			ref := rule.Ref()
			if len(rule.Head.Args) > 0 || rule.Head.RuleKind() != ast.SingleValue || !ref.IsGround() || rule.Else != nil || rule.Default {
				continue
			}
			if len(compiler.GetRulesExact(ref)) == 1 && !slices.ContainsFunc(rule.Body, func(e *ast.Expr) bool { return !single(e) }) {
				known.Put(ref, ast.BooleanTerm(true))
			}
		}
	}
	return known
}

// single reports whether an expression holds once at most: it has no reference to go through.
func single(expr *ast.Expr) bool {
	if expr.Negated || len(expr.With) > 0 || !expr.IsCall() && !expr.IsEquality() {
		return false
	}
	for _, operand := range expr.Operands() {
		switch operand.Value.(type) {
		case ast.Var, *ast.ArrayComprehension, *ast.ObjectComprehension, *ast.SetComprehension:
		default:
			if !ast.IsConstant(operand.Value) {
				return false
			}
		}
	}
	return expr.IsEquality() || builtin(expr)
}

// builtin reports whether a call is of one of OPA's own functions, which give one value.
func builtin(expr *ast.Expr) bool {
	_, ok := ast.BuiltinMap[expr.Operator().String()]
	return ok && expr.Operator().String() != ast.WalkBuiltin.Name
}

// view gives a cache for one question. It sees what is shared; what it is given stays with it until it is kept.
func (t *tables) view() *view { return &view{tables: t, own: topdown.NewVirtualCache()} }

// A view is a topdown.VirtualCache for one question.
type view struct {
	tables *tables
	own    topdown.VirtualCache
	depth  int // of frames: in one above the first, input or data is replaced, and nothing is shared
	put    []entry
}

type entry struct {
	ref   ast.Ref
	value *ast.Term // nil: undefined
}

// Push opens a frame.
func (v *view) Push() {
	v.depth++
	v.own.Push()
}

// Pop closes it.
func (v *view) Pop() {
	v.depth--
	v.own.Pop()
}

// Get gives the value of a rule: its own, or one that is shared.
func (v *view) Get(ref ast.Ref) (*ast.Term, bool) {
	value, undefined := v.own.Get(ref)
	if v.depth > 0 || value != nil || undefined {
		return value, undefined
	}
	t := v.tables
	is, _ := t.known.Get(ref)
	t.lock.Lock()
	defer t.lock.Unlock()
	for {
		value, undefined = t.shared.Get(ref)
		if value != nil || undefined {
			v.own.Put(ref, value) // asked again, it needs no lock
			return value, undefined
		}
		if is == nil {
			return nil, false
		}
		made := t.makerOf(ref)
		if made == nil {
			t.makers = append(t.makers, maker{slices.Clone(ref), v})
			return nil, false
		}
		if t.waitsFor(made, v) {
			return nil, false
		}
		t.waits = append(t.waits, maker{ref, v})
		t.change.Wait()
		t.waits = slices.DeleteFunc(t.waits, func(m maker) bool { return m.who == v })
	}
}

// makerOf gives the one who makes a table, nil if nobody does.
func (t *tables) makerOf(ref ast.Ref) *view {
	for _, m := range t.makers {
		if m.ref.Equal(ref) {
			return m.who
		}
	}
	return nil
}

// waitsFor reports whether one is another, or waits for him, by whatever many others.
func (t *tables) waitsFor(one, other *view) bool {
	for one != nil && one != other {
		at := slices.IndexFunc(t.waits, func(m maker) bool { return m.who == one })
		if at < 0 {
			return false
		}
		one = t.makerOf(t.waits[at].ref)
	}
	return one == other
}

// Put keeps a value, and shares that of a table.
func (v *view) Put(ref ast.Ref, value *ast.Term) {
	v.own.Put(ref, value)
	if v.depth > 0 {
		return
	}
	if is, _ := v.tables.known.Get(ref); is == nil {
		v.put = append(v.put, entry{slices.Clone(ref), value})
		return
	}
	t := v.tables
	t.lock.Lock()
	defer t.lock.Unlock()
	t.shared.Put(ref, value)
	t.makers = slices.DeleteFunc(t.makers, func(m maker) bool { return m.ref.Equal(ref) })
	t.change.Broadcast()
}

// Keys lists the values of the view's frame, not those that are shared.
func (v *view) Keys() []ast.Ref { return v.own.Keys() }

// end gives up the tables the question began and did not finish, and shares what else it left behind if it was answered.
func (v *view) end(answered bool) {
	t := v.tables
	t.lock.Lock()
	defer t.lock.Unlock()
	if answered {
		for _, entry := range v.put {
			t.shared.Put(entry.ref, entry.value)
		}
	}
	t.makers = slices.DeleteFunc(t.makers, func(m maker) bool { return m.who == v })
	t.change.Broadcast()
}
