package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/topdown/print"

	"github.com/exvet/exvet"
)

// What an explanation holds at most.
const (
	maxNotes   = 100
	maxSamples = 3   // of a line
	maxValue   = 160 // characters of a value or a note
	maxLooks   = 50  // failures of a line looked at for values that differ
)

// Explain asks one rule once more and watches it: judged is what Evaluate said of the same snapshot, with that rule among its
// results. An id no rule has is an exvet.Refusal.
func (e *Engine) Explain(ctx context.Context, document *Document, id string, judged exvet.ServerReport, options Options) (exvet.Explanation, error) {
	index := slices.IndexFunc(e.rules, matches(id))
	if index < 0 {
		return exvet.Explanation{}, exvet.Refuse("rule/not-found", "no rule has the id %q; exvet rule list shows them", id)
	}
	rule := e.rules[index]
	explained := exvet.Explanation{
		Server: judged.Server, Source: judged.Source, Bundle: rule.Bundle, File: rule.File, Line: rule.Line,
		Steps: []exvet.Step{}, Notes: []exvet.Note{}, Cut: []string{},
	}
	for _, result := range judged.Results {
		if result.ID == rule.ID {
			explained.Result = result
		}
	}
	input := e.probed(document.input)
	explained.Needs = needs(input, rule.Needs, judged.Collected)
	pkg, err := ast.ParseRef("data." + rule.Package)
	if err != nil {
		return exvet.Explanation{}, fmt.Errorf("name package %q: %w", rule.Package, err)
	}
	watch := newWatch(e.compiler, pkg)
	question := e.query(ast.NewTerm(pkg.Append(ast.StringTerm("findings"))))
	limited, cancel := context.WithTimeout(ctx, e.limit)
	defer cancel()
	if err := watched(limited, question, watch, input, options); err != nil && limited.Err() != nil {
		explained.Cut = append(explained.Cut, fmt.Sprintf("gave up watching the rule after %s; counts are those until then", e.limit))
	}
	explained.Steps, explained.Notes = watch.steps(), watch.notes
	if watch.left > 0 {
		explained.Cut = append(explained.Cut, fmt.Sprintf("%d more notes", watch.left))
	}
	return explained, ctx.Err()
}

// watched asks a question with a watch on it. The error of the rule itself is in its result.
func watched(ctx context.Context, question *query, watch *watch, input ast.Value, options Options) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("evaluation failed: %v", r)
		}
	}()
	prepared, err := question.prepare()
	if err != nil {
		return err
	}
	_, err = prepared.Eval(ctx, rego.EvalParsedInput(input), rego.EvalTime(options.Now),
		rego.EvalQueryTracer(watch), rego.EvalPrintHook(watch), rego.EvalRuleIndexing(false))
	return err
}

// needs says how much of each fact was seen.
func needs(input ast.Value, paths []string, collected map[string]exvet.Section) []exvet.Need {
	list := []exvet.Need{}
	for _, path := range paths {
		need := exvet.Need{Facts: path, Rows: -1, Missing: []exvet.Missing{}}
		ref := ast.Ref{ast.StringTerm("facts")}
		for part := range strings.SplitSeq(path, ".") {
			ref = append(ref, ast.StringTerm(part))
		}
		if value, err := input.Find(ref); err == nil {
			switch value := value.(type) {
			case *ast.Array:
				need.Rows = value.Len()
			case ast.Object:
			default:
				need.Value = shown(value)
			}
		}
		section, _, _ := strings.Cut(path, ".")
		seen, ok := collected[section]
		if !ok {
			need.Missing = append(need.Missing, exvet.Missing{Facts: []string{section}, Reason: "not collected"})
		}
		for _, missing := range seen.Missing {
			if slices.ContainsFunc(missing.Facts, func(fact string) bool { return sameBranch(fact, path) }) {
				need.Missing = append(need.Missing, missing)
			}
		}
		if len(need.Missing) == 0 && (seen.Status == exvet.Failed || seen.Status == exvet.Absent) {
			need.Missing = append(need.Missing, exvet.Missing{Facts: []string{section}, Reason: "collection " + string(seen.Status)})
		}
		list = append(list, need)
	}
	return list
}

func sameBranch(fact, need string) bool {
	return fact == need || strings.HasPrefix(fact, need+".") || strings.HasPrefix(need, fact+".")
}

// shown is a value as Rego writes it, cut to a length.
func shown(value fmt.Stringer) string { return cut(value.String()) }

func cut(text string) string {
	if runes := []rune(text); len(runes) > maxValue {
		return string(runes[:maxValue]) + "…"
	}
	return text
}

// Print keeps what a rule prints: it is the hook of print().
func (w *watch) Print(at print.Context, text string) error {
	w.note(at.Location, text)
	return nil
}

func (w *watch) note(at *ast.Location, text string) {
	if len(w.notes) >= maxNotes {
		w.left++
		return
	}
	note := exvet.Note{Text: cut(strings.TrimSpace(text))}
	if at != nil {
		note.File, note.Line = at.File, at.Row
	}
	w.notes = append(w.notes, note)
}

var _ print.Hook = (*watch)(nil)
