package iisconfig

import (
	"slices"
	"strings"
)

// into turns the gathered rows into facts.
func (t *tables) into(facts *Facts, env Environment) {
	facts.Modules = convert(t.modules, module)
	facts.Handlers = convert(t.handlers, func(r *row) Handler { return handler(r, env) })
	facts.Filters = convert(t.filters, func(r *row) Filter { return filter(r, env) })
	facts.RewriteRules = convert(t.inbound, func(r *row) RewriteRule { return rewriteRule(r, "inbound", Precondition{}) })
	for _, r := range t.outbound.rows {
		facts.RewriteRules = append(facts.RewriteRules, rewriteRule(r, "outbound", t.preconditions[r.node]))
	}
	for _, e := range t.global {
		facts.RewriteRules = append(facts.RewriteRules, rewriteRule(&row{e, []string{""}}, "global", Precondition{}))
	}
	facts.RewriteProviders = convert(t.provider, provider)
	facts.ManagedTypes = convert(t.types, func(r *row) ManagedType { return managedType(r, t.typeSections[r.node]) })
	facts.ModuleOrder = append([]ModuleOrder{}, t.order...)
	facts.Settings = convert(t.settings, func(r *row) Setting {
		named := t.settingNames[r.node]
		return Setting{
			Origin: r.file.origin(r.node), Section: named.section, Name: named.name, Key: strings.ToLower(named.name), Value: r.node.attr("value"),
			Scopes: r.scopes, Overrides: r.overrides,
		}
	})
}

func convert[F any](t table, one func(*row) F) []F {
	found := make([]F, 0, len(t.rows))
	for _, r := range t.rows {
		found = append(found, one(r))
	}
	return found
}

// globalModules gives the native modules of the server.
func (b *builder) globalModules() []GlobalModule {
	found := []GlobalModule{}
	for _, e := range b.tables.globalModules {
		image := e.node.attr("image")
		found = append(found, GlobalModule{
			Origin: e.file.origin(e.node), Name: e.node.attr("name"), Key: e.key, Image: image,
			ImageKey: b.env.key(image), Preconditions: list(e.node.attr("preCondition")), Overrides: e.overrides,
		})
	}
	return found
}

func module(r *row) Module {
	return Module{
		Origin: r.file.origin(r.node), TypeName: typeName(r.node.attr("type")), Name: r.node.attr("name"), Key: r.key,
		Preconditions: list(r.node.attr("preCondition")), Scopes: r.scopes, Overrides: r.overrides,
	}
}

func handler(r *row, env Environment) Handler {
	n := r.node
	processor := n.attr("scriptProcessor")
	program, _, _ := strings.Cut(processor, "|")
	return Handler{
		Origin: r.file.origin(n), TypeName: typeName(n.attr("type")), Name: n.attr("name"), Key: r.key,
		Path: n.attr("path"), Verb: n.attr("verb"), Modules: list(n.attr("modules")),
		ScriptProcessor: processor, ScriptProcessorKey: env.key(program), RequireAccess: n.attr("requireAccess"),
		Preconditions: list(n.attr("preCondition")), Scopes: r.scopes, Overrides: r.overrides,
	}
}

func handlerText(n *node) string {
	return or(n.attr("type"), or(n.attr("scriptProcessor"), n.attr("modules")))
}

func filter(r *row, env Environment) Filter {
	path := r.node.attr("path")
	return Filter{
		Origin: r.file.origin(r.node), Name: r.node.attr("name"), Key: r.key, Path: path, PathKey: env.key(path),
		Enabled: r.node.flag("enabled", true), Preconditions: list(r.node.attr("preCondition")),
		Scopes: r.scopes, Overrides: r.overrides,
	}
}

func provider(r *row) RewriteProvider {
	return RewriteProvider{
		Origin: r.file.origin(r.node), TypeName: typeName(r.node.attr("type")), Name: r.node.attr("name"), Key: r.key,
		Scopes: r.scopes, Overrides: r.overrides,
	}
}

// typeName takes a .NET type name apart: the class up to the first comma outside brackets, then the
// assembly and its properties.
func typeName(name string) TypeName {
	depth, parts, start := 0, []string{}, 0
	for i, c := range name {
		switch {
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == ',' && depth == 0:
			parts, start = append(parts, name[start:i]), i+1
		}
	}
	parts = append(parts, name[start:])
	found := TypeName{Type: name, Class: clean(parts[0])}
	for i, p := range parts[1:] {
		property, value, isProperty := strings.Cut(p, "=")
		switch {
		case isProperty && clean(property) == "publickeytoken":
			found.Token = clean(value)
		case !isProperty && i == 0:
			found.Assembly = clean(p)
		}
	}
	return found
}

func clean(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// list splits a comma list of names, in lower case.
func list(text string) []string {
	found := []string{}
	for part := range strings.SplitSeq(text, ",") {
		if part = clean(part); part != "" && !slices.Contains(found, part) {
			found = append(found, part)
		}
	}
	return found
}

func attrOf(name string) func(*node) string {
	return func(n *node) string { return n.attr(name) }
}
