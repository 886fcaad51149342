package authoring

import (
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/exvet/exvet/bundles"
)

// slow finds shapes of Rego that take long on a large server where another way of saying the same does not.
func (d *directory) slow() []Problem {
	var problems []Problem
	partial := d.partialTables()
	for _, file := range sortedFiles(d.own.Modules) {
		module := d.own.Modules[file]
		scan := &scanner{file: file, names: bundles.Names(module), partial: partial}
		for _, rule := range module.Rules {
			scan.rule(rule)
		}
		problems = append(problems, scan.found...)
	}
	return problems
}

func sortedFiles(modules map[string]*ast.Module) []string {
	files := make([]string, 0, len(modules))
	for file := range modules {
		files = append(files, file)
	}
	slices.Sort(files)
	return files
}

// partialTables holds the names of rules that give one entry at a time, by keys they have to look for: "data.org.acme.x.by_path".
func (d *directory) partialTables() map[string]string {
	tables := map[string]string{}
	for _, module := range d.own.Modules {
		for _, rule := range module.Rules {
			ref, head := rule.Head.Ref(), rule.Head
			var kind string
			switch {
			case len(head.Args) > 0:
				continue
			case len(ref) == 2 && !ast.IsConstant(ref[1].Value):
				kind = "object"
			case len(ref) == 1 && head.Key != nil && !ast.IsConstant(head.Key.Value):
				kind = "set"
			}
			if kind != "" {
				name := ref[0].Value.(ast.Var)
				tables[module.Package.Path.Append(ast.StringTerm(string(name))).String()] = kind
			}
		}
	}
	return tables
}

// A scanner looks through the rules of one file.
type scanner struct {
	file     string
	names    map[ast.Var]ast.Ref
	partial  map[string]string
	declared map[ast.Var]bool // by the rule at hand, with a value
	found    []Problem
}

func (s *scanner) report(name string, at *ast.Location, format string, args ...any) {
	s.found = append(s.found, Problem{Reason: "lint/" + name, File: s.file, Line: at.Row, Text: fmt.Sprintf(format, args...)})
}

func (s *scanner) rule(rule *ast.Rule) {
	s.declared = bundles.Declared(rule)
	ast.WalkBodies(rule, func(body ast.Body) bool {
		s.scans(body)
		s.joins(body)
		s.times(body)
		return false
	})
	ast.WalkExprs(rule, func(expr *ast.Expr) bool {
		s.lowers(expr)
		return false
	})
	ast.WalkTerms(rule, func(term *ast.Term) bool {
		switch value := term.Value.(type) {
		case ast.Ref:
			s.table(term, value)
		case ast.Call:
			s.walks(value[0], value[1:])
		}
		return false
	})
	ast.WalkExprs(rule, func(expr *ast.Expr) bool {
		if expr.IsCall() {
			s.walks(expr.OperatorTerm(), expr.Operands())
		}
		return false
	})
}

// table: a partial rule asked by key is worked out again for each key.
func (s *scanner) table(term *ast.Term, ref ast.Ref) {
	for length := 2; length <= len(ref); length++ {
		head := s.resolve(ref[:length-1])
		kind, ok := s.partial[head.String()]
		if !ok || !s.bound(ref[length-1]) || term.Location == nil {
			continue
		}
		way := "%s := {key: value | some ...}"
		if kind == "set" {
			way = "%s := {value | some ...}"
		}
		name := ref[:length-1].String()
		s.report("slow-table", term.Location, "%s is worked out anew for each key it is asked by; make it one rule: "+way,
			name, name[strings.LastIndex(name, ".")+1:])
		return
	}
}

// bound says whether a key has a value before it is used: it does not enumerate.
func (s *scanner) bound(key *ast.Term) bool {
	switch value := key.Value.(type) {
	case ast.Var:
		return s.declared[value]
	case ast.Ref, ast.Call, *ast.Array:
		return true
	}
	return false // a constant is looked up once
}

// resolve writes a reference from data or input.
func (s *scanner) resolve(ref ast.Ref) ast.Ref {
	name, ok := ref[0].Value.(ast.Var)
	if !ok {
		return ref
	}
	path, ok := s.names[name]
	if !ok {
		return ref
	}
	return path.Concat(ref[1:])
}

// scans: a list is looked through for a value that is at hand.
func (s *scanner) scans(body ast.Body) {
	for _, expr := range body {
		if some, ok := expr.Terms.(*ast.SomeDecl); ok {
			members := bundles.Members(some)
			if len(members) != 2 {
				continue
			}
			for _, test := range body {
				if other := equals(test, members[0]); other != nil {
					s.report("slow-scan", test.Location, "the list is looked through for %s; write: %s in %s, and keep a long list as an object or a set",
						other, other, members[1])
				}
			}
		}
		if expr.IsEquality() || expr.IsCall() && expr.Operator().Equal(ast.Equal.Ref()) {
			for i := range 2 {
				ref, ok := expr.Operand(i).Value.(ast.Ref)
				if !ok || len(ref) < 2 {
					continue
				}
				if v, ok := ref[len(ref)-1].Value.(ast.Var); ok && v.IsWildcard() && s.bound(expr.Operand(1-i)) {
					s.report("slow-scan", expr.Location, "the list is looked through for %s; write: %s in %s, and keep a long list as an object or a set",
						expr.Operand(1-i), expr.Operand(1-i), ref[:len(ref)-1])
				}
			}
		}
	}
}

// equals gives what a variable is compared with, or nil.
func equals(expr *ast.Expr, variable *ast.Term) *ast.Term {
	if expr.Negated || !expr.IsCall() || !expr.Operator().Equal(ast.Equal.Ref()) {
		return nil
	}
	if _, ok := variable.Value.(ast.Var); !ok {
		return nil
	}
	for i := range 2 {
		if expr.Operand(i).Equal(variable) {
			return expr.Operand(1 - i)
		}
	}
	return nil
}

// lowers: both sides of a comparison are put into lower case each time.
func (s *scanner) lowers(expr *ast.Expr) {
	if !expr.IsCall() {
		return
	}
	operands := expr.Operands()
	if len(operands) != 2 || !isCall(operands[0], ast.Lower) || !isCall(operands[1], ast.Lower) {
		return
	}
	s.report("slow-lower", expr.Location, "both sides are put into lower case each time; compare the key fields of facts, which are, and keep tables in lower case")
}

func isCall(term *ast.Term, builtin *ast.Builtin) bool {
	call, ok := term.Value.(ast.Call)
	return ok && call[0].Value.Compare(builtin.Ref()) == 0
}

// walks: the whole snapshot is looked through.
func (s *scanner) walks(operator *ast.Term, operands []*ast.Term) {
	if operator.Value.Compare(ast.WalkBuiltin.Ref()) != 0 || len(operands) == 0 {
		return
	}
	ref, ok := operands[0].Value.(ast.Ref)
	if !ok {
		if v, isVar := operands[0].Value.(ast.Var); isVar && v.Equal(ast.InputRootDocument.Value) {
			ref = ast.InputRootRef
		}
	}
	if len(ref) == 0 || len(ref) > 3 || !s.resolve(ref).HasPrefix(ast.InputRootRef) || operator.Location == nil {
		return
	}
	s.report("slow-walk", operator.Location, "walk visits every value of the snapshot; name the table it is about: some x in input.facts.iis.modules")
}
