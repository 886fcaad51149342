package iisconfig

import (
	"slices"
	"strings"
)

// tables gathers the entries of each section with their scopes.
type tables struct {
	modules, handlers, filters  table
	inbound, outbound, provider table
	types                       table
	typeSections                map[*node]typeSection
	order                       []ModuleOrder
	global                      []entry
	settings                    table
	settingNames                map[*node]setting
	preconditions               map[*node]Precondition // of outbound rules
	globalModules               []entry
}

// A setting names the attribute an entry of the settings table stands for.
type setting struct{ section, name string }

// sectionEntries are the merged entries of one place.
type sectionEntries struct {
	modules, handlers, inbound, outbound, providers []entry
	settings                                        []settingEntry
	types                                           []typeEntry
}

// evaluate computes every target and files the entries under its scope. A directory lists only what its
// application does not have.
func (b *builder) evaluate() {
	b.tables.settingNames = map[*node]setting{}
	b.tables.preconditions = map[*node]Precondition{}
	b.tables.typeSections = map[*node]typeSection{}
	apps := map[*App]sectionEntries{}
	for _, t := range b.list {
		if b.reader.ctx.Err() != nil {
			return
		}
		parts, ok := b.stack(t.site, t.path)
		if !ok {
			continue
		}
		switch t.kind {
		case serverTarget:
			b.serverSections(parts)
			b.filters(parts, t.scope)
			b.file(t.scope, b.sectionsOf(parts, t.scope))
		case siteTarget:
			b.filters(parts, t.scope)
		case appTarget:
			found := b.sectionsOf(parts, t.scope)
			apps[t.site.owner(t.path)] = found
			b.file(t.scope, found)
			b.tables.order = append(b.tables.order, moduleOrder(t.scope, found.modules))
			b.link(parts, t.scope)
			b.bindings(parts, t.scope)
		case directoryTarget:
			b.parent = t.parent.Scope
			found := b.sectionsOf(parts, t.scope)
			b.parent = noParent
			b.file(t.scope, found.without(apps[t.parent]))
		}
	}
}

// sectionsOf merges the sections of one place.
func (b *builder) sectionsOf(parts []part, scope string) sectionEntries {
	var found sectionEntries
	collect := func(s shape, path ...string) []entry { return b.collect(parts, scope, s, path...) }
	found.modules = collect(shape{element: "add", key: "name", value: attrOf("type")}, "system.webServer", "modules")
	found.handlers = collect(shape{element: "add", key: "name", prepend: true, value: handlerText}, "system.webServer", "handlers")
	found.inbound = collect(shape{element: "rule", key: "name", value: actionText}, "system.webServer", "rewrite", "rules")
	found.outbound = collect(shape{element: "rule", key: "name", value: actionText}, "system.webServer", "rewrite", "outboundRules")
	found.providers = collect(shape{element: "provider", key: "name", value: attrOf("type")}, "system.webServer", "rewrite", "providers")
	b.resolvePreconditions(found.outbound, collect(shape{
		element: "preCondition", key: "name", value: (*node).nothing,
	}, "system.webServer", "rewrite", "outboundRules", "preConditions"))
	// What is for applicationHost.config only is rejected anywhere else.
	b.section(parts, scope, "system.webServer", "globalModules")
	b.section(parts, scope, "system.webServer", "rewrite", "globalRules")
	found.types = b.managedTypes(parts, scope)
	for _, tracked := range trackedSections() {
		if sections, ok := b.section(parts, scope, tracked.path...); ok {
			found.settings = append(found.settings, settings(sections, tracked)...)
			found.settings = append(found.settings, b.pairs(sections, scope, tracked)...)
		}
	}
	return found
}

// collect merges one collection of one place; nil when a file it needs could not be read.
func (b *builder) collect(parts []part, scope string, s shape, path ...string) []entry {
	sections, ok := b.section(parts, scope, path...)
	if !ok {
		return nil
	}
	return b.mergeIn(sections, scope, strings.Join(path, "/"), s)
}

// mergeIn merges a collection and records what element locks forbid.
func (b *builder) mergeIn(sections []part, scope, name string, s shape) []entry {
	return b.merge(sections, s, func(f *file, n *node) {
		b.rejectEntry(scope, name, f, n, "<"+n.name+"> is locked farther up")
	})
}

// serverSections merges what only the server level can hold.
func (b *builder) serverSections(parts []part) {
	b.tables.globalModules = b.collect(parts, "", shape{element: "add", key: "name", value: attrOf("image")}, "system.webServer", "globalModules")
	b.tables.global = b.collect(parts, "", shape{element: "rule", key: "name", value: actionText}, "system.webServer", "rewrite", "globalRules")
}

// filters merges the ISAPI filters of the server level or of a site.
func (b *builder) filters(parts []part, scope string) {
	found := b.collect(parts, scope, shape{element: "filter", key: "name", value: attrOf("path")}, "system.webServer", "isapiFilters")
	b.tables.filters.add(scope, found)
}

// file puts the entries of one place into the tables.
func (b *builder) file(scope string, found sectionEntries) {
	t := &b.tables
	t.modules.add(scope, found.modules)
	t.handlers.add(scope, found.handlers)
	t.inbound.add(scope, found.inbound)
	t.outbound.add(scope, found.outbound)
	t.provider.add(scope, found.providers)
	for _, e := range found.types {
		t.typeSections[e.node] = e.section
		t.types.add(scope, []entry{e.entry})
	}
	for _, s := range found.settings {
		// Each attribute of one element is a row of its own.
		key := b.settingNode(s)
		t.settings.add(scope, []entry{{file: s.file, node: key, key: s.name, overrides: s.overrides}})
	}
}

func (s sectionEntries) without(wider sectionEntries) sectionEntries {
	s.modules = without(s.modules, wider.modules)
	s.handlers = without(s.handlers, wider.handlers)
	s.inbound = without(s.inbound, wider.inbound)
	s.outbound = without(s.outbound, wider.outbound)
	s.providers = without(s.providers, wider.providers)
	s.settings = withoutSettings(s.settings, wider.settings)
	inherited := map[*node]bool{}
	for _, e := range wider.types {
		inherited[e.node] = true
	}
	s.types = slices.DeleteFunc(slices.Clone(s.types), func(e typeEntry) bool { return inherited[e.node] })
	return s
}

func moduleOrder(scope string, modules []entry) ModuleOrder {
	found := ModuleOrder{Scope: scope, Modules: []string{}}
	for _, e := range modules {
		found.Modules = append(found.Modules, e.key)
	}
	return found
}
