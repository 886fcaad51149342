package authoring

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/util"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
	"github.com/exvet/exvet/internal/jsonnet"
)

// Fixtures lie in fixtures/<name>/, where stock opa reads them as data.fixtures.<name>. Those that a file fixtures.jsonnet
// beside a rule describes are rendered to snapshot.json there, with the healthy server.
const (
	fixturesFolder = "fixtures"
	fixturesFile   = "fixtures.jsonnet"
	snapshotFile   = "snapshot.json"
	healthy        = "healthy"
)

// render makes the fixtures that the organisation's fixtures.jsonnet files describe, by name. What is wrong with one of them
// is a problem.
func (d *directory) render(ctx context.Context) (map[string][]byte, []Problem, error) {
	root, err := os.OpenRoot(d.path)
	if err != nil {
		return nil, nil, exvet.Refuse("bundle/not-found", "read %q: %w", d.path, err)
	}
	defer root.Close()
	files, err := fixtureFiles(ctx, root.FS())
	if err != nil || len(files) == 0 {
		return nil, nil, err
	}
	library := overlay{own: root.FS(), library: bundles.Snapshots()}
	rendered, from := map[string][]byte{}, map[string]string{}
	var problems []Problem
	for _, file := range files {
		named, err := renderFile(library, file)
		if err != nil {
			problems = append(problems, ofJsonnet(d.path, file, err))
			continue
		}
		for name, content := range named {
			if other, ok := from[name]; ok {
				problems = append(problems, Problem{
					Reason: "lint/fixture", File: filepath.Join(d.path, file),
					Text: fmt.Sprintf("fixture %q is also one of %s; give it another name", name, filepath.Join(d.path, other)),
				})
				continue
			}
			rendered[name], from[name] = content, file
		}
	}
	if _, ok := rendered[healthy]; !ok {
		usual, err := renderFile(library, "exvet/server.libsonnet")
		if err != nil {
			return nil, nil, err
		}
		rendered[healthy] = usual[healthy]
	}
	return rendered, problems, ctx.Err()
}

// renderLimit is for hangs; a fixture takes a tenth of a second.
const renderLimit = 5 * time.Minute

func renderFile(library fs.FS, file string) (map[string][]byte, error) {
	value, err := jsonnet.Evaluate(library, file, jsonnet.Options{Timeout: renderLimit, MaxSize: maxFile})
	if err != nil {
		return nil, err
	}
	var fixtures map[string]json.RawMessage
	if err := json.Unmarshal(value, &fixtures); err != nil {
		return nil, fmt.Errorf("%s: its value is no object of fixtures by name", file)
	}
	named := map[string][]byte{}
	for name, fixture := range fixtures {
		if name == "" || strings.ContainsAny(name, `/\:*?"<>|`) || strings.HasPrefix(name, ".") {
			return nil, fmt.Errorf("%s: %q is no name of a fixture; it becomes that of a folder", file, name)
		}
		var out bytes.Buffer
		if err := json.Indent(&out, bytes.TrimSpace(fixture), "", "  "); err != nil {
			return nil, err
		}
		out.WriteByte('\n')
		named[name] = out.Bytes()
	}
	return named, nil
}

// ofJsonnet makes a problem of an error of Jsonnet, which begins with a file's name and most often a line.
func ofJsonnet(dir, file string, err error) Problem {
	text := strings.Join(strings.Fields(err.Error()), " ")
	p := located(&exvet.Refusal{Reason: "lint/fixture", Err: errors.New(text)})
	if p.File == "" {
		p.File, p.Text = file, strings.TrimPrefix(text, file+": ")
	}
	p.File = filepath.Join(dir, filepath.FromSlash(p.File))
	return p
}

// fixtureFiles lists the files called fixtures.jsonnet.
func fixtureFiles(ctx context.Context, own fs.FS) ([]string, error) {
	var files []string
	err := fs.WalkDir(own, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return exvet.Refuse("bundle/parse", "read %q: %w", name, err)
		case entry.IsDir() && name != "." && (strings.HasPrefix(entry.Name(), ".") || name == fixturesFolder):
			return fs.SkipDir
		case entry.Type().IsRegular() && entry.Name() == fixturesFile:
			files = append(files, name)
		}
		return ctx.Err()
	})
	return files, err
}

