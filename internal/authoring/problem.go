package authoring

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
)

// A Problem is one thing that is wrong in an organisation's directory: where, what and what to do.
type Problem struct {
	Reason string // stable, for scripts: "bundle/metadata", "lint/slow-join"
	File   string
	Line   int // 0 where it is about the whole file
	Text   string
}

// String is the problem in one line, as a compiler writes it: "file:line: reason: text".
func (p Problem) String() string {
	return fmt.Sprintf("%s%s: %s", p.where(), p.Reason, p.Text)
}

// place is the problem without its reason.
func (p Problem) place() string { return p.where() + p.Text }

func (p Problem) where() string {
	switch {
	case p.File == "":
		return ""
	case p.Line == 0:
		return p.File + ": "
	}
	return fmt.Sprintf("%s:%d: ", p.File, p.Line)
}

// placed is how refusals of bundles begin.
var placed = exvet.Pattern(`^(.+?):([0-9]+): (.*)$`)

// located makes a problem of a refusal.
func located(refusal *exvet.Refusal) Problem {
	text := refusal.Err.Error()
	if parts := placed().FindStringSubmatch(text); parts != nil {
		if line, err := strconv.Atoi(parts[2]); err == nil {
			return Problem{Reason: refusal.Reason, File: parts[1], Line: line, Text: parts[3]}
		}
	}
	return Problem{Reason: refusal.Reason, Text: text}
}

// ofOPA makes problems of OPA's errors, each of which says what is wrong and, for a misspelt field, which there are.
func ofOPA(reason string, all ast.Errors) []Problem {
	var problems []Problem
	for _, one := range all {
		refusal := &exvet.Refusal{Reason: reason, Err: fmt.Errorf("%s", bundles.Line(ast.Errors{one}))}
		problems = append(problems, located(refusal))
	}
	return problems
}

// sorted puts problems in the order of files and lines, each once.
func sorted(problems []Problem) []Problem {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return slices.Compact(problems)
}
