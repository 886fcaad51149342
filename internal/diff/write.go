package diff

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/report"
)

// Formats lists the names Write knows, sorted.
func Formats() []string { return slices.Sorted(maps.Keys(formats())) }

// Write prints a document in a format. One it does not know is refused.
func Write(w io.Writer, format string, document *Document) error {
	write, ok := formats()[format]
	if !ok {
		return exvet.Refuse("usage/format", "unknown format %q: use one of %s", format, strings.Join(Formats(), ", "))
	}
	return write(w, document)
}

func formats() map[string]func(io.Writer, *Document) error {
	return map[string]func(io.Writer, *Document) error{"json": writeJSON, "markdown": writeMarkdown, "text": writeText}
}

func writeJSON(w io.Writer, document *Document) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(document)
}

// A layout is how the same words look as text and as Markdown.
type layout struct {
	server, section string // before a heading
	item, more      string // before an entry, and before what belongs to it
	text            func(string) string
}

func writeText(w io.Writer, document *Document) error {
	return write(w, document, layout{server: "", section: "", item: "  ", more: "      ", text: report.Safe})
}

func writeMarkdown(w io.Writer, document *Document) error {
	return write(w, document, layout{server: "# ", section: "## ", item: "- ", more: "  - ", text: escape})
}

// escape keeps a safe text from being read as Markdown or HTML.
func escape(text string) string {
	var b strings.Builder
	for _, r := range report.Safe(text) {
		if strings.ContainsRune("\\`*_{}[]<>#|~!&@", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func write(w io.Writer, document *Document, l layout) error {
	var b strings.Builder
	for i, server := range document.Servers {
		if i > 0 {
			b.WriteString("\n")
		}
		server.write(&b, l)
	}
	for _, list := range []struct {
		names []string
		side  string
	}{{document.OnlyOld, "old"}, {document.OnlyNew, "new"}} {
		if len(list.names) > 0 {
			fmt.Fprintf(&b, "\nOnly on the %s side: %s\n", list.side, l.text(strings.Join(list.names, ", ")))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (s Server) write(b *strings.Builder, l layout) {
	fmt.Fprintf(b, "%s%s   %s -> %s\n", l.server, l.text(s.Name), s.Old.CollectedAt, s.New.CollectedAt)
	if s.Updated {
		survived, gone := 0, 0
		for _, f := range s.Findings {
			switch f.State {
			case Still, Waived, Unwaived:
				survived++
			case Fixed:
				gone++
			}
		}
		fmt.Fprintf(b, "\nExchange was updated from build %s to %s: %d findings survived, %d are gone.\n", l.text(s.Old.Build), l.text(s.New.Build), survived, gone)
	}
	for _, state := range states() {
		s.section(b, l, state)
	}
	s.objects(b, l)
	b.WriteString("\n" + s.totals() + "\n")
}

// headings says what the states mean.
func headings() map[State]string {
	return map[State]string{
		New: "new", Appeared: "found, where nothing could be said before", Unwaived: "no longer waived", Unknown: "now unknown: found before, not seen now",
		Waived: "newly waived", Still: "still there", Fixed: "fixed",
	}
}

func (s Server) section(b *strings.Builder, l layout, state State) {
	shown := false
	for _, f := range s.Findings {
		if f.State != state {
			continue
		}
		if !shown {
			fmt.Fprintf(b, "\n%s%s\n", l.section, strings.ToUpper(headings()[state]))
			shown = true
			if l.section != "" {
				b.WriteString("\n")
			}
		}
		fmt.Fprintf(b, "%s%s %s %s: %s\n", l.item, f.Stance, f.Severity, l.text(f.Rule), l.text(f.Message))
		if f.Was != "" {
			fmt.Fprintf(b, "%swas: %s\n", l.more, l.text(f.Was))
		}
	}
}

func (s Server) objects(b *strings.Builder, l layout) {
	if len(s.Objects)+len(s.Open) > 0 {
		fmt.Fprintf(b, "\n%sOBJECTS\n", l.section)
		if l.section != "" {
			b.WriteString("\n")
		}
	}
	for _, object := range s.Objects {
		fmt.Fprintf(b, "%s%s %s %s\n", l.item, object.State, object.Kind, l.text(object.Name))
		for _, change := range object.Changes {
			fmt.Fprintf(b, "%s%s: %s -> %s\n", l.more, l.text(change.Field), shorten(l.text(change.Old)), shorten(l.text(change.New)))
		}
	}
	for _, open := range s.Open {
		fmt.Fprintf(b, "%snot compared in full: %s, as %s\n", l.item, open.Kind, l.text(open.Reason))
	}
}

// shorten cuts a long value; JSON has it whole.
func shorten(text string) string {
	const most = 200
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	if text == "" {
		return "nothing"
	}
	return text
}

func (s Server) totals() string {
	counts := map[State]int{}
	for _, f := range s.Findings {
		counts[f.State]++
	}
	var parts []string
	for _, state := range states() {
		if counts[state] > 0 || state == New || state == Fixed || state == Still {
			parts = append(parts, fmt.Sprintf("%d %s", counts[state], state))
		}
	}
	line := "findings: " + strings.Join(parts, ", ")
	if len(s.Objects) > 0 {
		line += fmt.Sprintf("; %d objects differ", len(s.Objects))
	}
	return line
}
