package iisconfig

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// A made configuration, small enough to compute by hand.
type made struct {
	apps    []madeApp
	host    []madeBlock
	folders map[string][]madeBlock // web.config of each folder
}

type madeApp struct{ site, path, folder string }

// A madeBlock is what a file says of one path relative to it. Its first block is what stands outside
// <location>, with the path "".
type madeBlock struct {
	path    string
	inherit bool
	steps   []string // "clear", "remove k" or "add k"
}

func randomConfig(r *rand.Rand) made {
	folders := []string{`D:\a`, `D:\b`, `D:\c`}
	m := made{folders: map[string][]madeBlock{}}
	for _, site := range []string{"S", "T"} {
		m.apps = append(m.apps, madeApp{site, "/", folders[r.IntN(3)]})
		for _, path := range []string{"/x", "/x/y", "/z"} {
			if r.IntN(3) > 0 {
				m.apps = append(m.apps, madeApp{site, path, folders[r.IntN(3)]})
			}
		}
	}
	m.host = randomBlocks(r, []string{"", "s", "S/x", "t/X/Y", "T", "S/z", "."})
	for _, folder := range folders {
		if r.IntN(4) > 0 {
			m.folders[folder] = randomBlocks(r, []string{"", ".", "x", "x/y", "y", "Z"})
		}
	}
	return m
}

func randomBlocks(r *rand.Rand, paths []string) []madeBlock {
	blocks := []madeBlock{{inherit: true, steps: randomSteps(r)}}
	for _, path := range paths {
		if r.IntN(2) == 0 {
			blocks = append(blocks, madeBlock{path, r.IntN(3) > 0, randomSteps(r)})
		}
	}
	return blocks
}

func randomSteps(r *rand.Rand) []string {
	var steps []string
	for range r.IntN(4) {
		key := string(rune('a' + r.IntN(4)))
		steps = append(steps, []string{"add " + key, "add " + key, "remove " + strings.ToUpper(key), "clear"}[r.IntN(4)])
	}
	return steps
}

// files writes a made configuration as IIS reads it.
func (m made) files() map[string]string {
	var sites strings.Builder
	for _, site := range []string{"S", "T"} {
		fmt.Fprintf(&sites, `<site name=%q id="1">`, site)
		for _, app := range m.apps {
			if app.site == site {
				fmt.Fprintf(&sites, `<application path=%q><virtualDirectory path="/" physicalPath="%s" /></application>`, app.path, app.folder)
			}
		}
		sites.WriteString("</site>")
	}
	files := map[string]string{hostConfig: "<configuration><system.applicationHost><sites>" + sites.String() +
		"</sites></system.applicationHost>" + writeBlocks(m.host) + "</configuration>"}
	for folder, blocks := range m.folders {
		files["D/"+folder[3:]+"/web.config"] = "<configuration>" + writeBlocks(blocks) + "</configuration>"
	}
	return files
}

func writeBlocks(blocks []madeBlock) string {
	var b strings.Builder
	for i, block := range blocks {
		var steps strings.Builder
		for _, step := range block.steps {
			verb, key, _ := strings.Cut(step, " ")
			fmt.Fprintf(&steps, "<%s name=%q />", verb, key)
		}
		section := modules(steps.String())
		if i > 0 {
			section = fmt.Sprintf(`<location path=%q inheritInChildApplications="%v">%s</location>`, block.path, block.inherit, section)
		}
		b.WriteString(section)
	}
	return b.String()
}

// obvious computes the modules of an application step by step, the way the rules are written down.
func (m made) obvious(app madeApp) []string {
	target := configPath(app.site, app.path)
	type placed struct {
		base   []string
		name   string
		blocks []madeBlock
	}
	files := []placed{{nil, "host", m.host}}
	type live struct{ key, id string }
	var found []live
	for depth := 0; depth <= len(target); depth++ {
		level := target[:depth]
		if depth > 0 {
			if folder := m.folderOf(level); m.folders[folder] != nil {
				files = append(files, placed{level, folder, m.folders[folder]})
			}
		}
		for _, file := range files {
			for i, block := range file.blocks {
				at := append(slices.Clone(file.base), configPath("", block.path)...)
				if !slices.Equal(at, level) || !block.inherit && m.appOf(level) != m.appOf(target) {
					continue
				}
				// Modules are for applications: a web.config may set them at the root of one only.
				if file.name != "host" && len(level) > 1 && !m.isApp(level) {
					continue
				}
				for j, step := range block.steps {
					verb, key, _ := strings.Cut(strings.ToLower(step), " ")
					switch verb {
					case "clear":
						found = nil
					case "remove":
						found = slices.DeleteFunc(found, func(l live) bool { return l.key == key })
					case "add":
						id := fmt.Sprint(file.name, i, j)
						if !slices.Contains(found, live{key, id}) {
							found = append(found, live{key, id})
						}
					}
				}
			}
		}
	}
	keys := []string{}
	for _, l := range found {
		keys = append(keys, l.key)
	}
	return keys
}

func configPath(site, path string) []string {
	var parts []string
	for _, part := range strings.Split(strings.ToLower(site+"/"+path), "/") {
		if part != "" && part != "." {
			parts = append(parts, part)
		}
	}
	return parts
}

// appOf gives the scope of the application a configuration path belongs to, "" for the server level.
func (m made) appOf(path []string) string {
	best, scope := -1, ""
	for _, app := range m.apps {
		at := configPath(app.site, app.path)
		if len(at) <= len(path) && slices.Equal(at, path[:len(at)]) && len(at) > best {
			best, scope = len(at), app.site+app.path
		}
	}
	return scope
}

func (m made) isApp(path []string) bool {
	return slices.ContainsFunc(m.apps, func(a madeApp) bool { return slices.Equal(configPath(a.site, a.path), path) })
}

// folderOf gives the folder a configuration path leads to.
func (m made) folderOf(path []string) string {
	best, folder := -1, ""
	for _, app := range m.apps {
		at := configPath(app.site, app.path)
		if len(at) <= len(path) && slices.Equal(at, path[:len(at)]) && len(at) > best {
			best, folder = len(at), strings.Join(append([]string{app.folder}, path[len(at):]...), `\`)
		}
	}
	return folder
}

// For any small configuration, what Read computes equals the obvious computation.
func TestReadEqualsTheObviousComputation(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 3_000 {
		m := randomConfig(r)
		facts, err := read(t, server{files: m.files()})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string][]string{}
		for _, o := range facts.ModuleOrder {
			got[o.Scope] = o.Modules
		}
		for _, app := range m.apps {
			if want := m.obvious(app); !slices.Equal(got[app.site+app.path], want) {
				t.Fatalf("configuration %d, %s%s: got %q, want %q\n%v", i, app.site, app.path, got[app.site+app.path], want, m.files())
			}
		}
	}
}
