package bundles

import (
	"bytes"
	"encoding/json"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/exvet/exvet"
)

// Changes are what one version of a bundle says otherwise than another.
type Changes struct {
	Added   []RuleChange `json:"added"`
	Removed []RuleChange `json:"removed"`
	Changed []RuleChange `json:"changed"`
	Words   []string     `json:"words"` // packages that rules share, whose text differs
	Data    []DataChange `json:"data"`  // settings, waivers, probes and the rest
}

// A RuleChange is a rule that differs.
type RuleChange struct {
	ID    string   `json:"id"`
	Title string   `json:"title"`
	What  []string `json:"what"` // of a changed rule: fields of its METADATA, or "text"
}

// A DataChange is a value below data that differs. Members of a list are told apart by what they say.
type DataChange struct {
	Path   string `json:"path"`
	Change string `json:"change"` // "added", "removed" or "changed"
	Before any    `json:"before"`
	After  any    `json:"after"`
}

// Compare says what the newer bundle says otherwise.
func Compare(older, newer *Bundle) Changes {
	changes := Changes{Added: []RuleChange{}, Removed: []RuleChange{}, Changed: []RuleChange{}, Words: []string{}, Data: []DataChange{}}
	before, after := byID(older), byID(newer)
	for _, id := range slices.Sorted(maps.Keys(after)) {
		if _, ok := before[id]; !ok {
			changes.Added = append(changes.Added, RuleChange{ID: id, Title: after[id].Title, What: []string{}})
			continue
		}
		if what := differs(older, newer, before[id], after[id]); len(what) > 0 {
			changes.Changed = append(changes.Changed, RuleChange{ID: id, Title: after[id].Title, What: what})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(before)) {
		if _, ok := after[id]; !ok {
			changes.Removed = append(changes.Removed, RuleChange{ID: id, Title: before[id].Title, What: []string{}})
		}
	}
	changes.words(older, newer)
	changes.data("", plainData(older), plainData(newer))
	return changes
}

// None reports whether nothing differs.
func (c Changes) None() bool {
	return len(c.Added)+len(c.Removed)+len(c.Changed)+len(c.Words)+len(c.Data) == 0
}

func byID(b *Bundle) map[string]Rule {
	rules := map[string]Rule{}
	for _, rule := range b.Rules {
		rules[rule.ID] = rule
	}
	return rules
}

// differs names what of a rule is other.
func differs(older, newer *Bundle, before, after Rule) []string {
	what := []string{}
	was, is := reflect.ValueOf(before.About), reflect.ValueOf(after.About)
	for i := range was.NumField() {
		if !reflect.DeepEqual(was.Field(i).Interface(), is.Field(i).Interface()) {
			name, _, _ := strings.Cut(reflect.TypeFor[exvet.About]().Field(i).Tag.Get("json"), ",")
			what = append(what, name)
		}
	}
	if !slices.EqualFunc(older.texts()[before.Package], newer.texts()[after.Package], sameText) {
		what = append(what, "text")
	}
	return what
}

// sameText compares what modules say, not how they are laid out or commented.
func sameText(a, b *ast.Module) bool {
	if len(a.Imports) != len(b.Imports) || len(a.Rules) != len(b.Rules) {
		return false
	}
	return a.Equal(b)
}

// texts lists the modules of each package, in order of file.
func (b *Bundle) texts() map[string][]*ast.Module {
	texts := map[string][]*ast.Module{}
	for _, file := range b.files() {
		name := strings.TrimPrefix(b.Modules[file].Package.Path.String(), "data.")
		texts[name] = append(texts[name], b.Modules[file])
	}
	return texts
}

// words lists the packages that are no rules and differ.
func (c *Changes) words(older, newer *Bundle) {
	rules := map[string]bool{}
	for _, rule := range slices.Concat(older.Rules, newer.Rules) {
		rules[rule.Package] = true
	}
	before, after := older.texts(), newer.texts()
	names := slices.Sorted(maps.Keys(before))
	names = slices.AppendSeq(names, maps.Keys(after))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if !rules[name] && !slices.EqualFunc(before[name], after[name], sameText) {
			c.Words = append(c.Words, name)
		}
	}
}

func plainData(b *Bundle) any {
	var plain any = map[string]any{}
	if content, err := json.Marshal(b.Data); err == nil {
		_ = json.Unmarshal(content, &plain)
	}
	return plain
}

// data walks two values side by side.
func (c *Changes) data(at string, before, after any) {
	if reflect.DeepEqual(before, after) {
		return
	}
	was, isTable := before.(map[string]any)
	is, stays := after.(map[string]any)
	if isTable && stays {
		names := slices.Sorted(maps.Keys(was))
		names = slices.AppendSeq(names, maps.Keys(is))
		slices.Sort(names)
		for _, name := range slices.Compact(names) {
			old, had := was[name]
			fresh, has := is[name]
			switch below := path.Join(at, name); {
			case !had:
				c.put(below, "added", nil, fresh)
			case !has:
				c.put(below, "removed", old, nil)
			default:
				c.data(below, old, fresh)
			}
		}
		return
	}
	list, isList := before.([]any)
	fresh, stays := after.([]any)
	if !isList || !stays {
		c.put(at, "changed", before, after)
		return
	}
	gone, come := without(list, fresh), without(fresh, list)
	for _, member := range gone {
		c.put(at, "removed", member, nil)
	}
	for _, member := range come {
		c.put(at, "added", nil, member)
	}
	if len(gone)+len(come) == 0 {
		c.put(at, "changed", before, after) // another order
	}
}

// put notes a change; a list that comes or goes as a whole is noted member by member.
func (c *Changes) put(at, change string, before, after any) {
	for _, value := range []any{before, after} {
		if list, ok := value.([]any); ok && change != "changed" {
			for _, member := range list {
				if change == "added" {
					c.put(at, change, nil, member)
				} else {
					c.put(at, change, member, nil)
				}
			}
			return
		}
	}
	c.Data = append(c.Data, DataChange{Path: at, Change: change, Before: before, After: after})
}

// without gives the members of a list that another has not.
func without(list, other []any) []any {
	known := map[string]int{}
	for _, member := range other {
		known[text(member)]++
	}
	var rest []any
	for _, member := range list {
		if known[text(member)]--; known[text(member)] < 0 {
			rest = append(rest, member)
		}
	}
	return rest
}

func text(value any) string {
	content, _ := json.Marshal(value)
	return string(bytes.TrimSpace(content))
}
