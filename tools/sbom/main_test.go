package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// TestBill makes the bill of this program itself: it holds to CycloneDX's schema, is the same twice, and is refused where
// NOTICE lacks a module.
func TestBill(t *testing.T) {
	program := filepath.Join(t.TempDir(), "sbom")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	notice := filepath.Join(t.TempDir(), "NOTICE")
	lines := "- Go: BSD-3-Clause\n"
	if err := os.WriteFile(notice, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := write(&bytes.Buffer{}, program, notice, "1.2.3"); err == nil || !strings.Contains(err.Error(), "github.com/CycloneDX/cyclonedx-go") {
		t.Fatalf("a module NOTICE lacks: got %v, want an error that names it", err)
	}
	if err := os.WriteFile(notice, []byte(lines+"- github.com/CycloneDX/cyclonedx-go: Apache-2.0, MIT\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var once, again bytes.Buffer
	for _, to := range []*bytes.Buffer{&once, &again} {
		if err := write(to, program, notice, "1.2.3"); err != nil {
			t.Fatal(err)
		}
	}
	if once.String() != again.String() {
		t.Error("the same program gave two bills")
	}
	for _, want := range []string{"v1.2.3", "pkg:golang/std@1.", "Apache-2.0", "MIT"} {
		if !strings.Contains(once.String(), want) {
			t.Errorf("the bill lacks %q:\n%s", want, once.String())
		}
	}
	if err := valid(t, once.Bytes()); err != nil {
		t.Error(err)
	}
	if err := valid(t, bytes.Replace(once.Bytes(), []byte(`"Apache-2.0"`), []byte(`"No-Such-Licence"`), 1)); err == nil {
		t.Error("a licence that SPDX does not know passes: the schema was not applied")
	}
}

// valid holds a bill to the schema that comes with CycloneDX's library.
func valid(t *testing.T, bill []byte) error {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/CycloneDX/cyclonedx-go").Output()
	if err != nil {
		t.Fatal(err)
	}
	schemas := filepath.Join(strings.TrimSpace(string(dir)), "schema")
	compiler := jsonschema.NewCompiler()
	for _, name := range []string{"bom-1.6.schema.json", "spdx.schema.json", "jsf-0.82.schema.json"} {
		found, err := filepath.Glob(filepath.Join(schemas, strings.TrimSuffix(name, ".json")+"*")) // one is misspelt there
		if err != nil || len(found) != 1 {
			t.Fatalf("%s: %v, %v", name, found, err)
		}
		file, err := os.Open(found[0])
		if err != nil {
			t.Fatal(err)
		}
		schema, err := jsonschema.UnmarshalJSON(file)
		file.Close()
		if err != nil {
			t.Fatal(err)
		}
		if err := compiler.AddResource("http://cyclonedx.org/schema/"+name, schema); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := compiler.Compile("http://cyclonedx.org/schema/bom-1.6.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := json.Unmarshal(bill, &value); err != nil {
		return err
	}
	return schema.Validate(value)
}
