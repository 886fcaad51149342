package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/encoding/unicode"

	"github.com/exvet/exvet"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"exvet": main})
}

// TestScripts runs each behaviour of a command as a user sees it. Scripts know the rendered fixtures as $FIXTURES, the made
// servers as $EVIDENCE, the recipes as $RECIPES, and commands of their own: `code N exvet ...`, `fits report|snapshot FILE`,
// `utf16 FILE`, `zip FILE FOLDER`, `keys NAME` and `until FILE REGEX`.
func TestScripts(t *testing.T) {
	fixtures, err := filepath.Abs(filepath.Join("..", "..", "policies", "fixtures"))
	if err != nil {
		t.Fatal(err)
	}
	evidence, err := filepath.Abs(filepath.Join("..", "..", "testdata", "evidence"))
	if err != nil {
		t.Fatal(err)
	}
	recipes, err := filepath.Abs(filepath.Join("..", "..", "bundles", "recipes"))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("FIXTURES", fixtures)
			env.Setenv("EVIDENCE", evidence)
			env.Setenv("RECIPES", recipes)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code":  code,
			"fits":  fits,
			"keys":  keys,
			"until": until,
			"utf16": utf16,
			"zip":   zipFolder,
		},
	})
}

// code runs a program and fails unless it ends with the exit code: `code 3 exvet scan x`.
func code(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N program [args...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// until waits for a file that has a line like a pattern: `until out.txt '1 passed'`.
func until(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: until FILE REGEX")
	}
	pattern, err := regexp.Compile("(?m)" + args[1])
	ts.Check(err)
	var content []byte
	for range 600 {
		if content, err = os.ReadFile(ts.MkAbs(args[0])); err == nil && pattern.Match(content) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	ts.Fatalf("%s never had %q: %s", args[0], args[1], content)
}

// fits checks a document against the schema of its kind: `fits report r.json`.
func fits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: fits report|snapshot FILE")
	}
	schema := exvet.ReportSchema()
	if args[0] == "snapshot" {
		schema = exvet.SnapshotSchema()
	}
	ts.Check(validate(schema, []byte(ts.ReadFile(args[1]))))
}

// zipFolder packs a folder: `zip ev.zip ev`.
func zipFolder(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: zip FILE FOLDER")
	}
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	ts.Check(w.AddFS(os.DirFS(ts.MkAbs(args[1]))))
	ts.Check(w.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), packed.Bytes(), 0o644))
}

// utf16 rewrites a file as the > of Windows PowerShell does.
func utf16(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: utf16 FILE")
	}
	encoded, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(ts.ReadFile(args[0]))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(encoded), 0o600))
}

// validate checks a document against a schema.
func validate(schema, document []byte) error {
	root, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return err
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("exvet.schema.json", root); err != nil {
		return err
	}
	compiled, err := compiler.Compile("exvet.schema.json")
	if err != nil {
		return err
	}
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		return err
	}
	return compiled.Validate(instance)
}
