package authoring

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
	"github.com/exvet/exvet/internal/engine"
	"github.com/exvet/exvet/policies"
)

// TestStockTools holds what is scaffolded to the tools a user may have beside exvet, in the versions of tools/: opa tests it to the
// same results, and opa check, opa fmt and regal have nothing to say.
func TestStockTools(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("the tools are built with go, which is not there")
	}
	if testing.Short() {
		t.Skip("optional: builds opa and regal")
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	own, core := filepath.Join(t.TempDir(), "own"), coreBeside(t)
	for _, wanted := range []NewRule{
		{ID: "ACME-IIS-001", Org: "acme", Title: "A title of many words, which makes a long name: for rule and test"},
		{ID: "ACME-SVC-001", Name: "our_agent", Title: "It's ours"},
	} {
		if _, err := New(t.Context(), own, wanted); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{own, filepath.Join(root, "bundles", "example")} {
		if _, err := os.Stat(dir); err != nil {
			continue
		}
		t.Run(filepath.Base(dir), func(t *testing.T) { stockTools(t, root, core, dir) })
	}
}

// coreBeside writes the core's policies without their tests, as exvet holds them.
func coreBeside(t *testing.T) string {
	t.Helper()
	core := filepath.Join(t.TempDir(), "core")
	err := fs.WalkDir(policies.Files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(name, "_test.rego") {
			return err
		}
		content, err := policies.Files.ReadFile(name)
		if err != nil {
			return err
		}
		path := filepath.Join(core, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		return os.WriteFile(path, content, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	return core
}

// typedBy writes the schema of snapshots with the probes of a directory, as exvet schema snapshot --bundle prints it.
func typedBy(t *testing.T, dir string) string {
	t.Helper()
	loaded, err := bundles.Load(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	schema, err := engine.Schema(exvet.SnapshotSchema(), []*bundles.Bundle{loaded})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "snapshot.schema.json")
	if err := os.WriteFile(file, schema, 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func stockTools(t *testing.T, root, core, dir string) {
	tool := func(module, name string, args ...string) ([]byte, error) {
		args = append([]string{"tool", "-modfile=" + filepath.Join(root, "tools", module, "go.mod"), name}, args...)
		cmd := exec.CommandContext(t.Context(), "go", args...)
		cmd.Dir = root
		var out, complaint bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &complaint
		err := cmd.Run()
		if err != nil {
			t.Logf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, out.String(), complaint.String())
		}
		return out.Bytes(), err
	}
	out, err := tool("opa", "opa", "test", "--timeout", "60s", "--format", "json", core, dir)
	if err != nil {
		t.Error("opa test fails")
	}
	var stock []struct {
		Package string
		Name    string
		Fail    bool
	}
	if err := json.Unmarshal(out, &stock); err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	for _, test := range stock {
		want[strings.TrimPrefix(test.Package, "data.")+"."+test.Name] = !test.Fail
	}
	tested, err := Test(t.Context(), dir, TestOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(tested.Tests) != len(want) || len(want) == 0 {
		t.Errorf("%d tests, and opa ran %d", len(tested.Tests), len(want))
	}
	for _, test := range tested.Tests {
		if pass, ok := want[test.Package+"."+test.Name]; !ok || pass != (test.Outcome == passed) {
			t.Errorf("%s.%s: %s, and opa says pass is %t", test.Package, test.Name, test.Outcome, pass)
		}
	}
	if _, err := tool("opa", "opa", "check", "--strict", "--schema", typedBy(t, dir), core, dir); err != nil {
		t.Error("opa check refuses it")
	}
	if out, err := tool("opa", "opa", "fmt", "--list", filepath.Join(dir, "org")); err != nil || len(out) > 0 {
		t.Errorf("opa fmt would change %s", out)
	}
	// The core is there to be referred to; what regal says of it is for other checks. Found violations are an exit code, too.
	out, _ = tool("regal", "regal", "lint", "--config-file", ".regal.yaml", "--format", "json", core, filepath.Join(dir, "org"))
	var linted struct {
		Violations []struct {
			Title    string
			Location struct {
				File string
				Row  int
			}
		}
		Summary struct {
			FilesScanned int `json:"files_scanned"`
		}
	}
	if err := json.Unmarshal(out, &linted); err != nil || linted.Summary.FilesScanned == 0 {
		t.Fatalf("regal: %d files scanned, %v", linted.Summary.FilesScanned, err)
	}
	for _, violation := range linted.Violations {
		if !strings.HasPrefix(violation.Location.File, core) {
			t.Errorf("regal: %s:%d: %s", violation.Location.File, violation.Location.Row, violation.Title)
		}
	}
}
