package iisconfig

import (
	"fmt"
	"slices"
	"strings"
)

// An entry is an element of a collection that is effective somewhere, and what it took the place of.
type entry struct {
	file      *file
	node      *node
	key       string
	overrides []Override
	depth     int  // of its file: see part
	dead      bool // removed or cleared while sections were applied
}

// A shape says how a section's collection is written.
type shape struct {
	element string // "add", "filter", "rule"
	key     string // attribute that names an entry
	prepend bool   // whether nearer entries come before inherited ones
	value   func(*node) string
	keyOf   func(*node) string // in place of key, where one attribute does not name an entry; nil otherwise
}

// name gives the key of an entry, in lower case.
func (s shape) name(n *node) string {
	if s.keyOf != nil {
		return strings.ToLower(s.keyOf(n))
	}
	return strings.ToLower(n.attr(s.key))
}

// maxOverrides is how many overridden declarations an entry names: the last ones.
const maxOverrides = 8

// merge applies the children of each section in order: clear, remove and add. An entry that stands where
// one of the same key was cleared or removed names it among its overrides; a key that is added twice is an
// error to IIS, so both are kept and noted.
//
// refuse is called for each step an element lock of a file farther up forbids.
func (b *builder) merge(parts []part, s shape, refuse func(f *file, n *node)) []entry {
	p := pile{live: map[string][]*entry{}, gone: map[string][]Override{}, byNode: map[*node]*entry{}, shape: s}
	for _, section := range parts {
		p.depth = section.depth
		p.groups = append(p.groups, nil)
		for _, n := range section.node.children {
			if p.locked(n.name) {
				refuse(section.file, n)
				continue
			}
			whole := true
			switch n.name {
			case "clear":
				whole = p.clear()
			case "remove":
				whole = p.remove(s.name(n))
			case s.element:
				b.add(&p, section.file, n)
			}
			if !whole {
				refuse(section.file, n)
			}
		}
		p.sections = append(p.sections, section)
	}
	return p.entries()
}

// A pile is a collection while sections are applied to it. Every step takes the same short time however
// large the collection is, so that no file can make a merge slow.
type pile struct {
	shape    shape
	groups   [][]*entry // one for each section applied
	live     map[string][]*entry
	gone     map[string][]Override
	byNode   map[*node]*entry
	depth    int    // of the file being applied
	sections []part // applied so far
}

// locked says whether a section farther up forbids an element here.
func (p *pile) locked(element string) bool {
	return slices.ContainsFunc(p.sections, func(s part) bool { return s.depth < p.depth && locks(s.node, element) })
}

// clear removes everything but items locked farther up, and reports false when there are some.
func (p *pile) clear() bool {
	whole := true
	for key := range p.live {
		whole = p.remove(key) && whole
	}
	return whole
}

// remove takes the entries of a key away. It reports false when a file farther up locks them.
func (p *pile) remove(key string) bool {
	for _, e := range p.live[key] {
		if e.depth < p.depth && e.node.flag("lockItem", false) {
			return false
		}
	}
	for _, e := range p.live[key] {
		e.dead = true
		p.gone[key] = append(p.gone[key], Override{e.file.origin(e.node), p.shape.value(e.node)})
	}
	if extra := len(p.gone[key]) - maxOverrides; extra > 0 {
		p.gone[key] = slices.Clone(p.gone[key][extra:])
	}
	delete(p.live, key)
	return true
}

func (p *pile) entries() []entry {
	if p.shape.prepend {
		slices.Reverse(p.groups)
	}
	var found []entry
	for _, group := range p.groups {
		for _, e := range group {
			if !e.dead {
				found = append(found, *e)
			}
		}
	}
	return found
}

func (b *builder) add(p *pile, f *file, n *node) {
	added := &entry{file: f, node: n, key: p.shape.name(n), depth: p.depth}
	if there := p.live[added.key]; len(there) > 0 {
		b.noteDuplicate(there[0], added)
	}
	if same := p.byNode[n]; same != nil && !same.dead {
		return // one file applied at two levels, not two declarations
	}
	p.byNode[n] = added
	added.overrides = slices.DeleteFunc(append([]Override{}, p.gone[added.key]...), func(o Override) bool {
		return o.Origin == f.origin(n) // one file applied at two levels, which removes the entry first
	})
	p.live[added.key] = append(p.live[added.key], added)
	last := len(p.groups) - 1
	p.groups[last] = append(p.groups[last], added)
}

func (b *builder) noteDuplicate(there, added *entry) {
	if b.duplicates[added.node] || len(b.duplicates) >= maxNotes {
		return
	}
	b.duplicates[added.node] = true
	b.reader.notes = append(b.reader.notes, Note{
		Origin: added.file.origin(added.node), Kind: "duplicate_entry",
		Text: fmt.Sprintf("%s is already there, from %s:%d", added.key, there.file.path, there.node.line),
	})
}

// collection merges a single section whose parent is not inherited, such as the sites.
func (b *builder) collection(f *file, section *node, element, key string) []entry {
	return b.merge([]part{{file: f, node: section}}, shape{element: element, key: key, value: (*node).nothing}, func(*file, *node) {})
}

func (n *node) nothing() string { return "" }

// A table gathers entries with the scopes they are effective in.
type table struct {
	rows  []*row
	known map[rowKey]*row
}

type row struct {
	entry

	scopes []string
}

// A rowKey tells rows apart: the same element may override different ones in different scopes.
type rowKey struct {
	node      *node
	overrides string
}

func (t *table) add(scope string, entries []entry) {
	if t.known == nil {
		t.known = map[rowKey]*row{}
	}
	for _, e := range entries {
		key := rowKey{node: e.node}
		for _, o := range e.overrides {
			key.overrides += fmt.Sprintf("%s:%d\x00", o.File, o.Line)
		}
		r, ok := t.known[key]
		if !ok {
			r = &row{entry: e, scopes: []string{}}
			t.known[key] = r
			t.rows = append(t.rows, r)
		}
		r.scopes = append(r.scopes, scope)
	}
}

// without leaves out the entries a wider scope has already.
func without(entries, wider []entry) []entry {
	inherited := map[*node]bool{}
	for _, e := range wider {
		inherited[e.node] = true
	}
	return slices.DeleteFunc(slices.Clone(entries), func(e entry) bool { return inherited[e.node] })
}
