package iisconfig

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/xmlscan"
)

// links gathers the files of assembly bindings that applications pull in.
type links struct {
	rows  []*LinkedConfiguration
	known map[*node]*LinkedConfiguration
	paths map[string]string // path key -> Windows path as written
}

// link notes the linkedConfiguration elements of one application.
func (b *builder) link(parts []part, scope string) {
	l := &b.links
	if l.known == nil {
		l.known, l.paths = map[*node]*LinkedConfiguration{}, map[string]string{}
	}
	for _, p := range parts {
		nodes := sections([]*node{p.node}, "assemblyBinding", "linkedConfiguration")
		nodes = append(nodes, sections([]*node{p.node}, "runtime", "assemblyBinding", "linkedConfiguration")...)
		for _, n := range nodes {
			row, ok := l.known[n]
			if !ok {
				path := hrefPath(n.attr("href"))
				row = &LinkedConfiguration{Origin: p.file.origin(n), Href: n.attr("href"), PathKey: exvet.PathKey(path), Scopes: []string{}}
				l.known[n], l.rows = row, append(l.rows, row)
				l.paths[row.PathKey] = path
			}
			if !slices.Contains(row.Scopes, scope) {
				row.Scopes = append(row.Scopes, scope)
			}
		}
	}
}

// hrefPath turns a file URL into a Windows path: both file://C:\x and file:///C:/x are in use.
func hrefPath(href string) string {
	path := strings.TrimSpace(href)
	if len(path) >= 5 && strings.EqualFold(path[:5], "file:") {
		path = strings.TrimLeft(path[5:], "/")
	}
	if decoded, err := url.PathUnescape(path); err == nil {
		path = decoded
	}
	return strings.ReplaceAll(path, "/", `\`)
}

// linked reads each linked file once, streaming, and as many side by side as there are processors: Exchange's two hold thousands of
// assemblies each.
func (b *builder) linked() ([]LinkedConfiguration, []CodeBase) {
	type summary struct {
		bases []CodeBase
		err   error
	}
	read := map[string]*summary{}
	var group sync.WaitGroup
	busy := make(chan struct{}, runtime.GOMAXPROCS(0))
	for _, row := range b.links.rows {
		if read[row.PathKey] == nil {
			file, path := &summary{}, b.links.paths[row.PathKey]
			read[row.PathKey] = file
			busy <- struct{}{}
			group.Go(func() {
				defer func() {
					if r := recover(); r != nil { // whatever a hostile file does to the reader costs that file only
						file.err = missing(path, fmt.Errorf("reading it failed: %v", r))
					}
					<-busy
				}()
				file.bases, file.err = b.codeBases(path)
			})
		}
	}
	group.Wait()
	found, bases := []LinkedConfiguration{}, []CodeBase{}
	counts := map[string]int{}
	for _, row := range b.links.rows {
		if _, done := counts[row.PathKey]; !done {
			file := read[row.PathKey]
			if errors.Is(file.err, fs.ErrNotExist) {
				file.err = missing(b.links.paths[row.PathKey], errors.New("no such file"))
			}
			if file.err != nil {
				b.leaveOpen(file.err, commonScope(b.links.rows, row.PathKey), "iis.code_bases")
			}
			counts[row.PathKey] = 0
			for _, base := range file.bases {
				counts[row.PathKey] += base.Assemblies
			}
			bases = append(bases, file.bases...)
		}
		row.Assemblies = counts[row.PathKey]
		found = append(found, *row)
	}
	return found, bases
}

// commonScope gives the narrowest scope that covers every application that pulls in a file.
func commonScope(rows []*LinkedConfiguration, key string) string {
	var common []string
	first := true
	for _, row := range rows {
		if row.PathKey != key {
			continue
		}
		for _, scope := range row.Scopes {
			parts := strings.Split(strings.TrimSuffix(scope, "/"), "/")
			if first {
				common, first = parts, false
			}
			n := 0
			for n < min(len(common), len(parts)) && strings.EqualFold(common[n], parts[n]) {
				n++
			}
			common = common[:n]
		}
	}
	return strings.Join(common, "/")
}

// maxCodeBases bounds the folders one linked file is summed up by.
const maxCodeBases = 1_000

// codeBases sums up the assemblies of one linked file by folder.
func (b *builder) codeBases(path string) ([]CodeBase, error) {
	data, err := b.reader.read(path)
	if err != nil {
		return nil, err
	}
	var found []CodeBase
	index := map[string]int{}
	assembly, overflow := "", false
	_, err = xmlscan.Scan(b.reader.ctx, data, xmlscan.Visitor{
		Start: func(name string, attrs []xml.Attr, line int) {
			switch name {
			case "assemblyIdentity":
				assembly = attrValue(attrs, "name")
			case "codeBase":
				href := attrValue(attrs, "href")
				folder := assemblyFolder(href, assembly)
				key := exvet.PathKey(folder)
				i, ok := index[key]
				if !ok {
					if overflow = len(found) >= maxCodeBases; overflow {
						return
					}
					i = len(found)
					index[key] = i
					found = append(found, CodeBase{
						Origin: Origin{path, line}, Folder: folder, FolderKey: key, Example: assembly, Href: href,
					})
				}
				found[i].Assemblies++
			}
		},
		End: func() {},
	})
	if err != nil {
		return nil, missing(path, err)
	}
	if overflow {
		return found, missing(path, fmt.Errorf("code bases in more than %d folders: the rest was not looked at", maxCodeBases))
	}
	return found, nil
}

// cultureFolder is a folder of translations: "de", "sr-cyrl-rs".
var cultureFolder = exvet.Pattern(`(?i)^[a-z]{2,3}(-[a-z0-9]{2,8})*$`)

// assemblyFolder gives the folder an assembly is loaded from; a translation counts where what it translates
// lies, one folder up.
func assemblyFolder(href, assembly string) string {
	folder := folderOf(hrefPath(href))
	up := folderOf(folder)
	if strings.HasSuffix(strings.ToLower(assembly), ".resources") && cultureFolder().MatchString(strings.TrimPrefix(folder, up+`\`)) {
		return up
	}
	return folder
}

func folderOf(path string) string {
	if i := strings.LastIndexByte(path, '\\'); i > 0 {
		return path[:i]
	}
	return ""
}

func attrValue(attrs []xml.Attr, name string) string {
	for _, a := range attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// follow reads the file a section's configSource, or an element's childSource, names: relative, in the folder
// of the file that names it or below.
func (b *builder) follow(from *file, n *node, attribute, source string) (*file, error) {
	where := fmt.Sprintf("%s of <%s> on line %d", attribute, n.name, n.line)
	clean := strings.ReplaceAll(source, "/", `\`)
	if strings.HasPrefix(clean, `\`) || strings.Contains(clean, ":") || strings.Contains(clean, "..") {
		return nil, missing(from.path, xmlscan.Malformed{Line: n.line, Reason: fmt.Sprintf("%s leads out of its folder: %q", where, source)})
	}
	path := folderOf(from.path) + `\` + clean
	f, err := b.reader.config(path, n.name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, missing(path, fmt.Errorf("no such file, named by %s of %s", where, from.path))
	}
	return f, err
}
