package iisconfig

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/exvet/exvet"
)

// Bounds of the search for web.config files below one application.
const (
	maxFolders     = 20_000
	maxFolderDepth = 12
)

// A target is a place configuration is computed for.
type target struct {
	scope     string
	site      *site // nil at the server level
	path      []string
	kind      targetKind
	parent    *App       // of a directory
	directory *Directory // of a directory
}

type targetKind int

const (
	serverTarget targetKind = iota
	siteTarget
	appTarget
	directoryTarget
)

// targets lists every place: the server, its sites, their applications, and below them virtual directories,
// folders with a web.config and paths a <location> names.
func (b *builder) targets(sites []*site) {
	b.list = []target{{kind: serverTarget}}
	seen := map[string]bool{}
	for _, s := range sites {
		b.list = append(b.list, target{scope: s.Name, site: s, kind: siteTarget})
		for i := range s.apps {
			app := &s.apps[i]
			b.list = append(b.list, target{scope: app.Scope, site: s, path: segments(app.Path), kind: appTarget})
			seen[pathKey(append([]string{s.Name}, segments(app.Path)...))] = true
		}
	}
	for _, s := range sites {
		for _, d := range b.directories(s) {
			key := pathKey(append([]string{s.Name}, d.path...))
			if !seen[key] {
				seen[key] = true
				b.list = append(b.list, d)
			}
		}
	}
	if len(b.list) > maxTargets {
		b.leaveOpen(fmt.Errorf("more than %d applications and folders: the rest was not looked at", maxTargets), "", "iis")
		b.list = b.list[:maxTargets]
	}
}

// directories lists the places below a site's applications.
func (b *builder) directories(s *site) []target {
	var found []target
	for i := range s.mounts {
		if m := &s.mounts[i]; !m.root {
			d := m.directory()
			found = append(found, target{scope: d.Scope, site: s, path: m.path, kind: directoryTarget, parent: m.app, directory: &d})
		}
	}
	for i := range s.mounts {
		found = append(found, b.folders(s, &s.mounts[i])...)
	}
	return append(found, b.locations(s)...)
}

// folders lists the folders below a mount that hold a web.config.
func (b *builder) folders(s *site, m *mount) []target {
	if !m.deepRead {
		return nil
	}
	var found []target
	for _, below := range b.reader.foldersBelow(m.folder, func(err error) {
		b.leaveOpen(err, m.app.Site+m.name, folderFacts()...)
	}) {
		full := append(slices.Clone(m.path), below...)
		// A URL that leads elsewhere hides the folder.
		if owner, _ := s.resolve(full); owner == m {
			found = append(found, b.directory(s, m.app, full, "folder", Origin{}))
		}
	}
	return found
}

// locations lists the paths below a site that a <location> of a server-level file names.
func (b *builder) locations(s *site) []target {
	var found []target
	for _, f := range b.roots {
		for _, location := range f.root.each("location") {
			full := segments(location.attr("path"))
			if len(full) < 2 || !strings.EqualFold(full[0], s.Name) {
				continue
			}
			if app := s.owner(full[1:]); app != nil {
				found = append(found, b.directory(s, app, full[1:], "location", f.origin(location)))
			}
		}
	}
	return found
}

func (b *builder) directory(s *site, app *App, full []string, kind string, origin Origin) target {
	folder, _ := s.folder(full)
	if origin.File == "" {
		origin = Origin{File: folder + `\web.config`, Line: 1}
	}
	scope := s.Name + "/" + strings.Join(full, "/")
	if rest := len(segments(app.Path)); rest <= len(full) {
		scope = strings.TrimSuffix(app.Scope, "/") + "/" + strings.Join(full[rest:], "/")
	}
	return target{
		scope: scope, site: s, path: full, kind: directoryTarget, parent: app,
		directory: &Directory{
			Origin: origin, Scope: scope, Key: strings.ToLower(scope), App: app.Scope, Kind: kind,
			PhysicalPath: folder, PhysicalKey: exvet.PathKey(folder),
		},
	}
}

// foldersBelow gives the folders below one that hold a web.config, as the parts of their relative paths.
func (r *reader) foldersBelow(folder string, open func(error)) [][]string {
	key := exvet.PathKey(folder)
	if known, ok := r.folders[key]; ok {
		return known
	}
	var found [][]string
	name, ok := exvet.FSPath(folder)
	visited := 0
	if ok {
		err := fs.WalkDir(r.files, name, func(at string, entry fs.DirEntry, err error) error {
			if r.ctx.Err() != nil {
				return r.ctx.Err()
			}
			below := strings.TrimPrefix(strings.TrimPrefix(at, name), "/")
			if err != nil {
				if below != "" {
					open(missing(exvet.WindowsPath(at), err))
				}
				return skip(entry)
			}
			if entry.IsDir() {
				if visited++; visited > maxFolders {
					open(missing(folder, fmt.Errorf("more than %d folders: the rest was not looked at", maxFolders)))
					return fs.SkipAll
				}
				if strings.Count(below, "/") >= maxFolderDepth {
					open(missing(exvet.WindowsPath(at), fmt.Errorf("more than %d folders deep: not looked at", maxFolderDepth)))
					return fs.SkipDir
				}
				return nil
			}
			if parent := path.Dir(below); parent != "." && strings.EqualFold(path.Base(below), "web.config") {
				found = append(found, strings.Split(parent, "/"))
			}
			return nil
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			open(missing(folder, err))
		}
	}
	r.folders[key] = found
	return found
}

func skip(entry fs.DirEntry) error {
	if entry != nil && entry.IsDir() {
		return fs.SkipDir
	}
	return nil
}
