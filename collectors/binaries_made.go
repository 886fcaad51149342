package collectors

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/iisconfig"
	"github.com/exvet/exvet/internal/xmlscan"
)

// Made says what .NET made a file of on this server. Such a file has no signature, and is worth what it was made of: the
// assembly of a native image, the page of a library ASP.NET compiled. The place and name of a file make it one, and both
// can be borrowed.
type Made struct {
	Kind   string   `json:"kind" jsonschema:"enum=native_image,enum=page"`
	From   []string `json:"from"`                                                            // path keys of what is there of it, of an assembly every file of its name
	Status string   `json:"status" jsonschema:"enum=found,enum=absent,enum=not_in_evidence"` // absent: nothing says that .NET made it, or what it was made of is gone
	Reason string   `json:"reason"`                                                          // of a status that is not found
}

// Below the folder of Windows.
var (
	nativeImage  = exvet.Pattern(`^assembly\\nativeimages_v[^\\]+\\.+\\([^\\]+)\.ni\.(?:dll|exe)$`)
	compiledPage = exvet.Pattern(`^microsoft\.net\\framework(?:64)?\\v[^\\]+\\temporary asp\.net files\\.+\\(app_[^\\]+)\.dll$`)
)

// A maker finds what files were made of.
type maker struct {
	*locator

	ctx     context.Context //nolint:containedctx // lives as long as the table is built
	windows string
	root    string // of Exchange, or ""
	iis     *iisconfig.Facts
	made    map[string]*Made
	folders map[string]map[string][]string // by folder of compiled pages: virtual paths by the name of the library
	say     func(exvet.Mention)
}

