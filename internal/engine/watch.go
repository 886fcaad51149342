package engine

import (
	"cmp"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/exvet/exvet"
)

// A watch follows the lines of one package while OPA evaluates it.
type watch struct {
	files map[string]bool
	lines map[place]*line
	notes []exvet.Note
	left  int // notes left out
}

type place struct {
	file string
	row  int
}

// A line is what is known of the expressions that begin in it.
type line struct {
	text   string
	counts map[ast.Node]*count
	failed []string
	looked int
}

type count struct{ tried, failed int }

// newWatch knows the lines of a package before any is tried: those that never are say where a rule stopped.
func newWatch(compiler *ast.Compiler, pkg ast.Ref) *watch {
	w := &watch{files: map[string]bool{}, lines: map[place]*line{}, notes: []exvet.Note{}}
	for file, module := range compiler.Modules {
		if !module.Package.Path.Equal(pkg) {
			continue
		}
		w.files[file] = true
		for _, rule := range module.Rules {
			if rule.Head.Name == "about" {
				continue
			}
			ast.WalkExprs(rule, func(expr *ast.Expr) bool {
				w.know(expr)
				return false
			})
		}
	}
	return w
}

// know begins to count an expression of the package.
func (w *watch) know(expr *ast.Expr) {
	at := expr.Location
	if at == nil || !w.files[at.File] || len(at.Text) == 0 {
		return
	}
	where := place{at.File, at.Row}
	l := w.lines[where]
	if l == nil {
		l = &line{counts: map[ast.Node]*count{}}
		w.lines[where] = l
	}
	text, _, _ := strings.Cut(string(at.Text), "\n")
	if text = strings.TrimSpace(text); len(text) > len(l.text) {
		l.text = text
	}
	l.counts[expr] = &count{}
}

// at gives the count of an expression that is known, or nils. OPA makes some of its own while it evaluates: the complement of a
// negated one.
func (w *watch) at(expr *ast.Expr) (*line, *count) {
	if expr.Location == nil {
		return nil, nil
	}
	l := w.lines[place{expr.Location.File, expr.Location.Row}]
	if l == nil || l.counts[expr] == nil {
		return nil, nil
	}
	return l, l.counts[expr]
}

// Enabled says that the watch is on.
func (*watch) Enabled() bool { return true }

// Config asks for the values of variables.
func (*watch) Config() topdown.TraceConfig { return topdown.TraceConfig{PlugLocalVars: true} }

// TraceEvent counts.
func (w *watch) TraceEvent(event topdown.Event) {
	if event.Op == topdown.NoteOp {
		w.note(event.Location, event.Message)
		return
	}
	if event.Op != topdown.EvalOp && event.Op != topdown.FailOp {
		return
	}
	expr, ok := event.Node.(*ast.Expr)
	if !ok {
		return
	}
	l, c := w.at(expr)
	switch {
	case l == nil:
	case event.Op == topdown.EvalOp:
		c.tried++
	default:
		c.failed++
		if l.looked++; len(l.failed) < maxSamples && l.looked <= maxLooks {
			if values := valuesOf(expr, &event); values != "" && !slices.Contains(l.failed, values) {
				l.failed = append(l.failed, values)
			}
		}
	}
}

// steps is the lines in order. A line is one step, whatever OPA made of it: it was tried as often as the first of its
// expressions, and held as often as all of them did.
func (w *watch) steps() []exvet.Step {
	steps := []exvet.Step{}
	for where, l := range w.lines {
		step := exvet.Step{File: where.file, Line: where.row, Text: cut(l.text), Failed: l.failed}
		failed := 0
		for _, c := range l.counts {
			step.Tried, failed = max(step.Tried, c.tried), failed+c.failed
		}
		step.Held = max(step.Tried-failed, 0)
		if step.Failed == nil {
			step.Failed = []string{}
		}
		steps = append(steps, step)
	}
	slices.SortFunc(steps, func(a, b exvet.Step) int { return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line)) })
	return steps
}

// valuesOf writes what an expression compares: "module.key = \"session\", module.type = \"...\"".
func valuesOf(expr *ast.Expr, event *topdown.Event) string {
	var texts []string
	say := func(name string, value ast.Value) {
		text := shown(value)
		if name != "" {
			text = name + " = " + text
		}
		if !slices.Contains(texts, text) && len(texts) < maxSamples {
			texts = append(texts, text)
		}
	}
	ast.WalkTerms(expr, func(term *ast.Term) bool {
		switch value := term.Value.(type) {
		case ast.Ref:
			head, ok := value[0].Value.(ast.Var)
			if !ok {
				return false
			}
			base := event.Locals.Get(head)
			if base == nil {
				return false // input and data: the text of the line says them
			}
			name := nameOf(head, event)
			found, err := base.Find(value[1:].GroundPrefix())
			if err != nil || !value[1:].IsGround() {
				return false
			}
			say(strings.TrimPrefix(ast.Ref{ast.VarTerm(name)}.Concat(value[1:]).String(), "."), found)
			return true
		case ast.Var:
			if bound := event.Locals.Get(value); bound != nil {
				say(nameOf(value, event), bound)
			}
		}
		return false
	})
	return strings.Join(texts, ", ")
}

// nameOf is a variable as the author wrote it, or "" for one of OPA's own making.
func nameOf(variable ast.Var, event *topdown.Event) string {
	if meta, ok := event.LocalMetadata[variable]; ok && meta.Name != "" && !meta.Name.IsGenerated() && !strings.HasPrefix(string(meta.Name), "__local") {
		return string(meta.Name)
	}
	if strings.HasPrefix(string(variable), "__local") || variable.IsGenerated() {
		return ""
	}
	return string(variable)
}
