package bundles

import (
	"bytes"
	"cmp"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/util"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/jsonnet"
)

const recipeLibrary = "recipe.libsonnet"

// recipeFiles is what every recipe may import.
//
//go:embed recipes/recipe.libsonnet
var recipeFiles embed.FS

// A Recipe says what makes a bundle, as recipes/recipe.libsonnet explains.
type Recipe struct {
	Directory string         `json:"directory"` // beside the recipe in the file; ReadRecipe puts the recipe's folder before it
	Rules     []string       `json:"rules"`
	Except    []string       `json:"except"`
	Settings  map[string]any `json:"settings"`
	Waivers   []any          `json:"waivers"`
	Probes    []any          `json:"probes"`
	Serial    int            `json:"serial"`
	Revision  string         `json:"revision"`
	MinEngine string         `json:"min_engine"`
	NotAfter  string         `json:"not_after"`
}

// IsRecipe reports whether a path names a recipe rather than a directory or an archive.
func IsRecipe(name string) bool {
	return slices.Contains([]string{".jsonnet", ".json", ".yaml", ".yml"}, strings.ToLower(filepath.Ext(name)))
}

// ReadRecipe reads a recipe in Jsonnet, YAML or JSON. It imports what lies in its folder or below, and recipe.libsonnet.
func ReadRecipe(file string) (Recipe, error) {
	var recipe Recipe
	folder, name := filepath.Split(filepath.Clean(file))
	folder = filepath.Clean(folder)
	root, err := os.OpenRoot(folder)
	if err != nil {
		return recipe, badRecipe("%w", err)
	}
	defer root.Close()
	value, err := jsonnet.Evaluate(withLibrary{root.FS()}, name, jsonnet.Options{})
	if err != nil {
		return recipe, badRecipe("%s: %w", folder, err)
	}
	decoder := json.NewDecoder(bytes.NewReader(value))
	decoder.DisallowUnknownFields()
	decoder.UseNumber()
	if err := decoder.Decode(&recipe); err != nil {
		return recipe, badRecipe("%s: %w; recipe.libsonnet has the fields", file, err)
	}
	if recipe.Directory == "" {
		return recipe, badRecipe("%s names no directory that holds org/<name>/", file)
	}
	if !filepath.IsAbs(recipe.Directory) {
		recipe.Directory = filepath.Join(folder, filepath.FromSlash(recipe.Directory))
	}
	return recipe, nil
}

// withLibrary is a folder that holds recipe.libsonnet even where it does not.
type withLibrary struct{ fs.FS }

func (w withLibrary) Open(name string) (fs.File, error) {
	file, err := w.FS.Open(name)
	if errors.Is(err, fs.ErrNotExist) && path.Base(name) == recipeLibrary {
		return recipeFiles.Open("recipes/" + recipeLibrary)
	}
	return file, err
}

// Options are what the recipe says of the manifest.
func (r Recipe) Options() (BuildOptions, error) {
	options := BuildOptions{Revision: r.Revision, Serial: r.Serial, MinEngine: r.MinEngine}
	if r.NotAfter == "" {
		return options, nil
	}
	var err error
	if options.NotAfter, err = time.Parse(time.RFC3339, r.NotAfter); err != nil {
		return options, badRecipe("not_after %q is no time such as 2027-01-01T00:00:00Z", r.NotAfter)
	}
	return options, nil
}

// Load reads the directory, takes the rules the recipe names, and adds its data. Words that rules share are always taken.
func (r Recipe) Load(ctx context.Context) (*Bundle, error) {
	whole, err := Load(ctx, r.Directory)
	if err != nil {
		return nil, err
	}
	dropped, err := r.dropped(whole)
	if err != nil {
		return nil, err
	}
	files := tree{}
	for name, content := range whole.sources {
		if path.Ext(name) == ".rego" {
			module := whole.Modules[filepath.Join(filepath.Clean(r.Directory), name)]
			if module != nil && slices.Contains(dropped, strings.TrimPrefix(module.Package.Path.String(), "data.")) {
				continue
			}
		} else if name != manifestFile {
			continue // all data becomes one file
		}
		files[name] = content
	}
	data, err := r.data(whole)
	if err != nil {
		return nil, err
	}
	files["data.json"] = data
	return files.organised(filepath.Clean(r.Directory))
}

// dropped lists the packages of the rules the recipe leaves out.
func (r Recipe) dropped(whole *Bundle) ([]string, error) {
	used := map[string]bool{}
	matches := func(globs []string, id string) (bool, error) {
		found := false
		for _, glob := range globs {
			ok, err := path.Match(glob, id)
			if err != nil {
				return false, badRecipe("%q is no glob: %w", glob, err)
			}
			used[glob] = used[glob] || ok
			found = found || ok
		}
		return found, nil
	}
	var dropped []string
	for _, rule := range whole.Rules {
		in, err := matches(r.Rules, rule.ID)
		out, err2 := matches(r.Except, rule.ID)
		if err := cmp.Or(err, err2); err != nil {
			return nil, err
		}
		if !in || out {
			dropped = append(dropped, rule.Package)
		}
	}
	for _, glob := range slices.Concat(r.Rules, r.Except) {
		if !used[glob] {
			return nil, badRecipe("no rule in %s has an id like %q", r.Directory, glob)
		}
	}
	return dropped, nil
}

// data adds the recipe's data to the directory's: lists are joined, tables merged.
func (r Recipe) data(whole *Bundle) ([]byte, error) {
	added := map[string]any{}
	for name, value := range map[string]any{"settings": r.Settings, "waivers": r.Waivers, "probes": r.Probes} {
		if content, err := json.Marshal(value); err != nil {
			return nil, badRecipe("%w", err)
		} else if !slices.Contains([]string{"null", "[]", "{}"}, string(content)) {
			added[name] = value
		}
	}
	var data map[string]any
	copied, err := json.Marshal(whole.Data)
	if err != nil {
		return nil, err
	}
	if err := util.UnmarshalJSON(copied, &data); err != nil {
		return nil, err
	}
	_, name, _ := strings.Cut(whole.Info.Name, "/")
	return json.Marshal(joined(data, map[string]any{"org": map[string]any{name: added}}))
}

func joined(existing, added any) any {
	switch added := added.(type) {
	case map[string]any:
		if table, ok := existing.(map[string]any); ok {
			for key, value := range added {
				table[key] = joined(table[key], value)
			}
			return table
		}
	case []any:
		if list, ok := existing.([]any); ok {
			return slices.Concat(list, added)
		}
	}
	return added
}

func badRecipe(format string, args ...any) error {
	return exvet.Refuse("bundle/recipe", format, args...)
}
