package exvet

import (
	"regexp"
	"sync"
)

// Pattern makes a regular expression that is compiled when it is first asked for. exvet holds dozens, and most runs ask few:
// compiled at the start, they take as long as everything else a command does before its work. It panics, when asked, if
// the expression is none.
func Pattern(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
