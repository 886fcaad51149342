package authoring

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
	"github.com/exvet/exvet/internal/engine"
)

// misfits says which fixtures are no snapshots: a test on a server that cannot be says nothing. Facts of the
// organisation's own probes count as the probes type them.
func (d *directory) misfits() ([]Problem, error) {
	top := filepath.Join(d.path, fixturesFolder)
	var schema *jsonschema.Schema
	var problems []Problem
	err := filepath.WalkDir(top, func(name string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && name == top {
			return fs.SkipAll
		}
		if err != nil {
			return exvet.Refuse("bundle/parse", "read %q: %w", name, err)
		}
		if entry.IsDir() || entry.Name() != snapshotFile {
			return nil
		}
		if schema == nil {
			if schema, err = d.snapshotSchema(); err != nil {
				return err
			}
		}
		content, err := readFile(name)
		if err != nil {
			return err
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
		if err != nil {
			return exvet.Refuse("bundle/parse", "%s: %s", name, strings.Join(strings.Fields(err.Error()), " "))
		}
		var wrong *jsonschema.ValidationError
		if errors.As(schema.Validate(value), &wrong) {
			problems = append(problems, Problem{Reason: "lint/fixture", File: name, Text: misfit(wrong)})
		}
		return nil
	})
	return problems, err
}

// snapshotSchema is what a snapshot is checked against.
func (d *directory) snapshotSchema() (*jsonschema.Schema, error) {
	text, err := engine.Schema(exvet.SnapshotSchema(), []*bundles.Bundle{d.own})
	if err != nil {
		return nil, err
	}
	root, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("read the snapshot schema: %w", err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("snapshot.schema.json", root); err != nil {
		return nil, err
	}
	return compiler.Compile("snapshot.schema.json")
}

// misfit says in one line where a document does not fit first, and how.
func misfit(wrong *jsonschema.ValidationError) string {
	for len(wrong.Causes) > 0 {
		wrong = wrong.Causes[0]
	}
	return fmt.Sprintf("at /%s: %s; exvet schema snapshot says what a snapshot is",
		strings.Join(wrong.InstanceLocation, "/"), wrong.ErrorKind.LocalizedString(message.NewPrinter(language.English)))
}
