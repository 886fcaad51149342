package authoring

import (
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/exvet/exvet/bundles"
)

// TestSlowShapes holds each shape of speed.md to a slow form that is found and a quick one that is not.
func TestSlowShapes(t *testing.T) {
	tests := []struct {
		name  string
		needs string
		words string // rules beside findings
		body  string // of findings
		want  string // name behind lint/, "" for none
		line  int    // of the body, from 1
	}{
		{"partial object by key", "iis.modules", "_by_key[m.key] := m if some m in input.facts.iis.modules", "some m in input.facts.iis.modules\n\t_by_key[m.key]", "slow-table", 2},
		{"partial object by a variable", "iis.modules", "_by_key[m.key] := m if some m in input.facts.iis.modules", "some m in input.facts.iis.modules\n\tkey := m.key\n\t_by_key[key]", "slow-table", 3},
		{"partial set by key", "iis.modules", "_keys contains m.key if some m in input.facts.iis.modules", "some m in input.facts.iis.modules\n\t_keys[m.name]", "slow-table", 2},
		{"partial set membership", "iis.modules", "_keys contains m.key if some m in input.facts.iis.modules", "some m in input.facts.iis.modules\n\tm.name in _keys", "", 0},
		{"partial object enumerated", "iis.modules", "_by_key[m.key] := m if some m in input.facts.iis.modules", "some key\n\t_by_key[key]\n\tkey != \"\"", "", 0},
		{"complete table", "iis.modules", "_by_key := {m.key: m | some m in input.facts.iis.modules}", "some m in input.facts.iis.modules\n\t_by_key[m.key]", "", 0},
		{"constant keys", "iis.modules", "_names[\"a\"] := 1\n\n_names[\"b\"] := 2", "some m in input.facts.iis.modules\n\t_names[m.key]", "", 0},
		{"scan of a list", "iis.modules", "_bad := [\"a\", \"b\"]", "some m in input.facts.iis.modules\n\tsome bad in _bad\n\tm.key == bad", "slow-scan", 3},
		{"scan of data", "iis.modules", "", "some m in input.facts.iis.modules\n\tsome bad in data.org.acme.bad\n\tbad == m.key", "slow-scan", 3},
		{"scan by wildcard", "iis.modules", "", "some m in input.facts.iis.modules\n\tdata.org.acme.bad[_] == m.key", "slow-scan", 2},
		{"membership", "iis.modules", "", "some m in input.facts.iis.modules\n\tm.key in data.org.acme.bad", "", 0},
		{"filter by a constant", "iis.modules", "", "some m in input.facts.iis.modules\n\tm.key == \"a\"", "", 0},
		{"lower on both sides", "iis.modules", "", "some m in input.facts.iis.modules\n\tlower(m.type) == lower(m.name)", "slow-lower", 2},
		{"lower in startswith", "iis.modules", "", "some m in input.facts.iis.modules\n\tstartswith(lower(m.type), lower(m.name))", "slow-lower", 2},
		{"lower on one side", "iis.modules", "", "some m in input.facts.iis.modules\n\tlower(m.type) == \"a\"", "", 0},
		{"time before a cheap test", "iis.modules", "", "some m in input.facts.iis.modules\n\tat := time.parse_rfc3339_ns(m.type)\n\tm.key == \"a\"\n\tat > 5", "slow-time", 2},
		{"time after the cheap tests", "iis.modules", "", "some m in input.facts.iis.modules\n\tm.key == \"a\"\n\tat := time.parse_rfc3339_ns(m.type)\n\tat > 5", "", 0},
		{"time that decides", "iis.modules", "", "some m in input.facts.iis.modules\n\tat := time.parse_rfc3339_ns(m.type)\n\tlimit := at + 5\n\tlimit > 5", "", 0},
		{"walk of the snapshot", "iis", "", "walk(input, [_, m])\n\tm.key == \"a\"", "slow-walk", 1},
		{"walk of facts", "iis", "", "walk(input.facts, [_, m])\n\tm.key == \"a\"", "slow-walk", 1},
		{"walk of a row", "iis.modules", "", "some m in input.facts.iis.modules\n\twalk(m, [_, \"a\"])", "", 0},
		{"join of two tables", "iis", "", "some m in input.facts.iis.modules\n\tsome h in input.facts.iis.handlers\n\tm.key == h.key", "slow-join", 3},
		{"join with a short table", "iis", "", "some m in input.facts.iis.modules\n\tsome p in input.facts.iis.pools\n\tm.key == p.key", "", 0},
		{"join by a table", "iis", "_handlers := {h.key: h | some h in input.facts.iis.handlers}", "some m in input.facts.iis.modules\n\t_handlers[m.key]", "", 0},
		{"ignored in the line", "iis.modules", "", "some m in input.facts.iis.modules\n\tlower(m.type) == lower(m.name) # exvet ignore:slow-lower few rows", "", 0},
		{"ignored above", "iis.modules", "", "some m in input.facts.iis.modules\n\n\t# exvet ignore:slow-walk,slow-lower\n\tlower(m.type) == lower(m.name)", "", 0},
		{"another ignored", "iis.modules", "", "some m in input.facts.iis.modules\n\tlower(m.type) == lower(m.name) # exvet ignore:slow-join", "slow-lower", 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			head, _, _ := strings.Cut(ruleText, "findings contains")
			text := strings.Replace(head, "[iis.modules]", "["+test.needs+"]", 1)
			text = strings.Replace(text, "import data.org.acme.words\n", "", 1)
			text += "findings contains {\"subject\": \"x\", \"message\": \"y\"} if {\n"
			first := strings.Count(text, "\n") + 1
			text += "\t" + test.body + "\n}\n\n" + test.words + "\n"
			module, err := ast.ParseModule(ruleFile, text)
			if err != nil {
				t.Fatal(err)
			}
			d := &directory{own: &bundles.Bundle{Modules: map[string]*ast.Module{ruleFile: module}}}
			got := d.unlessIgnored(sorted(d.slow()))
			if test.want == "" {
				if len(got) > 0 {
					t.Errorf("problems = %q, want none", got)
				}
				return
			}
			want := Problem{Reason: "lint/" + test.want, File: ruleFile, Line: first + test.line - 1}
			if len(got) != 1 || !strings.HasPrefix(got[0].String(), want.String()) {
				t.Errorf("problems = %q, want one that begins with %q", got, want)
			}
		})
	}
}
