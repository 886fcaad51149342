package bundles

import "github.com/open-policy-agent/opa/v1/ast"

// Names tells what the names of a module stand for: those of its package's rules and its imports.
func Names(module *ast.Module) map[ast.Var]ast.Ref {
	known := map[ast.Var]ast.Ref{}
	for _, rule := range module.Rules {
		if name, ok := rule.Head.Ref()[0].Value.(ast.Var); ok {
			known[name] = module.Package.Path.Append(ast.StringTerm(string(name)))
		}
	}
	for _, imported := range module.Imports {
		if path, ok := imported.Path.Value.(ast.Ref); ok {
			known[imported.Name()] = path
		}
	}
	return known
}

// Declared holds the variables a rule gives a value to before it uses them as a key.
func Declared(rule *ast.Rule) map[ast.Var]bool {
	found := map[ast.Var]bool{}
	note := func(term *ast.Term) {
		ast.WalkVars(term, func(v ast.Var) bool { found[v] = true; return false })
	}
	for _, arg := range rule.Head.Args {
		note(arg)
	}
	ast.WalkNodes(rule, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.SomeDecl:
			if members := Members(node); members != nil {
				for _, term := range members[:len(members)-1] {
					note(term)
				}
			}
		case *ast.Every:
			note(node.Value)
			if node.Key != nil {
				note(node.Key)
			}
		case *ast.Expr:
			if node.IsAssignment() {
				note(node.Operand(0))
			}
		}
		return false
	})
	return found
}

// Members gives the parts of `some x in list` or `some key, x in list`, the list last; nil for a plain `some x`.
func Members(some *ast.SomeDecl) []*ast.Term {
	if len(some.Symbols) != 1 {
		return nil
	}
	call, ok := some.Symbols[0].Value.(ast.Call)
	if !ok || len(call) < 3 {
		return nil
	}
	return call[1:]
}