// stale says which fixtures are not what their Jsonnet renders.
func (d *directory) stale(ctx context.Context) ([]Problem, error) {
	rendered, problems, err := d.render(ctx)
	if err != nil || len(problems) > 0 {
		return problems, err
	}
	for _, name := range slices.Sorted(maps.Keys(rendered)) {
		file := filepath.Join(d.path, fixturesFolder, name, snapshotFile)
		content, err := os.ReadFile(file)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			problems = append(problems, Problem{Reason: "lint/fixture", File: file, Text: "not rendered yet; exvet rule test renders it"})
		case err != nil:
			problems = append(problems, Problem{Reason: "lint/fixture", File: file, Text: "cannot be read: " + err.Error()})
		case !bytes.Equal(content, rendered[name]):
			problems = append(problems, Problem{Reason: "lint/fixture", File: file, Text: "not what its Jsonnet renders; exvet rule test renders it anew"})
		}
	}
	return problems, nil
}

// Render writes the fixtures that are not what their Jsonnet says, and gives their files. Nothing else in fixtures/ is touched: a
// snapshot of a real server may lie there too.
func Render(ctx context.Context, dir string) ([]string, error) {
	d := &directory{path: filepath.Clean(dir)}
	rendered, problems, err := d.render(ctx)
	if err != nil {
		return nil, err
	}
	if len(problems) > 0 {
		return nil, exvet.Refuse(problems[0].Reason, "%s", problems[0].place())
	}
	var written []string
	for _, name := range slices.Sorted(maps.Keys(rendered)) {
		file := filepath.Join(d.path, fixturesFolder, name, snapshotFile)
		if content, err := os.ReadFile(file); err == nil && bytes.Equal(content, rendered[name]) {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			return written, err
		}
		if err := os.WriteFile(file, rendered[name], 0o666); err != nil {
			return written, err
		}
		written = append(written, file)
	}
	return written, nil
}

// fixtures reads data.fixtures as stock opa does: the value of each JSON or YAML file, at the path of its folder.
func (d *directory) fixtures(ctx context.Context) (map[string]any, error) {
	data := map[string]any{}
	top := filepath.Join(d.path, fixturesFolder)
	if _, err := os.Stat(top); errors.Is(err, fs.ErrNotExist) {
		return data, nil
	}
	err := filepath.WalkDir(top, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return exvet.Refuse("bundle/parse", "read %q: %w", name, err)
		}
		kind := path.Ext(entry.Name())
		if entry.IsDir() || kind != ".json" && kind != ".yaml" && kind != ".yml" {
			return ctx.Err()
		}
		content, err := readFile(name)
		if err != nil {
			return err
		}
		var value any
		if err := util.Unmarshal(content, &value); err != nil {
			return exvet.Refuse("bundle/parse", "%s: %s", name, strings.Join(strings.Fields(err.Error()), " "))
		}
		below, err := filepath.Rel(top, filepath.Dir(name))
		if err != nil {
			return err
		}
		at := data
		for part := range strings.SplitSeq(filepath.ToSlash(below), "/") {
			if part == "." {
				continue
			}
			next, ok := at[part].(map[string]any)
			if !ok {
				next = map[string]any{}
				at[part] = next
			}
			at = next
		}
		table, ok := value.(map[string]any)
		if !ok {
			return exvet.Refuse("bundle/parse", "%s: not an object", name)
		}
		for key, member := range table {
			if _, taken := at[key]; taken {
				return exvet.Refuse("bundle/parse", "%s: %q is in another file of the folder too", name, key)
			}
			at[key] = member
		}
		return ctx.Err()
	})
	return data, err
}

// An overlay is an organisation's directory in which exvet/ holds exvet's library of fixtures, at any depth: Jsonnet knows no
// path to search, and imports are relative.
type overlay struct{ own, library fs.FS }

// Open opens a file of the library or of the organisation.
func (o overlay) Open(name string) (fs.File, error) {
	if folder, file := path.Split(name); folder == "exvet/" || strings.HasSuffix(folder, "/exvet/") {
		return o.library.Open(file)
	}
	return o.own.Open(name)
}
