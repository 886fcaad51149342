package collectors

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/invopop/jsonschema"

	"github.com/exvet/exvet"
)

var update = flag.Bool("update", false, "write the files the tests compare with")

// TestSchema draws both schemas from the Go types and compares them with the files at the root.
func TestSchema(t *testing.T) {
	tests := []struct {
		name  string
		title string
		draw  func(*jsonschema.Reflector) *jsonschema.Schema
	}{
		{"snapshot.schema.json", "exvet snapshot", drawSnapshot},
		{"report.schema.json", "exvet report", drawReport},
		{"waivers.schema.json", "exvet waivers", drawWaivers},
		{"probes.schema.json", "exvet probes", drawProbes},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			schema := tt.draw(&jsonschema.Reflector{Anonymous: true, DoNotReference: true})
			schema.Version = "http://json-schema.org/draft-07/schema#"
			schema.Title = tt.title
			got, err := json.MarshalIndent(schema, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, '\n')
			file := filepath.Join("..", tt.name)
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s differs from the Go types; run make schema", tt.name)
			}
		})
	}
}

func drawReport(r *jsonschema.Reflector) *jsonschema.Schema {
	return r.ReflectFromType(reflect.TypeFor[exvet.Report]())
}

// drawWaivers draws the file people write: a Waiver without the place it is written at.
func drawWaivers(r *jsonschema.Reflector) *jsonschema.Schema {
	waiver := r.ReflectFromType(reflect.TypeFor[exvet.Waiver]())
	waiver.Version = ""
	waiver.Properties.Delete("source")
	waiver.Required = []string{"rule", "subject", "reason", "owner", "expires"}
	for _, name := range waiver.Required {
		property, _ := waiver.Properties.Get(name)
		property.MinLength = new(uint64)
		*property.MinLength = 1
	}
	expires, _ := waiver.Properties.Get("expires")
	expires.Pattern = `^\d{4}-\d{2}-\d{2}$`
	file := &jsonschema.Schema{
		Type: "object", Properties: jsonschema.NewProperties(), Required: []string{"waivers"}, AdditionalProperties: jsonschema.FalseSchema,
	}
	file.Properties.Set("waivers", &jsonschema.Schema{Type: "array", Items: waiver})
	return file
}

// drawProbes draws a row of each kind of probe.
func drawProbes(r *jsonschema.Reflector) *jsonschema.Schema {
	kinds := &jsonschema.Schema{Type: "object", Properties: jsonschema.NewProperties(), AdditionalProperties: jsonschema.FalseSchema}
	for _, kind := range exvet.ProbeKinds() {
		row := r.ReflectFromType(reflect.TypeOf(ProbeRows()[kind]))
		row.Version = ""
		kinds.Properties.Set(string(kind), row)
	}
	return kinds
}

// drawSnapshot gives `facts` one property a collector. None is required: a section may be absent.
func drawSnapshot(r *jsonschema.Reflector) *jsonschema.Schema {
	schema := r.ReflectFromType(reflect.TypeFor[exvet.Snapshot]())
	facts := &jsonschema.Schema{
		Type:                 "object",
		Properties:           jsonschema.NewProperties(),
		AdditionalProperties: jsonschema.FalseSchema,
	}
	for _, collector := range All() {
		section := r.ReflectFromType(collector.Facts)
		section.Version = ""
		facts.Properties.Set(collector.Name, section)
	}
	// What organisations ask for: by their names and those of their probes. probes.schema.json types the rows.
	asked := r.ReflectFromType(reflect.TypeFor[[]ProbeAsked]())
	asked.Version = ""
	probes := &jsonschema.Schema{Type: "object", Properties: jsonschema.NewProperties(), AdditionalProperties: &jsonschema.Schema{
		Type: "object", AdditionalProperties: &jsonschema.Schema{Type: "array", Items: &jsonschema.Schema{Type: "object"}},
	}}
	probes.Properties.Set("asked", asked)
	facts.Properties.Set(ProbesSection, probes)
	schema.Properties.Set("facts", facts)
	return schema
}

// TestFactsHaveNames refuses a fact without a JSON name of its own, which no rule could be written against.
func TestFactsHaveNames(t *testing.T) {
	for _, collector := range All() {
		t.Run(collector.Name, func(t *testing.T) { checkNames(t, collector.Facts) })
	}
	for kind, row := range ProbeRows() {
		t.Run("probe "+string(kind), func(t *testing.T) { checkNames(t, reflect.TypeOf(row)) })
	}
}

func checkNames(t *testing.T, typ reflect.Type) {
	switch typ.Kind() {
	case reflect.Pointer, reflect.Slice:
		checkNames(t, typ.Elem())
	case reflect.Map:
		t.Errorf("%s: facts are arrays of objects with a key field; OPA cannot see through free keys", typ)
	case reflect.Struct:
		for field := range typ.Fields() {
			if field.Tag.Get("json") == "" && !field.Anonymous {
				t.Errorf("%s.%s has no json name", typ, field.Name)
			}
			checkNames(t, field.Type)
		}
	}
}
