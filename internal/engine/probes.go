package engine

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/util"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
)

// Probes lists what the bundles ask to be read.
func (e *Engine) Probes() []exvet.Probe { return slices.Clone(e.probes) }

// Schema is the JSON schema of snapshots with the facts the bundles' probes ask for: their rules are typed by it.
func Schema(schema []byte, loaded []*bundles.Bundle) ([]byte, error) {
	root, err := refine(schema, loaded)
	if err != nil {
		return nil, err
	}
	return json.MarshalIndent(root, "", "  ")
}

// refine puts the probes of bundles into the schema of snapshots, each by its organisation and id with the rows of its kind.
// What no probe is named after does not exist.
func refine(schema []byte, loaded []*bundles.Bundle) (any, error) {
	var root, kinds map[string]any
	if err := util.UnmarshalJSON(schema, &root); err != nil {
		return nil, fmt.Errorf("read the snapshot schema: %w", err)
	}
	if err := util.UnmarshalJSON(exvet.ProbesSchema(), &kinds); err != nil {
		return nil, fmt.Errorf("read the schema of probes: %w", err)
	}
	facts, _ := table(root, "properties", "facts", "properties")["probes"].(map[string]any)
	if facts == nil {
		return root, nil // a schema without probes
	}
	rows, organisations := table(kinds, "properties"), table(facts, "properties")
	for _, bundle := range loaded {
		for _, probe := range bundle.Probes {
			of, _ := organisations[probe.Organisation].(map[string]any)
			if of == nil {
				of = map[string]any{"type": "object", "properties": map[string]any{}, "additionalProperties": false}
				organisations[probe.Organisation] = of
			}
			table(of, "properties")[probe.ID] = map[string]any{"type": "array", "items": rows[string(probe.Kind)]}
		}
	}
	return root, nil
}

// table follows keys into an object, nil where they lead nowhere.
func table(root map[string]any, keys ...string) map[string]any {
	for _, key := range keys {
		root, _ = root[key].(map[string]any)
	}
	return root
}

// probed gives a snapshot in which every probe of the bundles that it was not made with is said to be missing: one that is not there,
// or that asked for something else under the same name, whose rows are left out.
func (e *Engine) probed(input ast.Object) ast.Object {
	if len(e.probes) == 0 {
		return input
	}
	asked := map[string]string{} // digest by name
	if list, ok := at(input, "facts", "probes", "asked").(*ast.Array); ok {
		list.Foreach(func(term *ast.Term) {
			if row, ok := term.Value.(ast.Object); ok {
				organisation, _ := text(row, "organisation")
				id, _ := text(row, "id")
				digest, _ := text(row, "digest")
				asked[exvet.Probe{Organisation: organisation, ID: id}.Name()] = digest
			}
		})
	}
	var missing []*ast.Term
	for _, probe := range e.probes {
		digest, known := asked[probe.Name()]
		reason := "not probed: collect with --bundle, or scan the server itself"
		switch {
		case known && digest == probe.Digest:
			continue
		case known:
			input = forget(input, probe)
			reason = "probed for something else: the probe was changed since; collect again with --bundle"
		}
		missing = append(missing, ast.ObjectTerm(
			pair("facts", ast.ArrayTerm(ast.StringTerm(probe.Name()))), pair("scope", ast.StringTerm("")), pair("reason", ast.StringTerm(reason)),
			pair("file", ast.StringTerm("")), pair("line", ast.IntNumberTerm(0)),
		))
	}
	if len(missing) == 0 {
		return input
	}
	status := exvet.Partial
	if section, ok := at(input, "collected", "probes").(ast.Object); ok {
		if list, ok := at(section, "missing").(*ast.Array); ok {
			list.Foreach(func(term *ast.Term) { missing = append(missing, term) })
		}
	} else {
		status = exvet.Absent
	}
	section := ast.ObjectTerm(pair("status", ast.StringTerm(string(status))), pair("missing", ast.ArrayTerm(missing...)))
	collected, ok := at(input, "collected").(ast.Object)
	if !ok {
		collected = ast.NewObject()
	}
	return with(input, "collected", ast.NewTerm(with(collected, "probes", section)))
}

// forget leaves out what a snapshot holds of a probe.
func forget(input ast.Object, probe exvet.Probe) ast.Object {
	facts, _ := at(input, "facts").(ast.Object)
	probes, _ := at(input, "facts", "probes").(ast.Object)
	of, ok := at(input, "facts", "probes", probe.Organisation).(ast.Object)
	if !ok {
		return input
	}
	kept, asked := []*ast.Term{}, ast.NewArray()
	if list, ok := at(probes, "asked").(*ast.Array); ok {
		asked = list
	}
	asked.Foreach(func(term *ast.Term) {
		row, ok := term.Value.(ast.Object)
		if !ok {
			return
		}
		organisation, _ := text(row, "organisation")
		if id, _ := text(row, "id"); organisation != probe.Organisation || id != probe.ID {
			kept = append(kept, term)
		}
	})
	probes = with(probes, "asked", ast.ArrayTerm(kept...))
	probes = with(probes, probe.Organisation, ast.NewTerm(with(of, probe.ID, nil)))
	return with(input, "facts", ast.NewTerm(with(facts, "probes", ast.NewTerm(probes))))
}

func pair(key string, value *ast.Term) [2]*ast.Term { return [2]*ast.Term{ast.StringTerm(key), value} }

// at follows keys into an object, nil where they lead nowhere.
func at(object ast.Object, keys ...string) ast.Value {
	var value ast.Value = object
	for _, key := range keys {
		table, ok := value.(ast.Object)
		if !ok {
			return nil
		}
		term := table.Get(ast.StringTerm(key))
		if term == nil {
			return nil
		}
		value = term.Value
	}
	return value
}

// with gives a copy of an object in which one key has another value, or none where value is nil.
func with(object ast.Object, key string, value *ast.Term) ast.Object {
	changed := ast.NewObject()
	if value != nil {
		changed.Insert(ast.StringTerm(key), value)
	}
	object.Foreach(func(k, v *ast.Term) {
		if !k.Equal(ast.StringTerm(key)) {
			changed.Insert(k, v)
		}
	})
	return changed
}
