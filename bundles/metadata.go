package bundles

import (
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/exvet/exvet"
)

// A rulePackage is a package below rules, with the modules that make it up.
type rulePackage struct {
	name    string
	modules []*ast.Module // in order of file
}

// rulePattern says what the packages of a bundle's rules are called.
func rulePattern(bundle string) string {
	return strings.ReplaceAll(strings.Replace(bundle, coreName, "exvet", 1), "/", ".") + ".rules.<area>.<name>"
}

// rulePackages lists the packages below exvet/rules or org/<name>/rules, by name.
func (b *Bundle) rulePackages() []rulePackage {
	found := map[string][]*ast.Module{}
	for _, file := range b.files() {
		module := b.Modules[file]
		parts := strings.Split(packagePath(module), "/")
		if below := len(strings.Split(b.root(), "/")); len(parts) > below && parts[below] == "rules" {
			name := strings.TrimPrefix(module.Package.Path.String(), "data.")
			found[name] = append(found[name], module)
		}
	}
	packages := make([]rulePackage, 0, len(found))
	for _, name := range slices.Sorted(maps.Keys(found)) {
		packages = append(packages, rulePackage{name: name, modules: found[name]})
	}
	return packages
}

// root is what the bundle is called below data.
func (b *Bundle) root() string {
	if b.Info.Name == coreName {
		return "exvet"
	}
	return b.Info.Name
}

// rule reads and checks what the package says of itself.
func (p rulePackage) rule() (Rule, faults) {
	home := p.modules[0]
	if i := slices.IndexFunc(p.modules, func(m *ast.Module) bool { return m.Annotations != nil && annotation(m) != nil }); i >= 0 {
		home = p.modules[i]
	}
	file, line := home.Package.Loc().File, home.Package.Loc().Row
	path := strings.Split(packagePath(home), "/")
	if depth := len(path) - slices.Index(path, "rules"); depth != 3 {
		return Rule{}, faults{exvet.Refuse("bundle/metadata", "%s:%d: package %s is no rule; a rule is a package rules.<area>.<name>", file, line, p.name)}
	}
	for _, name := range []string{"about", "findings"} {
		if !p.defines(name) {
			return Rule{}, faults{exvet.Refuse("bundle/metadata", "%s:%d: package %s does not define %q; a rule exports about and findings",
				file, line, p.name, name)}
		}
	}
	note := annotation(home)
	if note == nil {
		return Rule{}, faults{exvet.Refuse("bundle/metadata", "%s:%d: package %s has no METADATA; put it above the package line", file, line, p.name)}
	}
	about, wrong := (&metadata{note: note}).about()
	if len(wrong) > 0 {
		return Rule{}, wrong
	}
	return Rule{About: about, Package: p.name, File: file, Line: note.Location.Row}, nil
}

func (p rulePackage) defines(name string) bool {
	for _, module := range p.modules {
		for _, rule := range module.Rules {
			if ref := rule.Head.Ref(); len(ref) > 0 && ref[0].Value.Compare(ast.Var(name)) == 0 {
				return true
			}
		}
	}
	return false
}

// annotation gives the METADATA of a module's package, or nil.
func annotation(module *ast.Module) *ast.Annotations {
	for _, note := range module.Annotations {
		if note.Scope == "package" {
			return note
		}
	}
	return nil
}
