package iisconfig

import (
	"slices"
	"strings"

	"github.com/exvet/exvet"
)

// A site is one of the server's sites with the places its URLs lead to.
type site struct {
	Site

	apps   []App
	mounts []mount
}

// A mount is a URL path that leads to a folder: an application's root or a virtual directory.
type mount struct {
	Origin

	path     []string // segments of name
	name     string   // as written, "/owa"
	folder   string   // Windows path, expanded
	raw      string   // as written
	app      *App
	root     bool // of its application
	deepRead bool // whether web.config files below the folder are read: allowSubDirConfig
}

// sites gives the sites with their applications and virtual directories.
func (b *builder) sites(host *file) []*site {
	var found []*site
	for _, section := range sections([]*node{host.root}, "system.applicationHost", "sites") {
		for _, entry := range b.collection(host, section, "site", "name") {
			found = append(found, b.site(host, entry.node, section))
		}
	}
	return found
}

func (b *builder) site(host *file, n, section *node) *site {
	name := n.attr("name")
	found := &site{Site: Site{
		Origin: host.origin(n), Name: name, Key: strings.ToLower(name), ID: n.attr("id"), Bindings: []Binding{},
	}}
	found.LogEnabled = isTrue(inheritFrom(n, section.child("siteDefaults"), "enabled", "true", "logFile"))
	found.LogPluginCLSID = inheritFrom(n, section.child("siteDefaults"), "customLogPluginClsid", "", "logFile")
	for _, binding := range n.child("bindings").each("binding") {
		found.Bindings = append(found.Bindings, Binding{binding.attr("protocol"), binding.attr("bindingInformation")})
	}
	from, body := b.children(host, n, name)
	entries := b.collection(from, body, "application", "path")
	for _, entry := range entries {
		found.apps = append(found.apps, b.app(from, name, entry.node, body, section))
	}
	for i, entry := range entries {
		b.mount(from, found, &found.apps[i], entry.node)
	}
	slices.SortStableFunc(found.mounts, func(a, c mount) int { return len(c.path) - len(a.path) })
	return found
}

// children gives the element that holds the children of one: itself, or the root of the file its childSource
// names. A file that cannot be read leaves the scope open.
func (b *builder) children(f *file, n *node, scope string) (*file, *node) {
	source := n.attr("childSource")
	if source == "" {
		return f, n
	}
	from, err := b.follow(f, n, "childSource", source)
	if err != nil {
		b.leaveOpen(err, scope, "iis")
		return f, n
	}
	return from, from.root
}

func (b *builder) app(host *file, site string, n, siteNode, section *node) App {
	path := "/" + strings.Trim(n.attr("path"), "/")
	found := App{
		Origin: host.origin(n), Scope: site + path, Key: strings.ToLower(site + path), Site: site, Path: path,
		Pool: schemaPool, PoolFrom: "schema",
	}
	for _, level := range []struct {
		from string
		node *node
	}{
		{"application", n},
		{"site", siteNode.child("applicationDefaults")},
		{"server", section.child("applicationDefaults")},
	} {
		if pool, ok := level.node.lookup("applicationPool"); ok && pool != "" {
			found.Pool, found.PoolFrom = pool, level.from
			break
		}
	}
	found.PoolKey = strings.ToLower(found.Pool)
	found.AutoStart = n.flag("serviceAutoStartEnabled", false)
	found.AutoStartProvider = n.attr("serviceAutoStartProvider")
	found.Preload = n.flag("preloadEnabled", false)
	for _, directory := range n.each("virtualDirectory") {
		if strings.Trim(directory.attr("path"), "/") == "" {
			found.PhysicalPath = directory.attr("physicalPath")
			found.PhysicalKey = b.env.key(found.PhysicalPath)
		}
	}
	return found
}

// mount adds the folders of one application to its site.
func (b *builder) mount(host *file, s *site, app *App, n *node) {
	for _, directory := range b.collection(host, n, "virtualDirectory", "path") {
		path := strings.Trim(directory.node.attr("path"), "/")
		name := strings.TrimSuffix(app.Path, "/")
		if path != "" {
			name += "/" + path
		}
		raw := directory.node.attr("physicalPath")
		s.mounts = append(s.mounts, mount{
			Origin: host.origin(directory.node), path: segments(name), name: name, app: app, root: path == "",
			folder: b.env.Expand(raw), raw: raw, deepRead: directory.node.flag("allowSubDirConfig", true),
		})
	}
}

// resolve gives the mount a URL path belongs to, nil for none, and what of the path lies below it.
func (s *site) resolve(path []string) (*mount, []string) {
	for i := range s.mounts {
		m := &s.mounts[i]
		if len(m.path) <= len(path) && slices.EqualFunc(m.path, path[:len(m.path)], strings.EqualFold) {
			return m, path[len(m.path):]
		}
	}
	return nil, nil
}

// folder gives the Windows path a URL path leads to, "" for none, and whether configuration is read there.
func (s *site) folder(path []string) (string, bool) {
	m, rest := s.resolve(path)
	if m == nil || m.folder == "" {
		return "", false
	}
	if len(rest) == 0 {
		return m.folder, true
	}
	return strings.TrimRight(m.folder, `\`) + `\` + strings.Join(rest, `\`), m.deepRead
}

// owner gives the application a URL path belongs to, or nil.
func (s *site) owner(path []string) *App {
	if m, _ := s.resolve(path); m != nil {
		return m.app
	}
	return nil
}

// segments splits a URL or configuration path into its parts.
func segments(path string) []string {
	var parts []string
	for part := range strings.SplitSeq(strings.ReplaceAll(path, `\`, "/"), "/") {
		if part != "" && part != "." {
			parts = append(parts, part)
		}
	}
	return parts
}

func (m *mount) directory() Directory {
	scope := m.app.Site + m.name
	return Directory{
		Origin: m.Origin, Scope: scope, Key: strings.ToLower(scope), App: m.app.Scope, Kind: "virtual_directory",
		PhysicalPath: m.raw, PhysicalKey: exvet.PathKey(m.folder),
	}
}
