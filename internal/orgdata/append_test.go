package orgdata

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/jsonnet"
)

// TestAppend adds a waiver to files of every layout: what comes out says what was there and one more, or is refused.
func TestAppend(t *testing.T) {
	added := exvet.Waiver{
		Rule: "EXV-IIS-004", Subject: `file:C:\a "b": #c`, Reason: "first line\nsecond: line", Owner: "- Ann", Expires: "2026-12-31", Disposition: "accepted",
	}
	const one = "  rule: A-1\n  subject: x\n  reason: r\n  owner: o\n  expires: 2026-12-31\n"
	tests := []struct {
		name, text string
		entries    int // 0: refused
	}{
		{"indented", "waivers:\n  -" + one[1:2] + strings.ReplaceAll(one[2:], "\n  ", "\n    "), 2},
		{"not indented", "waivers:\n-" + one[1:], 2},
		{"no line feed at the end", "waivers:\n-" + strings.TrimSuffix(one[1:], "\n"), 2},
		{"carriage returns", strings.ReplaceAll("waivers:\n-"+one[1:], "\n", "\r\n"), 2},
		{"empty list", "waivers: [] # none\n", 1},
		{"nothing", "waivers:\n", 1},
		{"text in quotes over lines", "waivers:\n- {rule: A-1, subject: x, owner: o, expires: 2026-12-31, reason: 'a\n\n  b'}\n", 2},
		{"text that keeps its end", "waivers:\n- rule: A-1\n  subject: x\n  owner: o\n  expires: 2026-12-31\n  reason: |+\n    a\n\n\n", 2},
		{"list in brackets", "waivers: [{rule: A-1, subject: x, reason: r, owner: o, expires: 2026-12-31}]\n", 0},
		{"end of the document", "waivers:\n-" + one[1:] + "...\n", 0},
		{"JSON in YAML", `{"waivers": []}`, 0},
		{"malformed", "waivers:\n- rule: A-1\n", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "waivers.yaml")
			if err := os.WriteFile(file, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			text, err := Append(file, added)
			if tt.entries == 0 {
				if err == nil {
					t.Fatalf("accepted:\n%s", text)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, text, 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := ReadWaivers(file, jsonnet.Options{})
			if err != nil {
				t.Fatalf("%v in:\n%s", err, text)
			}
			if len(got) != tt.entries {
				t.Fatalf("%d entries, want %d", len(got), tt.entries)
			}
			last := got[len(got)-1]
			last.Source = ""
			if last != added {
				t.Errorf("got %+v, want %+v", last, added)
			}
		})
	}
}

// FuzzProbes holds the reader of probes against arbitrary data: it refuses or accepts, and what it accepts stays within its roots.
func FuzzProbes(f *testing.F) {
	f.Add("a", `C:\Windows\x.txt`, `HKLM\SOFTWARE\A`)
	f.Add("a", `%SystemRoot%\..\Users\x`, `HKLM\SAM`)
	f.Add("a", `C:\Windows\System32\config.\SAM`, `HKLM\SOFTWARE\..\SAM`)
	f.Fuzz(func(t *testing.T, id, path, key string) {
		for _, entry := range []map[string]any{{"id": id, "file": path}, {"id": id, "registry": key}} {
			probes, err := Probes(Source{Name: "x"}, "/org/acme/probes", "acme", []any{entry})
			if err != nil {
				continue
			}
			plain := exvet.PathKey(probes[0].Path)
			for _, never := range []string{`:\users\`, `\system32\config\`, `hklm\sam`, `hklm\security`, `\..\`} {
				if strings.Contains(plain, never) && probes[0].Kind == exvet.ProbeFile || strings.HasPrefix(plain, never) {
					t.Errorf("%q is accepted", probes[0].Path)
				}
			}
		}
	})
}
