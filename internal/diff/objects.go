package diff

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/exvet/exvet"
)

// An Object is something that was added, removed or changed.
type Object struct {
	Kind    string   `json:"kind"` // "module", "pool", ...
	Name    string   `json:"name"`
	State   string   `json:"state"`   // "added", "removed", "changed" or "not seen"
	Changes []Change `json:"changes"` // of one that changed, by field
}

// A Change is one field of an object, as JSON.
type Change struct {
	Field string `json:"field"`
	Old   string `json:"old"`
	New   string `json:"new"`
}

// An Open is a kind of object that could not be compared.
type Open struct {
	Kind   string `json:"kind"`
	Reason string `json:"reason"`
}

// A table is a list of facts whose rows are objects of one kind.
type table struct {
	kind, section, list string
	key                 []string // fields that tell one row from another
	ignore              []string // fields that change without anybody's changing the object
}

// tables lists what is compared.
func tables() []table {
	place := []string{"file", "line", "overrides", "ref"}
	return []table{
		{"pool", "iis", "pools", []string{"key"}, append(place, "identity_line")},
		{"application", "iis", "apps", []string{"scope"}, place},
		{"native module", "iis", "global_modules", []string{"key"}, place},
		{"module", "iis", "modules", []string{"key", "file"}, place},
		{"handler", "iis", "handlers", []string{"key", "file"}, place},
		{"ISAPI filter", "iis", "filters", []string{"key", "file"}, place},
		{"rewrite rule", "iis", "rewrite_rules", []string{"kind", "key", "file"}, place},
		{"service", "services", "list", []string{"key"}, append(place, "written")},
		{"AMSI provider", "amsi", "providers", []string{"key", "view"}, place},
		{"transport agent", "transport", "agents", []string{"key", "file"}, place},
		{"binary", "binaries", "list", []string{"key"}, []string{"loaded_by", "named_by", "modified", "created", "accessed"}},
	}
}

// A snapshot is what is compared of one.
type snapshot struct {
	Collected map[string]exvet.Section              `json:"collected"`
	Facts     map[string]map[string]json.RawMessage `json:"facts"`
}

// Snapshots adds to the first server of a document the objects that two snapshots of it, as JSON, hold.
func (d *Document) Snapshots(oldJSON, newJSON []byte) error {
	var before, after snapshot
	for _, side := range []struct {
		content []byte
		into    *snapshot
	}{{oldJSON, &before}, {newJSON, &after}} {
		if err := json.Unmarshal(side.content, side.into); err != nil {
			return exvet.Refuse("snapshot/malformed", "read the objects of a snapshot: %w", err)
		}
	}
	if len(d.Servers) != 1 {
		return nil
	}
	server := &d.Servers[0]
	uneven := unevenScopes(before, after)
	for _, t := range tables() {
		open := t.open(before, after)
		if open != "" {
			server.Open = append(server.Open, Open{t.kind, open})
		}
		oldRows, err := t.rows(before)
		if err != nil {
			return err
		}
		newRows, err := t.rows(after)
		if err != nil {
			return err
		}
		server.Objects = append(server.Objects, t.compare(oldRows, newRows, open != "", uneven)...)
	}
	return nil
}

// open says why a table cannot be compared in full, or "".
func (t table) open(before, after snapshot) string {
	for _, side := range []struct {
		name string
		of   snapshot
	}{{"old", before}, {"new", after}} {
		section, ok := side.of.Collected[t.section]
		switch {
		case !ok:
			return "the " + side.name + " snapshot has no " + t.section
		case section.Status == exvet.Absent || section.Status == exvet.Failed:
			return fmt.Sprintf("%s of the %s snapshot is %s", t.section, side.name, section.Status)
		}
		for _, missing := range section.Missing {
			for _, fact := range missing.Facts {
				if fact == t.section || fact == t.section+"."+t.list || strings.HasPrefix(fact, t.section+"."+t.list+".") {
					return fmt.Sprintf("%s of the %s snapshot was not seen whole: %s", t.section, side.name, missing.Error())
				}
			}
		}
	}
	return ""
}

type row map[string]json.RawMessage

// rows reads a table by the names of its rows; rows that share a name are numbered.
func (t table) rows(of snapshot) (map[string]row, error) {
	raw := of.Facts[t.section][t.list]
	if raw == nil {
		return nil, nil
	}
	var list []row
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, exvet.Refuse("snapshot/format", "facts.%s.%s is no list of objects: %w", t.section, t.list, err)
	}
	rows := make(map[string]row, len(list))
	for _, r := range list {
		name := t.name(r)
		for n := 2; rows[name] != nil; n++ {
			name = fmt.Sprintf("%s (%d)", t.name(r), n)
		}
		rows[name] = r
	}
	return rows, nil
}

// name writes what tells a row from others.
func (t table) name(r row) string {
	var parts []string
	for _, field := range t.key {
		var text string
		if json.Unmarshal(r[field], &text) == nil && text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " in ")
}

func (t table) compare(before, after map[string]row, unsure bool, uneven func(string) bool) []Object {
	var objects []Object
	for name, r := range after {
		old, ok := before[name]
		if !ok {
			objects = append(objects, Object{Kind: t.kind, Name: name, State: "added", Changes: []Change{}})
			continue
		}
		if changes := t.changes(old, r, uneven); len(changes) > 0 {
			objects = append(objects, Object{Kind: t.kind, Name: name, State: "changed", Changes: changes})
		}
	}
	gone := "removed"
	if unsure {
		gone = "not seen"
	}
	for name := range before {
		if _, ok := after[name]; !ok {
			objects = append(objects, Object{Kind: t.kind, Name: name, State: gone, Changes: []Change{}})
		}
	}
	slices.SortFunc(objects, func(a, b Object) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.State, b.State)) })
	return objects
}

// changes lists the fields that differ. Facts are written by one program, so equal values are equal text.
func (t table) changes(before, after row, uneven func(string) bool) []Change {
	changes := []Change{}
	fields := slices.Sorted(maps.Keys(before))
	for field := range after {
		if _, ok := before[field]; !ok {
			fields = append(fields, field)
		}
	}
	slices.Sort(fields)
	for _, field := range fields {
		if slices.Contains(t.ignore, field) || strings.HasSuffix(field, "_key") || canonical(before[field]) == canonical(after[field]) {
			continue
		}
		change := Change{Field: field, Old: canonical(before[field]), New: canonical(after[field])}
		if field == "scopes" {
			if change = scopeChange(before[field], after[field], uneven); change.Old == change.New {
				continue
			}
		}
		changes = append(changes, change)
	}
	return changes
}

// canonical writes a value as JSON without white space and with sorted keys; nothing is "".
func canonical(raw json.RawMessage) string {
	if raw == nil {
		return ""
	}
	var value any
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.UseNumber()
	if decoder.Decode(&value) != nil {
		return string(raw)
	}
	text, err := json.Marshal(value)
	if err != nil {
		return string(raw)
	}
	return string(text)
}