// mentions looks at every file that is named so far, and mentions what it was made of for the same sections.
func (m *maker) mentions(rows map[string]*mentionedFile) {
	for _, key := range slices.Sorted(maps.Keys(rows)) {
		below, ok := strings.CutPrefix(key, exvet.PathKey(m.windows)+`\`)
		if !ok || m.find(key).name == "" {
			continue
		}
		var made *Made
		if parts := nativeImage().FindStringSubmatch(below); parts != nil {
			made = m.native(parts[1])
		} else if parts := compiledPage().FindStringSubmatch(below); parts != nil {
			made = m.page(key, parts[1])
		} else {
			continue
		}
		m.made[key] = made
		if made.Kind != "native_image" {
			continue // a page is text, and no row of the table
		}
		for _, from := range made.From {
			for section := range rows[key].sections {
				m.say(exvet.Mention{Key: from, By: section + ".native_images:" + path.Base(strings.ReplaceAll(key, `\`, "/"))})
			}
		}
	}
}

// native finds the assemblies a native image of this name can be made of: in the caches, beside .NET, beside Exchange, and
// in the folders applications have theirs.
func (m *maker) native(name string) *Made {
	found := map[string]bool{}
	add := func(folder string) {
		for _, ending := range []string{".dll", ".exe"} {
			key := exvet.PathKey(folder + `\` + name + ending)
			if at := m.find(key); folder != "" && at.name != "" && !at.folder {
				found[key] = true
			}
		}
	}
	for _, framework := range []string{"Framework64", "Framework"} {
		for _, version := range []string{`\v4.0.30319`, `\v4.0.30319\WPF`, `\v2.0.50727`} {
			add(m.windows + `\Microsoft.NET\` + framework + version)
		}
	}
	for _, folder := range cacheFolders(m.locator, m.windows, name) {
		add(folder)
	}
	if m.root != "" {
		add(m.root + `\Bin`)
	}
	if m.iis != nil {
		for _, app := range m.iis.Apps {
			add(app.PhysicalKey + `\bin`)
		}
		for _, list := range m.iis.CodeBases {
			add(list.FolderKey)
		}
	}
	made := &Made{Kind: "native_image", From: slices.AppendSeq([]string{}, maps.Keys(found)), Status: "found"}
	slices.Sort(made.From)
	if len(made.From) == 0 {
		made.Status, made.Reason = fileNotInEvidence, "no assembly "+name+" was found: copy "+cacheFolder+" and the folder it is in"
	}
	return made
}

const cacheFolder = `Windows\Microsoft.NET\assembly`

// maxRecords bounds the records of compiled pages of one folder.
const maxRecords = 5_000

// page finds what ASP.NET says it compiled into a library, and whether that is still there.
func (m *maker) page(key, name string) *Made {
	at := m.find(key)
	made := &Made{Kind: "page", From: []string{}, Status: fileAbsent}
	if at.name == "" {
		return made
	}
	paths, ok := m.records(path.Dir(at.name))[name]
	if !ok {
		made.Reason = "no record in its folder says what it was compiled from"
		if !m.live && !m.whole(at.name[:1]) && len(m.records(path.Dir(at.name))) == 0 {
			made.Status, made.Reason = fileNotInEvidence, "the records of its folder (*.compiled) were not copied"
		}
		return made
	}
	unseen := false
	for _, virtual := range paths {
		for _, source := range m.sources(virtual) {
			switch at := m.find(source); {
			case at.name != "":
				made.From = append(made.From, source)
			case at.status != fileAbsent || at.parent != "" && m.list(at.parent).images[ending(source)] == 0:
				unseen = true
			}
		}
	}
	slices.Sort(made.From)
	made.From = slices.Compact(made.From)
	switch {
	case len(made.From) > 0:
		made.Status = "found"
	case unseen || m.iis == nil:
		made.Status, made.Reason = fileNotInEvidence, "its source "+paths[0]+" was not copied"
	default:
		made.Reason = "its source " + paths[0] + " is gone"
	}
	return made
}

// records reads what a folder says of the libraries in it.
func (m *maker) records(folder string) map[string][]string {
	if known, ok := m.folders[folder]; ok {
		return known
	}
	found := map[string][]string{}
	m.folders[folder] = found
	count := 0
	for folded, spelled := range m.list(folder).names {
		if ending(folded) != ".compiled" || m.ctx.Err() != nil {
			continue
		}
		if count++; count > maxRecords {
			break
		}
		reader := diskReader{files: m.files}
		data, err := reader.readName(path.Join(folder, spelled), maxCompiled)
		if err != nil {
			continue
		}
		record, err := xmlscan.Tree(m.ctx, data)
		if err != nil {
			continue
		}
		name, virtual := strings.ToLower(record.Attr("assembly")), strings.ToLower(record.Attr("virtualPath"))
		if name != "" && virtual != "" {
			found[name] = append(found[name], virtual)
			slices.Sort(found[name])
		}
	}
	return found
}

// sources gives the files a virtual path can mean: the same path may be of several sites.
func (m *maker) sources(virtual string) []string {
	if m.iis == nil {
		return nil
	}
	var keys []string
	for _, app := range m.iis.Apps {
		_, below, _ := strings.Cut(strings.ToLower(app.Scope), "/")
		rest, ok := strings.CutPrefix(virtual, strings.TrimRight("/"+below, "/")+"/")
		if ok && app.PhysicalKey != "" {
			keys = append(keys, exvet.PathKey(app.PhysicalKey+`\`+strings.ReplaceAll(rest, "/", `\`)))
		}
	}
	return keys
}

// fill puts what was found out into the rows, and says what is open.
func (m *maker) fill(rows []*mentionedFile) error {
	open, count, first := map[string]bool{}, 0, ""
	for _, row := range rows {
		row.Made = m.made[row.Key]
		if row.Made == nil || row.Made.Status != fileNotInEvidence {
			continue
		}
		if count++; count == 1 {
			first = row.Path + ": " + row.Made.Reason
		}
		for section := range row.sections {
			open[section] = true
		}
	}
	if len(open) == 0 {
		return nil
	}
	missing := exvet.Missing{Reason: fmt.Sprintf("what .NET made %d files of was not found, %s", count, first)}
	for _, section := range slices.Sorted(maps.Keys(open)) {
		missing.Facts = append(missing.Facts, "binaries."+section)
	}
	return missing
}

// cacheFolders lists the folders of the caches that may hold an assembly, one for each version.
func cacheFolders(l *locator, windows, name string) []string {
	var folders []string
	for _, cache := range []string{`Microsoft.NET\assembly\`, `assembly\`} {
		for _, kind := range []string{"GAC_MSIL", "GAC_64", "GAC_32", "GAC"} {
			top := windows + `\` + cache + kind + `\` + name
			at := l.find(exvet.PathKey(top))
			if at.name == "" || !at.folder {
				continue
			}
			for _, version := range l.list(at.name).names {
				folders = append(folders, top+`\`+version)
			}
		}
	}
	return folders
}
