package iisconfig

import "strings"

// A typeSection is a collection whose entries make .NET load code.
type typeSection struct {
	path    []string
	element string
	name    string // attribute that names an entry
	kind    string // attribute that holds the type or the assembly
}

// typeSections lists the collections that become Facts.ManagedTypes.
func typeSections() []typeSection {
	wcf := func(name string) []string { return []string{"system.serviceModel", "extensions", name} }
	return []typeSection{
		{[]string{"system.web", "httpModules"}, "add", "name", "type"},
		{[]string{"system.web", "httpHandlers"}, "add", "path", "type"},
		{[]string{"system.web", "compilation", "assemblies"}, "add", "assembly", "assembly"},
		{[]string{"system.web", "compilation", "buildProviders"}, "add", "extension", "type"},
		{[]string{"system.web", "compilation", "expressionBuilders"}, "add", "expressionPrefix", "type"},
		{[]string{"system.web", "compilation", "folderLevelBuildProviders"}, "add", "name", "type"},
		{wcf("behaviorExtensions"), "add", "name", "type"},
		{wcf("bindingElementExtensions"), "add", "name", "type"},
		{wcf("bindingExtensions"), "add", "name", "type"},
		{wcf("endpointExtensions"), "add", "name", "type"},
	}
}

// A typeEntry is an entry of one of the typeSections.
type typeEntry struct {
	entry

	section typeSection
}

// managedTypes merges the type-loading collections of one place.
func (b *builder) managedTypes(parts []part, scope string) []typeEntry {
	var found []typeEntry
	for _, section := range typeSections() {
		for _, e := range b.collect(parts, scope, shape{
			element: section.element, key: section.name, value: attrOf(section.kind),
		}, section.path...) {
			found = append(found, typeEntry{e, section})
		}
	}
	return found
}

func managedType(r *row, section typeSection) ManagedType {
	text := r.node.attr(section.kind)
	named := typeName(text)
	if section.kind == "assembly" {
		named = assemblyName(text)
	}
	return ManagedType{
		Origin: r.file.origin(r.node), TypeName: named, Section: strings.Join(section.path, "/"),
		Name: r.node.attr(section.name), Key: r.key, Scopes: r.scopes, Overrides: r.overrides,
	}
}

// assemblyName takes the name of an assembly apart: "C, Version=1.0.0.0, PublicKeyToken=...".
func assemblyName(text string) TypeName {
	found := typeName("-, " + text)
	return TypeName{Type: text, Assembly: found.Assembly, Token: found.Token}
}

// bindings gathers what an application's own assemblyBinding adds to the shared one.
func (b *builder) bindings(parts []part, scope string) {
	for _, p := range parts {
		roots := append(sections([]*node{p.node}, "runtime", "assemblyBinding"), sections([]*node{p.node}, "assemblyBinding")...)
		for _, root := range roots {
			for _, n := range root.each("probing") {
				b.probe(p.file, n, scope, Probing{Kind: "private_path", Value: n.attr("privatePath")})
			}
			for _, dependent := range root.each("dependentAssembly") {
				name := dependent.child("assemblyIdentity").attr("name")
				for _, n := range dependent.each("codeBase") {
					href := n.attr("href")
					b.probe(p.file, n, scope, Probing{Kind: "code_base", Name: name, Value: href, Key: b.env.key(hrefPath(href))})
				}
				for _, n := range dependent.each("bindingRedirect") {
					b.probe(p.file, n, scope, Probing{
						Kind: "binding_redirect", Name: name, Value: n.attr("oldVersion") + " -> " + n.attr("newVersion"),
					})
				}
			}
		}
	}
}

// maxProbing bounds the bindings listed; a shared file has thousands, which CodeBases sums up.
const maxProbing = 1_000

func (b *builder) probe(f *file, n *node, scope string, found Probing) {
	known, ok := b.probing[n]
	if !ok {
		if len(b.probingList) >= maxProbing {
			return
		}
		found.Origin = f.origin(n)
		known = &found
		b.probing[n] = known
		b.probingList = append(b.probingList, known)
	}
	known.Scopes = append(known.Scopes, scope)
}
