package authoring

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// unnamedNeeds finds facts a rule reads, itself or by the words it uses, and does not name in needs: without them it would be
// clear where it has to be unknown.
func (d *directory) unnamedNeeds(compiler *ast.Compiler) []Problem {
	var problems []Problem
	read := factsReader(compiler)
	for _, rule := range d.own.Rules {
		pkg, err := ast.ParseRef("data." + rule.Package + ".findings")
		if err != nil {
			continue
		}
		var missing []string
		for _, fact := range read(compiler.GetRules(pkg)) {
			if !slices.ContainsFunc(rule.Needs, func(need string) bool { return covers(need, fact) }) {
				missing = append(missing, fact)
			}
		}
		if len(missing) > 0 {
			problems = append(problems, Problem{
				Reason: "lint/needs", File: rule.File, Line: rule.Line,
				Text: fmt.Sprintf("%s reads %s, by itself or by a word it uses, and does not name it in needs; "+
					"without it the rule would be clear and not unknown", rule.ID, strings.Join(missing, ", ")),
			})
		}
	}
	return problems
}

// factsReader gives a function that lists the facts that rules and those they depend on refer to. Each rule is looked through
// once: an organisation's rules depend on the same words.
func factsReader(compiler *ast.Compiler) func([]*ast.Rule) []string {
	named := map[*ast.Rule][]string{}
	return func(rules []*ast.Rule) []string {
		reads, seen := map[string]bool{}, map[*ast.Rule]bool{}
		var below func(*ast.Rule)
		below = func(rule *ast.Rule) {
			if seen[rule] {
				return
			}
			seen[rule] = true
			facts, ok := named[rule]
			if !ok {
				facts = factsNamed(rule)
				named[rule] = facts
			}
			for _, fact := range facts {
				reads[fact] = true
			}
			for dependency := range compiler.Graph.Dependencies(rule) {
				if next, ok := dependency.(*ast.Rule); ok {
					below(next)
				}
			}
		}
		for _, rule := range rules {
			below(rule)
		}
		return slices.Sorted(maps.Keys(reads))
	}
}

var factsRef = ast.InputRootRef.Append(ast.StringTerm("facts"))

// factsNamed gives the facts a rule itself refers to, as the first two parts of their paths. The folder of Windows has a default
// and is left out; a key stands for what it is the key of.
func factsNamed(rule *ast.Rule) []string {
	var named []string
	ast.WalkRefs(rule, func(ref ast.Ref) bool {
		if !ref.HasPrefix(factsRef) || len(ref) <= len(factsRef) {
			return false
		}
		var parts []string
		depth := 2
		if section, _ := ref[len(factsRef)].Value.(ast.String); section == "probes" {
			depth = 3 // by organisation and id
		}
		for _, term := range ref[len(factsRef):min(len(ref), len(factsRef)+depth)] {
			if name, ok := term.Value.(ast.String); ok {
				parts = append(parts, string(name))
			}
		}
		fact := strings.TrimSuffix(strings.Join(parts, "."), "_key")
		// The list of what was probed says itself what it lacks.
		if fact != "" && fact != "exchange.system_root" && fact != "probes.asked" {
			named = append(named, fact)
		}
		return false
	})
	return named
}

func covers(need, fact string) bool {
	return need == fact || strings.HasPrefix(fact, need+".") || strings.HasPrefix(need, fact+".")
}

// noSuchNames finds references to a package of the organisation's that name nothing in it: they are undefined, which Rego
// takes for an answer.
func (d *directory) noSuchNames(compiler *ast.Compiler) []Problem {
	packages := map[string]bool{}
	for _, module := range d.own.Modules {
		packages[module.Package.Path.String()] = true
	}
	var problems []Problem
	look := func(file string) {
		ast.WalkTerms(compiler.Modules[file], func(term *ast.Term) bool {
			ref, ok := term.Value.(ast.Ref)
			if !ok || !ref.HasPrefix(ast.DefaultRootRef) {
				return false
			}
			for length := 2; length < len(ref); length++ {
				name := ref[:length+1]
				if !packages[ref[:length].String()] || !name.IsGround() || len(compiler.GetRulesWithPrefix(name)) > 0 ||
					packagesBelow(packages, name) || holds(d.own.Data, keys(name)) {
					continue
				}
				p := Problem{Reason: "lint/no-such-name", File: file, Text: fmt.Sprintf("%s: package %s defines no %s, so this is always undefined",
					name, strings.TrimPrefix(ref[:length].String(), "data."), name[length].Value)}
				if term.Location != nil {
					p.Line = term.Location.Row
				}
				problems = append(problems, p)
			}
			return false
		})
	}
	for file := range d.own.Modules {
		look(file)
	}
	for file := range d.tests {
		look(file)
	}
	return problems
}

func packagesBelow(packages map[string]bool, name ast.Ref) bool {
	for other := range packages {
		if other == name.String() || strings.HasPrefix(other, name.String()+".") {
			return true
		}
	}
	return false
}

// keys gives what follows data in a reference; a part that is no string is "".
func keys(name ast.Ref) []string {
	var path []string
	for _, term := range name[1:] {
		key, _ := term.Value.(ast.String)
		path = append(path, string(key))
	}
	return path
}

// holds says whether there is data at a path.
func holds(data map[string]any, path []string) bool {
	for i, key := range path {
		value, ok := data[key]
		if !ok || i == len(path)-1 {
			return ok
		}
		if data, ok = value.(map[string]any); !ok {
			return false
		}
	}
	return true
}
