package collectors

import (
	"io/fs"
	"path"
	"strings"

	"github.com/exvet/exvet/internal/xmlscan"
)

// maxCompiled is the largest file that says what a page was compiled from, in bytes.
const maxCompiled = 64 << 10

// compiled takes what ASP.NET remembers of the pages it compiled.
func (w *walker) compiled(folder string, entries []fs.DirEntry) bool {
	for _, entry := range entries {
		if extension(entry) != "compiled" {
			continue
		}
		if !w.row("compiled") {
			return false
		}
		name := path.Join(folder, entry.Name())
		written, _ := windowsName(name)
		data, err := w.readName(name, maxCompiled)
		if err != nil {
			w.leaveOpen(written, "", err, "compiled")
			continue
		}
		preserve, err := xmlscan.Tree(w.ctx, data)
		if err != nil {
			w.leaveOpen(written, "", err, "compiled")
			continue
		}
		row := CompiledPage{VirtualPath: shortened(preserve.Attr("virtualPath")), File: written}
		row.Key = strings.ToLower(row.VirtualPath)
		if info, err := entry.Info(); err == nil {
			row.Modified = stamp(info.ModTime())
		}
		if row.VirtualPath != "" {
			w.found.Compiled = append(w.found.Compiled, row)
		}
	}
	return true
}

// gac takes the assemblies of a cache: NAME\VERSION_CULTURE_TOKEN\NAME.dll, below a folder a kind of processor.
func (w *walker) gac(folder string, entries []fs.DirEntry) bool {
	if strings.HasPrefix(strings.ToLower(path.Base(folder)), "nativeimages_") || strings.EqualFold(path.Base(folder), "temp") {
		return false // made from assemblies of the caches
	}
	identity := strings.Split(strings.TrimPrefix(strings.ToLower(path.Base(folder)), "v4.0_"), "_")
	if len(identity) != 3 || identity[1] != "" && identity[1] != "neutral" {
		return true // not the innermost folder, or texts of another language
	}
	for _, entry := range entries {
		if kind := extension(entry); kind != "dll" && kind != "exe" {
			continue
		}
		if !w.row("gac") {
			return false
		}
		row := GACAssembly{Name: path.Base(path.Dir(folder)), Version: identity[0], Token: identity[2]}
		row.NameKey = strings.ToLower(row.Name)
		row.Path, row.Key = windowsName(folder, entry.Name())
		if info, err := entry.Info(); err == nil {
			row.Modified = stamp(info.ModTime())
		}
		w.found.GAC = append(w.found.GAC, row)
	}
	return false
}
