package iisconfig

import (
	"slices"
	"strings"
)

// A trackedSection is one whose attributes, or the entries of whose collection, become settings.
type trackedSection struct {
	path       []string
	attributes []string // of the section, or of the child named below
	child      string   // element below the section that holds the attributes, or ""
	collection pairShape
}

// A pairShape says how a collection of names and values is written. Its rows are settings too.
type pairShape struct {
	element string // "add"; "" for no collection
	name    func(*node) string
	value   func(*node) string
	remove  string // attribute by which remove names what it takes out
}

// trackedSections lists what becomes Facts.Settings.
func trackedSections() []trackedSection {
	server := func(names ...string) []string { return append([]string{"system.webServer"}, names...) }
	web := func(name string) []string { return []string{"system.web", name} }
	auth := func(name string) []string { return server("security", "authentication", name) }
	enabled := []string{"enabled"}
	return []trackedSection{
		{path: web("identity"), attributes: []string{"impersonate"}},
		{path: web("machineKey"), attributes: []string{"validationKey", "decryptionKey"}},
		{path: server("modules"), attributes: []string{"runAllManagedModulesForAllRequests"}},
		{path: server("handlers"), attributes: []string{"accessPolicy"}},
		{path: server("proxy"), attributes: enabled},
		{path: server("httpRedirect"), attributes: []string{"enabled", "destination", "exactDestination", "childOnly"}},
		{path: server("httpErrors"), attributes: []string{"errorMode", "defaultPath"}, collection: pairShape{
			element: "error", name: errorCode, value: attrOf("path"), remove: "statusCode",
		}},
		{path: server("httpProtocol", "customHeaders"), collection: pairShape{
			element: "add", name: attrOf("name"), value: attrOf("value"), remove: "name",
		}},
		{path: server("httpLogging"), attributes: []string{"dontLog"}},
		{path: server("applicationInitialization"), attributes: []string{"doAppInitAfterRestart"}, collection: pairShape{
			element: "add", name: attrOf("initializationPage"), value: attrOf("hostName"), remove: "initializationPage",
		}},
		{path: server("security", "access"), attributes: []string{"sslFlags"}},
		{path: server("security", "requestFiltering"), attributes: []string{"allowDoubleEscaping", "allowHighBitCharacters"}},
		{path: server("security", "requestFiltering"), child: "requestLimits", attributes: []string{"maxAllowedContentLength"}},
		{path: server("security", "isapiCgiRestriction"), attributes: []string{"notListedIsapisAllowed", "notListedCgisAllowed"}},
		{path: auth("anonymousAuthentication"), attributes: enabled},
		{path: auth("basicAuthentication"), attributes: enabled},
		{path: auth("digestAuthentication"), attributes: enabled},
		{path: auth("windowsAuthentication"), attributes: enabled},
		{path: auth("windowsAuthentication"), child: "extendedProtection", attributes: []string{"tokenChecking"}},
		{path: auth("clientCertificateMappingAuthentication"), attributes: enabled},
		{path: auth("iisClientCertificateMappingAuthentication"), attributes: enabled},
	}
}

// errorCode names an httpErrors entry as IIS's log does: "401.1".
func errorCode(n *node) string {
	if sub := n.attr("subStatusCode"); sub != "" && sub != "-1" {
		return n.attr("statusCode") + "." + sub
	}
	return n.attr("statusCode")
}

// A settingEntry is the winning value of one attribute.
type settingEntry struct {
	setting

	file      *file
	node      *node
	value     string
	overrides []Override
}

// settings applies sections in order: for each attribute the last one that sets it wins.
func settings(sections []part, tracked trackedSection) []settingEntry {
	name := strings.Join(tracked.path, "/")
	if tracked.child != "" {
		name += "/" + tracked.child
	}
	var found []settingEntry
	for _, attribute := range tracked.attributes {
		winner := settingEntry{setting: setting{name, attribute}, overrides: []Override{}}
		for _, p := range sections {
			n := p.node
			if tracked.child != "" {
				n = n.child(tracked.child)
			}
			value, ok := n.lookup(attribute)
			if !ok || n == winner.node {
				continue
			}
			if winner.node != nil {
				winner.overrides = append(winner.overrides, Override{winner.file.origin(winner.node), winner.value})
			}
			winner.file, winner.node, winner.value = p.file, n, value
		}
		if winner.node != nil {
			winner.overrides = winner.overrides[max(0, len(winner.overrides)-maxOverrides):]
			found = append(found, winner)
		}
	}
	return found
}

// pairs merges a collection of names and values into settings.
func (b *builder) pairs(sections []part, scope string, tracked trackedSection) []settingEntry {
	c := tracked.collection
	if c.element == "" {
		return nil
	}
	name := strings.Join(tracked.path, "/")
	var found []settingEntry
	for _, e := range b.mergeIn(sections, scope, name, shape{element: c.element, key: c.remove, keyOf: c.name, value: c.value}) {
		found = append(found, settingEntry{
			setting: setting{name, c.name(e.node)}, file: e.file, node: e.node, value: c.value(e.node), overrides: e.overrides,
		})
	}
	return found
}

// settingNode gives the node that stands for one setting in the settings table: one for each attribute, so
// that two attributes of one element stay two rows.
func (b *builder) settingNode(s settingEntry) *node {
	for _, c := range s.node.settingNodes {
		if b.tables.settingNames[c] == s.setting {
			return c
		}
	}
	single := &node{name: s.name, line: s.node.line, attrs: []attribute{{name: "value", value: s.value}}}
	s.node.settingNodes = append(s.node.settingNodes, single)
	b.tables.settingNames[single] = s.setting
	return single
}

// withoutSettings leaves out the settings a wider place has already.
func withoutSettings(entries, wider []settingEntry) []settingEntry {
	return slices.DeleteFunc(slices.Clone(entries), func(x settingEntry) bool {
		return slices.ContainsFunc(wider, func(y settingEntry) bool { return x.node == y.node && x.setting == y.setting })
	})
}
