package collectors

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/iisconfig"
)

// An Assembly is a file .NET may load for a managed module or handler of IIS: of its name, from the global cache, from
// the folders the applications' lists name, or from the bin folder of an application that has the module.
type Assembly struct {
	Name string `json:"name"` // lower case
	Key  string `json:"key"`  // path key of the file
}

// An assemblyFinder finds the files of assemblies.
type assemblyFinder struct {
	*locator

	windows string // "C:\Windows"
	iis     *iisconfig.Facts
	bins    map[string]string // bin folder by scope of an application
	found   map[Assembly]bool
	lost    map[string]bool // names without any file
	named   map[string]bool
	say     func(exvet.Mention)
}

// assemblies finds what .NET may load for the modules and handlers of IIS, and mentions each.
func (l *locator) assemblies(windows string, facts *iisconfig.Facts, say func(exvet.Mention)) *assemblyFinder {
	f := &assemblyFinder{
		locator: l, windows: windows, iis: facts, say: say,
		bins: map[string]string{}, found: map[Assembly]bool{}, lost: map[string]bool{}, named: map[string]bool{},
	}
	for _, app := range facts.Apps {
		f.bins[app.Scope] = app.PhysicalKey + `\bin`
	}
	for _, m := range facts.Modules {
		f.find(m.Assembly, m.Scopes, "managed.iis.modules:"+m.Name)
	}
	for _, h := range facts.Handlers {
		f.find(h.Assembly, h.Scopes, "managed.iis.handlers:"+h.Name)
	}
	return f
}

// maxAssemblies bounds the names that are looked for.
const maxAssemblies = 2_000

func (f *assemblyFinder) find(name string, scopes []string, by string) {
	if name == "" || strings.ContainsAny(name, `\/:*?`) || !f.named[name] && len(f.named) == maxAssemblies {
		return
	}
	f.named[name] = true
	folders := []string{}
	for _, list := range f.iis.CodeBases {
		folders = append(folders, list.FolderKey)
	}
	for _, scope := range scopes {
		folders = append(folders, f.bins[scope])
	}
	slices.Sort(folders)
	there := false
	for _, folder := range slices.Compact(folders) {
		there = f.add(name, folder, by) || there
	}
	for _, folder := range cacheFolders(f.locator, f.windows, name) {
		there = f.add(name, exvet.PathKey(folder), by) || there
	}
	if !there {
		f.lost[name] = true
	} else {
		delete(f.lost, name)
	}
}

// add mentions the assembly's file in a folder that has it.
func (f *assemblyFinder) add(name, folder, by string) bool {
	if folder == "" {
		return false
	}
	key := exvet.PathKey(folder + `\` + name + ".dll")
	if at := f.locator.find(key); at.name == "" || at.folder {
		return false
	}
	f.found[Assembly{name, key}] = true
	f.say(exvet.Mention{Key: key, By: by})
	return true
}

// table gives what was found, sorted, and what is open where something was not.
func (f *assemblyFinder) table() (table []Assembly, open error) {
	table = slices.SortedFunc(maps.Keys(f.found), func(a, b Assembly) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Key, b.Key))
	})
	if len(f.lost) > 0 {
		first := slices.Min(slices.Collect(maps.Keys(f.lost)))
		open = exvet.Missing{
			Facts: []string{"binaries.managed", "binaries.assemblies"},
			Reason: fmt.Sprintf("%d of %d assemblies of modules and handlers were not found, %s among them: copy %s and the bin folders",
				len(f.lost), len(f.named), first, `Windows\Microsoft.NET\assembly`),
		}
	}
	return table, open
}
