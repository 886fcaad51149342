package iisconfig

import (
	"errors"
	"io/fs"
	"slices"
	"strings"

	"github.com/exvet/exvet"
)

// A block is a part of a file that speaks of one configuration path: what stands outside <location>, or one
// <location>.
type block struct {
	node    *node
	inherit bool // whether child applications inherit it
	mode    mode // what it says of files farther down
}

// byPath gives the parts of a file by the path they speak of, relative to the file, as pathKey writes it.
func (f *file) byPath() map[string][]block {
	if f.blocks == nil {
		f.blocks = map[string][]block{"": {{node: f.root, inherit: true, mode: inheritMode}}}
		for _, location := range f.root.each("location") {
			key := pathKey(segments(location.attr("path")))
			f.blocks[key] = append(f.blocks[key], block{
				location, location.flag("inheritInChildApplications", true), locationMode(location),
			})
		}
	}
	return f.blocks
}

// pathKey joins the parts of a configuration path for look-up.
func pathKey(path []string) string { return strings.ToLower(strings.Join(path, "/")) }

// A part is a block in the file it comes from, at the level it speaks of.
type part struct {
	file  *file
	node  *node
	mode  mode
	depth int  // of the file: 0 for those of the server level, 1 for a site's web.config
	app   bool // whether the level is an application's root, or one above it
}

// stack gives, for one configuration path, every part that speaks of it or of a path above it, in the order
// in which IIS applies them: level by level from the server down, at each level the files farther away
// first, and the level's own web.config last. It reports false when a file on the way could not be read:
// then nobody knows what is effective there.
func (b *builder) stack(s *site, path []string) ([]part, bool) {
	type based struct {
		file  *file
		depth int // of the level the file lies at
	}
	var files []based
	for _, f := range b.roots {
		files = append(files, based{f, 0})
	}
	var full []string
	if s != nil {
		full = append([]string{s.Name}, path...)
	}
	var parts []part
	for depth := 0; depth <= len(full); depth++ {
		if depth > 0 {
			f, ok := b.webConfig(s, full[1:depth])
			if !ok {
				return nil, false
			}
			if f != nil {
				files = append(files, based{f, depth})
			}
		}
		app := depth <= 1 || b.isApp(s, full[1:depth])
		for _, at := range files {
			for _, block := range at.file.byPath()[pathKey(full[at.depth:depth])] {
				if block.inherit || b.sameApp(s, full, depth) {
					parts = append(parts, part{at.file, block.node, block.mode, at.depth, app})
				}
			}
		}
	}
	return parts, true
}

// sameApp says whether the level at depth belongs to the application the whole path belongs to: a block
// that child applications do not inherit stops there.
func (b *builder) sameApp(s *site, full []string, depth int) bool {
	if s == nil || depth == 0 {
		return depth == len(full)
	}
	return s.owner(full[1:depth]) == s.owner(full[1:])
}

// isApp says whether a URL path is an application's root.
func (b *builder) isApp(s *site, path []string) bool {
	m, rest := s.resolve(path)
	return m != nil && m.root && len(rest) == 0
}

// webConfig gives the web.config of a URL path, nil where there is none. It reports false, and records what
// is left open, when there may be one that could not be read.
func (b *builder) webConfig(s *site, path []string) (*file, bool) {
	folder, read := s.folder(path)
	if folder == "" || !read {
		return nil, true
	}
	f, err := b.reader.config(strings.TrimRight(folder, `\`)+`\web.config`, "configuration")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, true
	}
	if err != nil {
		b.leaveOpen(err, strings.Join(append([]string{s.Name}, path...), "/"), b.factsAt(s, path)...)
		return nil, false
	}
	return f, true
}

// folderFacts are the fact paths the web.config of any folder speaks of.
func folderFacts() []string {
	return []string{"iis.handlers", "iis.rejected", "iis.rewrite_providers", "iis.rewrite_rules", "iis.settings"}
}

// factsAt gives the fact paths the web.config of a URL path speaks of: an application's root, and the
// folders above it, also say which modules and assemblies it loads, and a site's root its filters.
func (b *builder) factsAt(s *site, path []string) []string {
	facts := folderFacts()
	if b.aboveApp(s, path) {
		facts = append(facts, "iis.code_bases", "iis.linked_configurations", "iis.modules")
	}
	if len(path) == 0 {
		facts = append(facts, "iis.filters")
	}
	slices.Sort(facts)
	return facts
}

// aboveApp says whether an application lies at a URL path or below it.
func (b *builder) aboveApp(s *site, path []string) bool {
	return slices.ContainsFunc(s.mounts, func(m mount) bool {
		return m.root && len(m.path) >= len(path) && slices.EqualFunc(m.path[:len(path)], path, strings.EqualFold)
	})
}

// leaveOpen records what a file that could not be read leaves open, once for each scope.
func (b *builder) leaveOpen(err error, scope string, facts ...string) {
	var known exvet.Gap
	errors.As(err, &known)
	key := strings.ToLower(scope) + "\x00" + known.File
	if !b.open[key] {
		b.open[key] = true
		b.gaps = append(b.gaps, at(err, scope, facts...))
	}
}

// sections gives the elements a path of names leads to, in document order.
func sections(from []*node, path ...string) []*node {
	for _, name := range path {
		var next []*node
		for _, n := range from {
			next = append(next, n.each(name)...)
		}
		from = next
	}
	return from
}

// section gives one section of each part that IIS applies, with configSource followed; what IIS refuses is
// recorded as rejected. It reports false when a file a section names could not be read; scope is what that
// leaves open.
func (b *builder) section(parts []part, scope string, path ...string) ([]part, bool) {
	var found []part
	whole := true
	gate := b.gate(path)
	for _, p := range parts {
		for _, n := range sections([]*node{p.node}, path...) {
			section := part{p.file, n, p.mode, p.depth, p.app}
			if source := n.attr("configSource"); source != "" {
				f, err := b.follow(p.file, n, "configSource", source)
				if err != nil {
					b.leaveOpen(err, scope, append(folderFacts(), "iis.filters", "iis.modules")...)
					whole = false
					continue
				}
				section.file, section.node = f, f.root
			}
			if refusal := gate.pass(section); refusal != "" {
				b.reject(scope, gate.name, section, refusal)
				continue
			}
			found = append(found, section)
		}
	}
	return found, whole
}
