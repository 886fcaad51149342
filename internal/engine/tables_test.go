package engine

import (
	"testing"
	"testing/synctest"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
)

func TestTablesOf(t *testing.T) {
	compiler := ast.MustCompileModules(map[string]string{"a.rego": `package a
table := {x.key: x | some x in input.list}
made := object.union({"a": 1}, {x.key: x | some x in input.list})
rows := [x | some x in input.list]
constant := {"a": 1}
chosen := x if some x in input.list
other := 1 if input.a else := 2
default fallen := 1
fallen := 2 if input.b
function(x) := x
twice := 1 if input.a
twice := 1 if input.b
set contains x if some x in input.list
called := function({x | some x in input.list})
walked := {x | walk(input, [_, x])}
`})
	known := tablesOf(compiler)
	for name, want := range map[string]bool{
		"table": true, "made": true, "rows": true, "chosen": false, "other": false, "fallen": false, "function": false, "twice": false, "set": false,
		"called": false, "walked": true,
	} {
		if got, _ := known.Get(ast.MustParseRef("data.a." + name)); (got != nil) != want {
			t.Errorf("%s is a table: %v, want %v", name, got != nil, want)
		}
	}
}

func TestTablesAreMadeOnce(t *testing.T) {
	ref, other := ast.MustParseRef("data.a.table"), ast.MustParseRef("data.a.other")
	known := topdown.NewVirtualCache()
	known.Put(ref, ast.BooleanTerm(true))
	for _, answered := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			shared := newTables(known)
			first, second := shared.view(), shared.view()
			if got, _ := first.Get(ref); got != nil {
				t.Fatalf("got %v of a table nobody made", got)
			}
			first.Put(other, ast.StringTerm("not confirmed"))
			got := make(chan *ast.Term, 1)
			go func() {
				value, _ := second.Get(ref)
				got <- value
			}()
			synctest.Wait()
			select {
			case value := <-got:
				t.Fatalf("got %v before the table was made", value)
			default:
			}
			if answered {
				first.Put(ref, ast.StringTerm("made"))
			}
			first.end(answered)
			value := <-got
			if answered != (value != nil) {
				t.Errorf("answered %v: got %v", answered, value)
			}
			if value, _ := second.Get(other); answered != (value != nil) {
				t.Errorf("answered %v: got %v of what the first question left behind", answered, value)
			}
		})
	}
}

func TestTablesBelowWith(t *testing.T) {
	ref := ast.MustParseRef("data.a.table")
	known := topdown.NewVirtualCache()
	known.Put(ref, ast.BooleanTerm(true))
	shared := newTables(known)
	first, second := shared.view(), shared.view()
	first.Push()
	first.Put(ref, ast.StringTerm("of another input"))
	if got, _ := second.Get(ref); got != nil {
		t.Errorf("got %v, made with another input", got)
	}
	first.Pop()
	second.Put(ref, ast.StringTerm("of this input"))
	if got, _ := first.Get(ref); got == nil || got.Value.Compare(ast.String("of this input")) != 0 {
		t.Errorf("got %v", got)
	}
}

// Two questions that began a table each and then need the other's must not wait for each other: a question may look for a table
// without making it, as tracing does.
func TestTablesInACircle(t *testing.T) {
	one, two := ast.MustParseRef("data.a.one"), ast.MustParseRef("data.a.two")
	known := topdown.NewVirtualCache()
	known.Put(one, ast.BooleanTerm(true))
	known.Put(two, ast.BooleanTerm(true))
	synctest.Test(t, func(t *testing.T) {
		shared := newTables(known)
		first, second := shared.view(), shared.view()
		first.Get(one)
		second.Get(two)
		got := make(chan *ast.Term, 1)
		go func() {
			value, _ := first.Get(two)
			got <- value
		}()
		synctest.Wait()
		if value, undefined := second.Get(one); value != nil || undefined {
			t.Errorf("got %v, want to make it", value)
		}
		second.Put(two, ast.StringTerm("made"))
		if value := <-got; value == nil {
			t.Error("got nothing of a table that was made")
		}
	})
}
