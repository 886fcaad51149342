package bundles

import (
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/exvet/exvet"
)

// foreignWords finds references of an organisation's rules into the core that it does not promise to keep: a bundle that
// uses one would stand in the way of an update of the core. A reference to much of the core at once counts, too.
func (b *Bundle) foreignWords() faults {
	var found faults
	for _, file := range b.files() {
		module := b.Modules[file]
		names := Names(module)
		for _, rule := range module.Rules {
			local, heads := Declared(rule), map[*ast.Term]bool{}
			ast.WalkTerms(rule, func(term *ast.Term) bool {
				ref, isRef := term.Value.(ast.Ref)
				if isRef {
					heads[ref[0]] = true
				} else if name, isVar := term.Value.(ast.Var); isVar && !heads[term] && names[name] != nil {
					ref = ast.Ref{term} // a package that stands for a value
				}
				if len(ref) == 0 {
					return false
				}
				if head, isVar := ref[0].Value.(ast.Var); isVar {
					if local[head] {
						return false
					}
					if path, ok := names[head]; ok {
						ref = path.Concat(ref[1:])
					}
				}
				if text := ForeignWord(ref); text != "" {
					found = append(found, exvet.Refuse("bundle/core-word", "%s:%d: %s", file, term.Location.Row, text))
				}
				return false
			})
		}
	}
	return found
}

// ForeignWord says why a reference, from data on, is none an organisation's rule may make, or "".
func ForeignWord(ref ast.Ref) string {
	if len(ref) < 2 || !ref[0].Equal(ast.DefaultRootDocument) || !ref[1].Equal(ast.StringTerm(coreRoot)) {
		return ""
	}
	var parts []string
	for _, term := range ref[1:] {
		part, ok := term.Value.(ast.String)
		if !ok {
			break
		}
		parts = append(parts, string(part))
	}
	name, api := strings.Join(parts, "."), API()
	if slices.ContainsFunc(api, func(word string) bool { return name == word || strings.HasPrefix(name, word+".") }) {
		return ""
	}
	return fmt.Sprintf("%s is no word the core keeps from version to version; %s", name, wordsLike(name, api))
}

// wordsLike names the words of the same package that are kept.
func wordsLike(name string, api []string) string {
	parts := strings.SplitN(name, ".", 3)
	if len(parts) < 2 {
		return "name one of its words; docs/rule-api.md lists them"
	}
	area := parts[0] + "." + parts[1] + "."
	var kept []string
	for _, word := range api {
		if short, ok := strings.CutPrefix(word, area); ok {
			kept = append(kept, short)
		}
	}
	if len(kept) == 0 {
		return "read the facts instead; docs/rule-api.md lists the words that are"
	}
	return fmt.Sprintf("those of %s are %s", strings.TrimSuffix(area, "."), strings.Join(kept, ", "))
}
