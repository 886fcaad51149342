package engine

import (
	"encoding/json"
	"fmt"
	"testing"
)

// BenchmarkLoop measures sixty rules with the table they share beside the same checks as a loop in Go over the same facts, each on
// one core: what the language of the rules costs. Both find the same.
func BenchmarkLoop(b *testing.B) {
	snapshot := large(4)
	e, err := load(b, nil, sixty()...)
	if err != nil {
		b.Fatal(err)
	}
	chosen, _, err := e.choose([]string{"T-*"}, nil)
	if err != nil {
		b.Fatal(err)
	}
	var facts struct {
		Facts struct {
			IIS struct {
				Modules []struct{ Key, File string } `json:"modules"`
			} `json:"iis"`
		} `json:"facts"`
	}
	if err := json.Unmarshal(snapshot, &facts); err != nil {
		b.Fatal(err)
	}
	byRules, byLoop := 0, 0
	b.Run("rules", func(b *testing.B) {
		input, err := decode(snapshot)
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			byRules = 0
			w := worker{run: &run{engine: e, input: input, tables: newTables(e.tables())}}
			for _, index := range chosen {
				byRules += len(w.rule(b.Context(), index).Findings)
			}
		}
	})
	b.Run("loop", func(b *testing.B) {
		for b.Loop() {
			type module = struct{ Key, File string }
			byKey := map[string][]module{}
			for _, m := range facts.Facts.IIS.Modules {
				byKey[m.Key] = append(byKey[m.Key], m)
			}
			byLoop = 0
			for i := range 60 {
				found := map[module]bool{}
				for _, m := range byKey[fmt.Sprintf("module%d", i)] {
					found[m] = true
				}
				byLoop += len(found)
			}
		}
	})
	if byRules != byLoop || byRules == 0 {
		b.Errorf("the rules find %d, the loop %d", byRules, byLoop)
	}
}
