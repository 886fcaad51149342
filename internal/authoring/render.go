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

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
	"github.com/exvet/exvet/internal/jsonnet"
)

// render makes the fixtures that the organisation's fixtures.jsonnet files describe, by name, with the healthy server where none
// of them does. What is wrong with one of them is a problem.
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
	reader := newFixtureReader(root.FS())
	rendered, from := map[string][]byte{}, map[string]string{}
	var problems []Problem
	for _, file := range files {
		named, err := reader.render(file)
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
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
	}
	if _, ok := rendered[healthy]; !ok {
		if rendered[healthy], err = reader.healthy(); err != nil {
			return nil, nil, err
		}
	}
	return rendered, problems, ctx.Err()
}

// renderLimit is for hangs; a fixture takes a tenth of a second.
const renderLimit = 5 * time.Minute

// libraryName is what fixtures.jsonnet imports exvet's library of fixtures by: 'exvet/server.libsonnet'.
const libraryName = "exvet"

type fixtureReader struct{ *jsonnet.Reader }

func newFixtureReader(own fs.FS) fixtureReader {
	return fixtureReader{jsonnet.NewReader(own, jsonnet.Options{
		Timeout: renderLimit, MaxSize: maxFile, Library: map[string]fs.FS{libraryName: bundles.Snapshots()},
	})}
}

// render gives the fixtures a file describes, by name.
func (r fixtureReader) render(file string) (map[string][]byte, error) {
	value, err := r.Evaluate(file)
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

// healthy gives the library's healthy server.
func (r fixtureReader) healthy() ([]byte, error) {
	usual, err := r.render(libraryName + "/server.libsonnet")
	return usual[healthy], err
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
	return d.write(rendered)
}

// renderOne writes the fixtures of one fixtures.jsonnet, by its slash-separated name in the directory, and the healthy server where
// there is none yet.
func (d *directory) renderOne(file string) ([]string, error) {
	root, err := os.OpenRoot(d.path)
	if err != nil {
		return nil, exvet.Refuse("bundle/not-found", "read %q: %w", d.path, err)
	}
	defer root.Close()
	reader := newFixtureReader(root.FS())
	rendered, err := reader.render(file)
	if err != nil {
		p := ofJsonnet(d.path, file, err)
		return nil, exvet.Refuse(p.Reason, "%s", p.place())
	}
	if _, err := root.Stat(path.Join(fixturesFolder, healthy, snapshotFile)); errors.Is(err, fs.ErrNotExist) && rendered[healthy] == nil {
		if rendered[healthy], err = reader.healthy(); err != nil {
			return nil, err
		}
	}
	return d.write(rendered)
}

// write writes those fixtures whose files differ, and gives their names.
func (d *directory) write(rendered map[string][]byte) ([]string, error) {
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
