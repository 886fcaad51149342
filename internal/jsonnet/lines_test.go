package jsonnet

import (
	"maps"
	"testing"
)

func TestLines(t *testing.T) {
	want := map[string]int{"/waivers": 2, "/waivers/0": 3, "/waivers/0/rule": 3, "/waivers/0/a~1b": 4, "/waivers/1": 6, "/waivers/1/rule": 6}
	tests := []struct{ file, source string }{
		{"a.yaml", "# comment\nwaivers:\n- rule: X\n  a/b: [1,\n    2]\n- rule: Y\n"},
		{"a.json", "{\n\"waivers\": [\n{\"rule\": \"X\",\n\"a/b\": [1,\n2]},\n{\"rule\": \"Y\"}]}"},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			got, err := Lines(tt.file, []byte(tt.source), func(pointer string) bool { return want[pointer] > 0 })
			if err != nil {
				t.Fatal(err)
			}
			if !maps.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func TestLinesRefuses(t *testing.T) {
	for file, source := range map[string]string{
		"twice.json": `{"a": 1, "a": 2}`,
		"twice.yaml": "a: 1\na: 2\n",
		"open.yaml":  "a: [1\n",
		"empty.yaml": "",
	} {
		t.Run(file, func(t *testing.T) {
			if _, err := Lines(file, []byte(source), func(string) bool { return true }); err == nil {
				t.Error("accepted")
			}
		})
	}
}
