package iisconfig

import (
	"fmt"
	"slices"
	"strings"
)

// A mode says whether files farther down may set a section.
type mode int

const (
	inheritMode mode = iota
	allowMode
	denyMode
)

// locationMode reads overrideMode of a <location>, or allowOverride, its older form.
func locationMode(location *node) mode {
	switch strings.ToLower(location.attr("overrideMode")) {
	case "allow":
		return allowMode
	case "deny":
		return denyMode
	}
	if _, ok := location.lookup("allowOverride"); ok {
		if location.flag("allowOverride", true) {
			return allowMode
		}
		return denyMode
	}
	return inheritMode
}

// A registration is what configSections says of a section.
type registration struct {
	allowDefinition string // in lower case
	deny            bool   // overrideModeDefault
}

// register reads the section registrations of the server level. Modules and filters are limited by IIS's
// own schema even where no file registers them.
func register(roots []*file) map[string]registration {
	found := map[string]registration{
		"system.webServer/modules":             {allowDefinition: "machinetoapplication"},
		"system.webServer/isapiFilters":        {allowDefinition: "machinetoapplication"},
		"system.webServer/globalModules":       {allowDefinition: "apphostonly"},
		"system.webServer/rewrite/globalRules": {allowDefinition: "apphostonly"},
	}
	var walk func(n *node, prefix string)
	walk = func(n *node, prefix string) {
		for _, c := range n.children {
			switch c.name {
			case "sectionGroup":
				walk(c, prefix+c.attr("name")+"/")
			case "section":
				found[prefix+c.attr("name")] = registration{
					allowDefinition: strings.ToLower(c.attr("allowDefinition")),
					deny:            strings.EqualFold(c.attr("overrideModeDefault"), "deny"),
				}
			}
		}
	}
	for _, f := range roots {
		walk(f.root.child("configSections"), "")
	}
	return found
}

// A gate lets the parts of one section through in the order IIS applies them, and follows its locks.
type gate struct {
	name     string
	allow    string // allowDefinition
	mode     mode
	setBy    *file
	setLine  int
	setDepth int // of the file that set the mode; it binds files farther down only
}

func (b *builder) gate(path []string) *gate {
	if b.registered == nil {
		b.registered = register(b.roots)
	}
	g := &gate{name: strings.Join(path, "/"), mode: allowMode}
	known := b.registered[g.name]
	g.allow = known.allowDefinition
	if known.deny {
		g.mode = denyMode
	}
	return g
}

// pass says why IIS refuses a part, "" when it applies it.
func (g *gate) pass(p part) string {
	switch {
	case p.depth == 0:
	case g.allow == "apphostonly" || strings.HasPrefix(g.allow, "machineonly") || g.allow == "machinetorootweb":
		return "allowed in applicationHost.config only"
	case g.allow == "machinetoapplication" && !p.app:
		return "allowed in the root of an application only"
	case g.mode == denyMode && g.setDepth < p.depth:
		if g.setBy == nil {
			return "locked by overrideModeDefault"
		}
		return fmt.Sprintf("locked by %s:%d", g.setBy.path, g.setLine)
	}
	if p.mode != inheritMode {
		g.mode, g.setBy, g.setLine, g.setDepth = p.mode, p.file, p.node.line, p.depth
	}
	return ""
}

// reject records the entries of a section IIS refuses.
func (b *builder) reject(scope, section string, p part, reason string) {
	for _, n := range p.node.children {
		switch n.name {
		case "add", "filter", "rule", "provider":
			b.rejectEntry(scope, section, p.file, n, reason)
		}
	}
	for _, a := range p.node.attrs {
		if a.name == "impersonate" {
			b.rejectEntry(scope, section, p.file, p.node, reason)
		}
	}
}

// rejectEntry records one entry IIS refuses, once for each declaration.
func (b *builder) rejectEntry(scope, section string, f *file, n *node, reason string) {
	known, ok := b.rejected[n]
	if !ok {
		if len(b.rejectedList) >= maxRejected {
			return
		}
		text := or(handlerText(n), or(n.attr("path"), actionText(n)))
		known = &Rejected{
			Origin: f.origin(n), Section: section, Name: n.attr("name"), Key: strings.ToLower(n.attr("name")),
			Value: text, Reason: reason, Scopes: []string{},
		}
		b.rejected[n] = known
		b.rejectedList = append(b.rejectedList, known)
	}
	// A directory lists only what its application does not.
	if !slices.Contains(known.Scopes, scope) && !slices.Contains(known.Scopes, b.parent) {
		known.Scopes = append(known.Scopes, scope)
	}
}

// maxRejected bounds the entries that are listed as rejected.
const maxRejected = 2_000

// locks says which elements of a collection files farther down may not use: lockElements and
// lockAllElementsExcept of its section.
func locks(section *node, element string) bool {
	if names, ok := section.lookup("lockElements"); ok {
		all := list(names)
		return slices.Contains(all, strings.ToLower(element)) || slices.Contains(all, "*")
	}
	if names, ok := section.lookup("lockAllElementsExcept"); ok {
		return !slices.Contains(list(names), strings.ToLower(element))
	}
	return false
}
