package iisconfig

import (
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/exvet/exvet"
)

// serverTables reads what stands in applicationHost.config alone.
func (b *builder) serverTables(facts *Facts, host *file) {
	facts.ISAPIRestrictions = b.isapiRestrictions(host)
	facts.AutoStartProviders = b.autoStartProviders(host)
	facts.WebFarms = webFarms(host)
	facts.SchemaFiles = b.schemaFiles()
	facts.CLRConfigs = b.clrConfigs(facts.Pools)
}

func (b *builder) isapiRestrictions(host *file) []ISAPIRestriction {
	found := []ISAPIRestriction{}
	for _, section := range sections([]*node{host.root}, "system.webServer", "security", "isapiCgiRestriction") {
		for _, e := range b.collection(host, section, "add", "path") {
			text := e.node.attr("path")
			program, _, _ := strings.Cut(text, "|")
			found = append(found, ISAPIRestriction{
				Origin: host.origin(e.node), Path: text, PathKey: b.env.key(program), Allowed: e.node.flag("allowed", false),
				Group: e.node.attr("groupId"), Description: e.node.attr("description"),
			})
		}
	}
	return found
}

func (b *builder) autoStartProviders(host *file) []AutoStartProvider {
	found := []AutoStartProvider{}
	for _, section := range sections([]*node{host.root}, "system.applicationHost", "serviceAutoStartProviders") {
		for _, e := range b.collection(host, section, "add", "name") {
			found = append(found, AutoStartProvider{
				Origin: host.origin(e.node), TypeName: typeName(e.node.attr("type")), Name: e.node.attr("name"), Key: e.key,
			})
		}
	}
	return found
}

func webFarms(host *file) []WebFarm {
	found := []WebFarm{}
	for _, n := range sections([]*node{host.root}, "webFarms", "webFarm") {
		farm := WebFarm{Origin: host.origin(n), Name: n.attr("name"), Enabled: n.flag("enabled", true), Servers: []string{}}
		for _, server := range n.each("server") {
			farm.Servers = append(farm.Servers, server.attr("address"))
		}
		found = append(found, farm)
	}
	return found
}

// schemaFiles lists the files that extend IIS's schema. A schema folder nobody copied leaves the fact open.
func (b *builder) schemaFiles() []SchemaFile {
	found := []SchemaFile{}
	folder := b.env.ConfigFolder() + `\schema`
	name, _ := exvet.FSPath(folder)
	entries, err := fs.ReadDir(b.reader.files, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		b.leaveOpen(missing(folder, err), "", "iis.schema_files")
	}
	for _, e := range entries {
		if strings.EqualFold(path.Ext(e.Name()), ".xml") {
			found = append(found, SchemaFile{File: folder + `\` + e.Name(), Key: strings.ToLower(e.Name())})
		}
	}
	return found
}

// clrConfigs reads the files the pools' CLRConfigFile names.
func (b *builder) clrConfigs(pools []Pool) []CLRConfig {
	found := []CLRConfig{}
	index := map[string]int{}
	for _, pool := range pools {
		if pool.CLRConfigKey == "" {
			continue
		}
		if i, ok := index[pool.CLRConfigKey]; ok {
			found[i].Pools = append(found[i].Pools, pool.Name)
			continue
		}
		index[pool.CLRConfigKey] = len(found)
		text := b.env.Expand(pool.CLRConfigFile)
		config := CLRConfig{File: text, FileKey: pool.CLRConfigKey, Pools: []string{pool.Name}, Values: []CLRConfigValue{}}
		f, err := b.reader.config(text, "configuration")
		switch {
		case errors.Is(err, fs.ErrNotExist):
			b.leaveOpen(missing(text, errors.New("no such file, though a pool names it")), "", "iis.clr_configs")
		case err != nil:
			b.leaveOpen(err, "", "iis.clr_configs")
		default:
			config.Values = clrValues(f)
		}
		found = append(found, config)
	}
	return found
}

// maxCLRValues bounds the attributes listed of one file.
const maxCLRValues = 500

// clrValues lists the attributes below the sections that steer the runtime.
func clrValues(f *file) []CLRConfigValue {
	found := []CLRConfigValue{}
	var walk func(n *node, at string)
	walk = func(n *node, at string) {
		for _, a := range n.attrs {
			if len(found) < maxCLRValues && a.name != "xmlns" {
				found = append(found, CLRConfigValue{Origin: f.origin(n), Element: at, Attribute: a.name, Value: a.value})
			}
		}
		for _, c := range n.children {
			walk(c, at+"/"+c.name)
		}
	}
	for _, name := range []string{"runtime", "system.web", "startup"} {
		for _, n := range f.root.each(name) {
			walk(n, name)
		}
	}
	return found
}
