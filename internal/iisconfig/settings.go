package iisconfig

import "strings"

// A settingEntry is the winning value of one attribute.
type settingEntry struct {
	setting

	file      *file
	node      *node
	overrides []Override
}

// settings applies sections in order: for each attribute the last one that sets it wins.
func (b *builder) settings(sections []part, tracked trackedSection) []settingEntry {
	var found []settingEntry
	for _, name := range tracked.attributes {
		winner := settingEntry{setting: setting{strings.Join(tracked.path, "/"), name}, overrides: []Override{}}
		for _, p := range sections {
			if _, ok := p.node.lookup(name); !ok || p.node == winner.node {
				continue
			}
			if winner.node != nil {
				old := Override{winner.file.origin(winner.node), winner.node.attr(name)}
				winner.overrides = append(winner.overrides, old)
			}
			winner.file, winner.node = p.file, p.node
		}
		if extra := len(winner.overrides) - maxOverrides; extra > 0 {
			winner.overrides = winner.overrides[extra:]
		}
		if winner.node != nil {
			found = append(found, winner)
		}
	}
	return found
}

// settingNode gives the node that stands for one attribute of an element in the settings table: one each,
// so that two attributes of one element stay two rows.
func (b *builder) settingNode(s settingEntry) *node {
	for _, c := range s.node.attributeNodes {
		if c.name == s.name {
			return c
		}
	}
	single := &node{name: s.name, line: s.node.line, attrs: []attribute{{name: "value", value: s.node.attr(s.name)}}}
	s.node.attributeNodes = append(s.node.attributeNodes, single)
	b.tables.settingNames[single] = s.setting
	return single
}
