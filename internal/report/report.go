// Package report prints what the rules say, one file a format. It prints and never decides.
package report

import (
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/exvet/exvet"
)

// Options say how a report for people looks. Formats for programs ignore them.
type Options struct {
	Width   int           // columns to fill; 0 means 100
	Color   bool          // colour the words that carry the verdict
	Elapsed time.Duration // how long the run took; 0 leaves it out
}

// Formats lists the names Write knows, sorted.
func Formats() []string { return slices.Sorted(maps.Keys(formats())) }

// Write prints a report in a format. A format it does not know is refused.
func Write(w io.Writer, format string, r *exvet.Report, options Options) error {
	write, ok := formats()[format]
	if !ok {
		return exvet.Refuse("usage/format", "unknown format %q: use one of %s", format, strings.Join(Formats(), ", "))
	}
	return write(w, r, options)
}

func formats() map[string]func(io.Writer, *exvet.Report, Options) error {
	return map[string]func(io.Writer, *exvet.Report, Options) error{
		"csv":        writeCSV,
		"json":       writeJSON,
		"jsonl":      writeJSONLines,
		"junit":      writeJUnit,
		"markdown":   writeMarkdown,
		"prometheus": writePrometheus,
		"sarif":      writeSARIF,
		"text":       writeText,
	}
}
