package bundles

import (
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/exvet/exvet"
)

// Untyped is the refusal of modules that do not compile: bundle/type, with the first error's file and line and, for a
// field that does not exist, its name and those that do.
func Untyped(all ast.Errors) error {
	return exvet.Refuse("bundle/type", "%s", Line(all))
}

// Line puts the first of several OPA errors into one line: file, line, text and how many more there are.
func Line(all ast.Errors) string {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b *ast.Error) int {
		switch {
		case a.Location == nil || b.Location == nil:
			return 0
		case a.Location.File != b.Location.File:
			return strings.Compare(a.Location.File, b.Location.File)
		}
		return a.Location.Row - b.Location.Row
	})
	first := all[0]
	text := strings.Join(strings.Fields(first.Message), " ")
	if detail, ok := first.Details.(*ast.RefErrInvalidDetail); ok {
		text = misspelt(detail)
	}
	if first.Location != nil {
		text = fmt.Sprintf("%s:%d: %s", first.Location.File, first.Location.Row, text)
	}
	if len(all) > 1 {
		text += fmt.Sprintf(" (and %d more)", len(all)-1)
	}
	return text
}

// misspelt names the part of a reference that does not exist, and the names that do.
func misspelt(detail *ast.RefErrInvalidDetail) string {
	text := fmt.Sprintf("%s: there is no %s", detail.Ref[:detail.Pos+1], detail.Ref[detail.Pos])
	if detail.Pos > 0 {
		if _, ok := detail.Ref[detail.Pos-1].Value.(ast.String); ok {
			text += " in " + strings.Trim(detail.Ref[detail.Pos-1].String(), `"`)
		}
	}
	names := make([]string, 0, len(detail.OneOf))
	for _, name := range detail.OneOf {
		names = append(names, strings.Trim(name.String(), `"`))
	}
	slices.Sort(names)
	if len(names) > 0 {
		text += "; there are " + strings.Join(names, ", ")
	}
	return text
}
