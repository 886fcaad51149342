package engine

import (
	"slices"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// Tables are the values of rules that hold for one snapshot, shared by all who ask of it: a table is built once, not once a
// worker. Only what a question that was answered left behind is shared: OPA keeps values of a query that failed.
type tables struct {
	lock   sync.RWMutex
	shared topdown.VirtualCache
}

func newTables() *tables { return &tables{shared: topdown.NewVirtualCache()} }

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
	v.tables.lock.RLock()
	defer v.tables.lock.RUnlock()
	return v.tables.shared.Get(ref)
}

// Put keeps a value.
func (v *view) Put(ref ast.Ref, value *ast.Term) {
	v.own.Put(ref, value)
	if v.depth == 0 {
		v.put = append(v.put, entry{slices.Clone(ref), value})
	}
}

// Keys lists the values of the view's frame, not those that are shared.
func (v *view) Keys() []ast.Ref { return v.own.Keys() }

// keep shares what the question left behind.
func (v *view) keep() {
	v.tables.lock.Lock()
	defer v.tables.lock.Unlock()
	for _, entry := range v.put {
		v.tables.shared.Put(entry.ref, entry.value)
	}
}
