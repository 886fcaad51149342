package authoring

import (
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/exvet/exvet/bundles"
)

// joins: each row of one long table is compared with each of another.
func (s *scanner) joins(body ast.Body) {
	type loop struct {
		variable ast.Var
		table    string
	}
	var loops []loop
	for _, expr := range body {
		some, ok := expr.Terms.(*ast.SomeDecl)
		if !ok {
			continue
		}
		members := bundles.Members(some)
		if members == nil {
			continue
		}
		variable, isVar := members[len(members)-2].Value.(ast.Var)
		ref, isRef := members[len(members)-1].Value.(ast.Ref)
		if isVar && isRef {
			if table := s.resolve(ref); long(table) {
				loops = append(loops, loop{variable, table.String()})
			}
		}
	}
	for _, expr := range body {
		if expr.Negated || !expr.IsCall() && !expr.IsEquality() || len(expr.Operands()) != 2 {
			continue
		}
		if !expr.Operator().Equal(ast.Equal.Ref()) && !expr.IsEquality() {
			continue
		}
		left, right := root(expr.Operand(0)), root(expr.Operand(1))
		for i, one := range loops {
			for _, other := range loops[:i] {
				if left == one.variable && right == other.variable || left == other.variable && right == one.variable {
					s.report("slow-join", expr.Location, "each row of %s is compared with each of %s; make a table of one by key, "+
						"rows_by_key := {row.key: row | some row in %s}, and look the other's rows up in it",
						strings.TrimPrefix(other.table, "input.facts."), strings.TrimPrefix(one.table, "input.facts."), one.table)
				}
			}
		}
	}
}

// root is the variable a reference begins with, or "".
func root(term *ast.Term) ast.Var {
	if ref, ok := term.Value.(ast.Ref); ok && len(ref) > 1 {
		if v, ok := ref[0].Value.(ast.Var); ok {
			return v
		}
	}
	return ""
}

// long says whether a reference is to a table of facts that may have thousands of rows on a large server.
func long(ref ast.Ref) bool {
	name, ok := strings.CutPrefix(ref.String(), "input.facts.")
	if !ok || !ref.IsGround() || strings.Count(name, ".") != 1 {
		return false
	}
	switch name {
	case "iis.pools", "iis.sites", "iis.apps", "iis.module_order", "iis.global_modules", "iis.filters", "services.minifilters":
		return false
	}
	return !strings.HasPrefix(name, "exchange.")
}

// times: a time is read from text before a test that is cheap and does not depend on it.
func (s *scanner) times(body ast.Body) {
	if !iterates(body) {
		return
	}
	for i, expr := range body {
		if !parsesTime(expr) {
			continue
		}
		outputs := map[ast.Var]bool{}
		if expr.IsAssignment() || expr.IsEquality() {
			ast.WalkVars(expr.Operand(0), func(v ast.Var) bool { outputs[v] = true; return false })
		}
		for _, later := range body[i+1:] {
			if !cheap(later) || depends(later, outputs) {
				if assigns(later) && depends(later, outputs) {
					ast.WalkVars(later.Operand(0), func(v ast.Var) bool { outputs[v] = true; return false })
				}
				continue
			}
			s.report("slow-time", expr.Location, "a time is read from text before the test in line %d, which is cheaper; put that first",
				later.Location.Row)
			break
		}
	}
}

func iterates(body ast.Body) bool {
	for _, expr := range body {
		if some, ok := expr.Terms.(*ast.SomeDecl); ok && bundles.Members(some) != nil {
			return true
		}
	}
	return false
}

func parsesTime(expr *ast.Expr) bool {
	found := false
	ast.WalkTerms(expr, func(term *ast.Term) bool {
		if ref, ok := term.Value.(ast.Ref); ok && strings.HasPrefix(ref.String(), "time.parse_") {
			found = true
		}
		return found
	})
	return found
}

func assigns(expr *ast.Expr) bool { return expr.IsAssignment() || expr.IsEquality() }

// cheap says whether an expression is a comparison that calls nothing.
func cheap(expr *ast.Expr) bool {
	if !expr.IsCall() || assigns(expr) || len(expr.Operands()) != 2 || len(expr.With) > 0 {
		return false
	}
	switch expr.Operator().String() {
	case "equal", "neq", "lt", "lte", "gt", "gte", "startswith", "endswith", "internal.member_2":
	default:
		return false
	}
	for _, operand := range expr.Operands() {
		if _, ok := operand.Value.(ast.Call); ok {
			return false
		}
	}
	return true
}

func depends(expr *ast.Expr, outputs map[ast.Var]bool) bool {
	found := false
	ast.WalkVars(expr, func(v ast.Var) bool {
		found = found || outputs[v]
		return found
	})
	return found
}
