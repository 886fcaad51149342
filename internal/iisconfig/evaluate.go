package iisconfig

import (
	"slices"
	"strings"
)

// A tracked section is one whose attributes become settings.
type trackedSection struct {
	path       []string
	attributes []string
}

// trackedSections lists the attributes that become Facts.Settings.
func trackedSections() []trackedSection {
	return []trackedSection{
		{[]string{"system.web", "identity"}, []string{"impersonate"}},
	}
}

// tables gathers the entries of each section with their scopes.
type tables struct {
	modules, handlers, filters  table
	inbound, outbound, provider table
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
}

// evaluate computes every target and files the entries under its scope. A directory lists only what its
// application does not have.
func (b *builder) evaluate() {
	b.tables.settingNames = map[*node]setting{}
	b.tables.preconditions = map[*node]Precondition{}
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
			b.link(parts, t.scope)
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
	for _, tracked := range trackedSections() {
		if sections, ok := b.section(parts, scope, tracked.path...); ok {
			found.settings = append(found.settings, b.settings(sections, tracked)...)
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
	name := strings.Join(path, "/")
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
	s.settings = slices.DeleteFunc(s.settings, func(x settingEntry) bool {
		return slices.ContainsFunc(wider.settings, func(y settingEntry) bool { return x.node == y.node && x.name == y.name })
	})
	return s
}
