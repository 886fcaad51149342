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
	for _, rule := range d.own.Rules {
		pkg, err := ast.ParseRef("data." + rule.Package + ".findings")
		if err != nil {
			continue
		}
		reads, seen := map[string]bool{}, map[*ast.Rule]bool{}
		for _, r := range compiler.GetRules(pkg) {
			factsBelow(compiler, r, reads, seen)
		}
		var missing []string
		for _, fact := range slices.Sorted(maps.Keys(reads)) {
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

// factsBelow adds the facts a rule and those it depends on refer to.
func factsBelow(compiler *ast.Compiler, rule *ast.Rule, reads map[string]bool, seen map[*ast.Rule]bool) {
	if seen[rule] {
		return
	}
	seen[rule] = true
	factsOf(rule, reads)
	for dependency := range compiler.Graph.Dependencies(rule) {
		if below, ok := dependency.(*ast.Rule); ok {
			factsBelow(compiler, below, reads, seen)
		}
	}
}

// factsOf adds the facts a rule refers to, as the first two parts of their paths. The folder of Windows has a default and is
// left out; a key stands for what it is the key of.
func factsOf(rule *ast.Rule, reads map[string]bool) {
	facts := ast.MustParseRef("input.facts")
	ast.WalkRefs(rule, func(ref ast.Ref) bool {
		if !ref.HasPrefix(facts) || len(ref) <= len(facts) {
			return false
		}
		var parts []string
		depth := 2
		if section, _ := ref[len(facts)].Value.(ast.String); section == "probes" {
			depth = 3 // by organisation and id
		}
		for _, term := range ref[len(facts):min(len(ref), len(facts)+depth)] {
			if name, ok := term.Value.(ast.String); ok {
				parts = append(parts, string(name))
			}
		}
		fact := strings.TrimSuffix(strings.Join(parts, "."), "_key")
		// The list of what was probed says itself what it lacks.
		if fact != "" && fact != "exchange.system_root" && fact != "probes.asked" {
			reads[fact] = true
		}
		return false
	})
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
			if !ok {
				return false
			}
			for length := 2; length < len(ref); length++ {
				name := ref[:length+1]
				if !packages[ref[:length].String()] || !name.IsGround() || len(compiler.GetRulesWithPrefix(name)) > 0 ||
					packagesBelow(packages, name) || holds(d.own.Data, name) {
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

// holds says whether there is data at a reference.
func holds(data map[string]any, name ast.Ref) bool {
	for i, term := range name[1:] {
		key, _ := term.Value.(ast.String)
		value, ok := data[string(key)]
		if !ok || i == len(name)-2 {
			return ok
		}
		if data, ok = value.(map[string]any); !ok {
			return false
		}
	}
	return true
}
