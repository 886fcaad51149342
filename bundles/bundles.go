// Package bundles loads sets of rules, the embedded one and an organisation's own, and refuses what does not keep to the contract.
package bundles

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/bundle"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/policies"
)

// A Bundle is a set of rules with the data they read, parsed and checked but not compiled.
type Bundle struct {
	Info    exvet.Bundle
	Roots   []string               // what it owns below data: "exvet", "org/acme"
	Modules map[string]*ast.Module // by file, as errors name it
	Data    map[string]any
	Rules   []Rule         // sorted by id
	Waivers []exvet.Waiver // of its data
	Probes  []exvet.Probe  // likewise: facts its rules need
	Stamp   Stamp

	sources  tree // the files that count
	manifest bundle.Manifest
	owners   int // how many of products its data names
}

// A Rule is one rule and the place it is written in.
type Rule struct {
	exvet.About

	Package string // below data: "exvet.rules.iis.foreign_module"
	Bundle  string // name of the bundle it belongs to
	File    string
	Line    int // of the rule's METADATA
}

// Core loads the rules built into exvet.
func Core() (*Bundle, error) {
	tree, err := read(context.Background(), policies.Files)
	if err != nil {
		return nil, err
	}
	loaded, err := tree.core("policies")
	if err != nil {
		return nil, err
	}
	loaded.Info.SignedBy, loaded.Info.Trust = exvet.TrustEmbedded, exvet.TrustEmbedded
	return loaded, nil
}

// CoreSerial is the serial of the rules built into exvet, without loading them.
func CoreSerial() (int, error) {
	content, err := fs.ReadFile(policies.Files, manifestFile)
	if err != nil {
		return 0, err
	}
	manifest, _, err := tree{manifestFile: content}.manifest("policies")
	if err != nil {
		return 0, err
	}
	stamp, err := StampOf(manifest)
	return stamp.Serial, err
}

// Load reads an organisation's rules from a local directory: a bundle as `opa build --bundle` takes it. Its
// packages and data must lie below org/<name>; without a .manifest that is also its root. Tests
// (*_test.rego), hidden files and the folder fixtures/ are left out. What does not keep to the contract is an
// exvet.Refusal; Faults lists all of it. A bundle that could be parsed comes with its faults, for those who look at them.
func Load(ctx context.Context, path string) (*Bundle, error) {
	return fromDirectory(ctx, path, tree.organised)
}

// LoadCore reads rules that replace the embedded ones from a local directory: a working copy of policies/.
func LoadCore(ctx context.Context, path string) (*Bundle, error) {
	return fromDirectory(ctx, path, tree.core)
}

func fromDirectory(ctx context.Context, path string, load func(tree, string) (*Bundle, error)) (*Bundle, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, exvet.Refuse("bundle/not-found", "%q does not exist; pass the directory that holds org/<name>/, or an archive", path)
	case err != nil:
		return nil, exvet.Refuse("bundle/not-found", "read %q: %w", path, err)
	case !info.IsDir():
		return nil, exvet.Refuse("bundle/not-found", "%q is a file; pass the directory that holds org/<name>/", path)
	}
	files, err := read(ctx, os.DirFS(path))
	if err != nil {
		return nil, within(path, err)
	}
	loaded, err := load(files, filepath.Clean(path))
	if loaded != nil {
		loaded.Info.Trust = exvet.TrustDirectory
	}
	return loaded, err
}

const (
	coreName = "core"
	coreRoot = "exvet"
)

// IsCore reports whether the bundle is the embedded one or may replace it.
func (b *Bundle) IsCore() bool { return b.Info.Name == coreName }

// core loads files as the rules that exvet brings.
func (t tree) core(base string) (*Bundle, error) {
	loaded, err := t.load(base)
	if err != nil {
		return nil, err
	}
	if err := loaded.own([]string{coreRoot}); err != nil {
		return nil, err
	}
	loaded.Info.Name = coreName
	return loaded, loaded.describe()
}

// organised loads files as the rules of an organisation.
func (t tree) organised(base string) (*Bundle, error) {
	loaded, err := t.load(base)
	if err != nil {
		return nil, err
	}
	name, err := loaded.organisation()
	if err != nil {
		return nil, err
	}
	if err := loaded.own([]string{name}); err != nil {
		return nil, err
	}
	loaded.Info.Name = name
	wrong := loaded.organise(t, base)
	if wrong != nil && len(loaded.rulePackages()) == 0 {
		return loaded, wrong
	}
	return loaded, faults(slices.Concat(Faults(wrong), Faults(loaded.describe()))).orNil()
}

// Disjoint refuses bundles that cannot be loaded together: two that claim one root, or one id.
func Disjoint(loaded []*Bundle) error {
	ids := map[string]Rule{}
	for i, bundle := range loaded {
		for _, other := range loaded[:i] {
			if root, ok := overlap(bundle.Roots, other.Roots); ok {
				return exvet.Refuse("bundle/root-claimed", "bundles %q and %q both claim %q; load only one of them",
					other.Info.Name, bundle.Info.Name, root)
			}
		}
		for _, rule := range bundle.Rules {
			if first, ok := ids[rule.ID]; ok {
				return duplicate(first, rule)
			}
			ids[rule.ID] = rule
		}
	}
	return nil
}

// describe fills Rules from the METADATA of the bundle's packages.
func (b *Bundle) describe() error {
	found, packages := b.forbid(), b.rulePackages()
	if !b.IsCore() {
		found = append(found, b.foreignWords()...)
	}
	ids := map[string]Rule{}
	for _, pkg := range packages {
		rule, wrong := pkg.rule()
		if len(wrong) > 0 {
			found = append(found, wrong...)
			continue
		}
		rule.Bundle = b.Info.Name
		if first, ok := ids[rule.ID]; ok {
			found = append(found, duplicate(first, rule))
			continue
		}
		ids[rule.ID] = rule
		b.Rules = append(b.Rules, rule)
	}
	data := len(b.Waivers) + len(b.Probes) + len(b.Info.Settings) + b.owners
	if len(packages) == 0 && len(found) == 0 && data == 0 {
		return exvet.Refuse("bundle/empty", "bundle %q holds no rule; rules are packages %s", b.Info.Name, rulePattern(b.Info.Name))
	}
	slices.SortFunc(b.Rules, func(a, b Rule) int { return cmp.Compare(a.ID, b.ID) })
	return found.orNil()
}

func duplicate(first, second Rule) error {
	return exvet.Refuse("bundle/duplicate-id", "%s:%d: id %q is also that of %s:%d; give each rule its own",
		second.File, second.Line, second.ID, first.File, first.Line)
}

// within names the directory or archive in a refusal that has no file.
func within(path string, err error) error {
	var refusal *exvet.Refusal
	if errors.As(err, &refusal) {
		return &exvet.Refusal{Code: refusal.Code, Reason: refusal.Reason, Err: fmt.Errorf("%s: %w", path, refusal.Err)}
	}
	return err
}

// files lists the names of the bundle's modules in order.
func (b *Bundle) files() []string {
	names := make([]string, 0, len(b.Modules))
	for name := range b.Modules {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
