package bundles

import (
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/storage"

	"github.com/exvet/exvet"
)

// organisation names the root an organisation's bundle owns, "org/<name>": the first that its manifest or, without
// one, its packages or data name.
func (b *Bundle) organisation() (string, error) {
	claims := slices.Clone(b.Roots)
	for _, file := range b.files() {
		claims = append(claims, packagePath(b.Modules[file]))
	}
	if data, ok := b.Data["org"].(map[string]any); ok {
		for _, name := range slices.Sorted(maps.Keys(data)) {
			claims = append(claims, "org/"+name)
		}
	}
	for _, claim := range claims {
		if parts := strings.Split(claim, "/"); len(parts) >= 2 && parts[0] == "org" && parts[1] != "" {
			return "org/" + parts[1], nil
		}
	}
	if len(claims) > 0 {
		return "", b.own([]string{"org/<name>"})
	}
	return "", exvet.Refuse("bundle/empty", "no rule found; pass the directory that holds org/<name>/")
}

// own refuses a bundle that reaches outside allowed, and one whose packages or data lie outside the roots of its manifest. A
// bundle without roots of its own gets allowed.
func (b *Bundle) own(allowed []string) error {
	var found faults
	for _, root := range b.Roots {
		if !bundle.RootPathsContain(allowed, root) {
			found = append(found, exvet.Refuse("bundle/root-claimed", "%s: root %q is outside %q; %s", manifestFile, root, allowed[0], mayOwn))
		}
	}
	if len(b.Roots) == 0 {
		b.Roots = allowed
	}
	for _, file := range b.files() {
		module := b.Modules[file]
		if path := packagePath(module); !bundle.RootPathsContain(b.Roots, path) {
			found = append(found, exvet.Refuse("bundle/root-claimed", "%s:%d: %s is outside %q; %s",
				file, module.Package.Loc().Row, module.Package, b.Roots, mayOwn))
		}
	}
	if path, ok := outside(b.Data, "", b.Roots); ok {
		found = append(found, exvet.Refuse("bundle/root-claimed", "data %q is outside %q; %s", path, b.Roots, mayOwn))
	}
	return found.orNil()
}

const mayOwn = "an organisation's bundle owns org/<name> and nothing else"

// outside finds the first value of data that lies outside roots; a table on the way to a root is inside.
func outside(value any, path string, roots []string) (string, bool) {
	if path != "" && bundle.RootPathsContain(roots, path) {
		return "", false
	}
	table, ok := value.(map[string]any)
	if !ok {
		return path, true
	}
	if path != "" && !slices.ContainsFunc(roots, func(root string) bool { return strings.HasPrefix(root+"/", path+"/") }) {
		return path, true
	}
	for _, key := range slices.Sorted(maps.Keys(table)) {
		if found, ok := outside(table[key], strings.TrimPrefix(path+"/"+key, "/"), roots); ok {
			return found, true
		}
	}
	return "", false
}

// overlap finds a root that two bundles both claim.
func overlap(a, b []string) (string, bool) {
	for _, x := range a {
		for _, y := range b {
			if bundle.RootPathsOverlap(x, y) {
				return x, true
			}
		}
	}
	return "", false
}

// packagePath gives a module's package as a path below data: "org/acme/rules/iis/x".
func packagePath(module *ast.Module) string {
	path, err := storage.NewPathForRef(module.Package.Path)
	if err != nil {
		return ""
	}
	return strings.Join(path, "/")
}
