package jsonnet

import (
	"encoding/json"
	"testing"
)

// FuzzYAML reads YAML as it comes in bundles and configuration: JSON or an error with the file's name.
func FuzzYAML(f *testing.F) {
	f.Add([]byte("waivers:\n  - rule: A-1\n    expires: 2026-12-31\n    reason: |\n      a\n      b\n"))
	f.Add([]byte("a: &x [1, 2.5, yes, ~, 0x1f, .inf]\nb: *x\nc: {d: *x}\n"))
	f.Add([]byte("a: 1\n---\nb: 2\n"))
	f.Fuzz(func(t *testing.T, source []byte) {
		out, err := parseYAML("x.yaml", source)
		if err == nil && !json.Valid(out) {
			t.Errorf("%q gives what is no JSON: %q", source, out)
		}
		_, _ = Lines("x.yaml", source, func(string) bool { return true })
	})
}

// FuzzJSON reads JSON as it comes in bundles and configuration.
func FuzzJSON(f *testing.F) {
	f.Add([]byte(`{"a": [1, "b", null], "c": {"d": 1e3}}`))
	f.Add([]byte("\ufeff{\"a\": 1, \"a\": 2}"))
	f.Fuzz(func(t *testing.T, source []byte) {
		out, err := parseJSON("x.json", source)
		if err == nil && !json.Valid(out) {
			t.Errorf("%q gives what is no JSON: %q", source, out)
		}
		if _, lines := Lines("x.json", source, func(string) bool { return true }); (err == nil) != (lines == nil) {
			t.Errorf("%q: read %v, its lines %v", source, err, lines)
		}
	})
}
