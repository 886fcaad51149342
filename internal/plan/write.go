package plan

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/exvet/exvet"
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

// headings name the phases for people.
func headings() map[Phase]string {
	return map[Phase]string{
		Before: "Before", Preserve: "Keep the evidence", Maintenance: "Take the server out of service",
		Exclude: "Ask the product to leave Exchange alone", Disable: "Take it out", Restart: "Restart", Watch: "Watch",
		Prove: "Prove", Restore: "Put it back",
	}
}

// A markup is how a document is laid out: both forms for people hold the same words.
type markup struct {
	server, plan, phase func(string) string
	item                func(n int, text string) string
	bullet              func(string) string
	code                func(lines []string) string
	text                func(string) string
}

func writeText(w io.Writer, document *Document) error {
	return write(w, document, markup{
		server: func(s string) string { return s + "\n\n" },
		plan:   func(s string) string { return s + "\n" + strings.Repeat("=", len([]rune(s))) + "\n\n" },
		phase:  func(s string) string { return strings.ToUpper(s) + "\n" },
		item:   func(n int, s string) string { return fmt.Sprintf("%3d. %s\n", n, s) },
		bullet: func(s string) string { return "  - " + s + "\n" },
		code: func(lines []string) string {
			return "       " + strings.Join(lines, "\n       ") + "\n"
		},
		text: comment,
	})
}

func writeMarkdown(w io.Writer, document *Document) error {
	return write(w, document, markup{
		server: func(s string) string { return "# " + s + "\n\n" },
		plan:   func(s string) string { return "## " + s + "\n\n" },
		phase:  func(s string) string { return "### " + s + "\n\n" },
		item:   func(n int, s string) string { return fmt.Sprintf("%d. %s\n", n, s) },
		bullet: func(s string) string { return "- " + s + "\n" },
		code: func(lines []string) string {
			fence := "```"
			for strings.Contains(strings.Join(lines, "\n"), fence) {
				fence += "`"
			}
			return "\n    " + fence + "powershell\n    " + strings.Join(lines, "\n    ") + "\n    " + fence + "\n"
		},
		text: escape,
	})
}

// escape keeps a text from being read as Markdown or HTML.
func escape(text string) string {
	var b strings.Builder
	for _, r := range comment(text) {
		if strings.ContainsRune("\\`*_{}[]<>#|~!&", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func write(w io.Writer, document *Document, m markup) error {
	var b strings.Builder
	for _, server := range document.Servers {
		name := server.Name
		if name == "" {
			name = "unnamed server"
		}
		b.WriteString(m.server(m.text("Removal plans for " + name + ", from the report of " + document.Report.GeneratedAt)))
		if len(server.Plans) == 0 {
			b.WriteString("There is nothing to take out.\n\n")
		}
		for _, plan := range server.Plans {
			plan.write(&b, m)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r Removal) write(b *strings.Builder, m markup) {
	title := r.Title
	if r.Version != "" {
		title += " " + r.Version
	}
	if r.Vendor != "" && r.Vendor != r.Title {
		title += " (" + r.Vendor + ")"
	}
	b.WriteString(m.plan(m.text(string(r.Stance) + ": " + title)))
	if r.Owner != "" {
		b.WriteString(m.bullet(m.text("Owner: " + r.Owner)))
	}
	for _, text := range r.Findings {
		b.WriteString(m.bullet(m.text(text)))
	}
	for _, text := range r.Cautions {
		b.WriteString(m.bullet(m.text(text)))
	}
	b.WriteString("\n")
	phase := Phase("")
	for i, step := range r.Steps {
		if step.Phase != phase {
			phase = step.Phase
			if i > 0 {
				b.WriteString("\n")
			}
			b.WriteString(m.phase(headings()[phase]))
		}
		text := step.Text
		if len(step.Rules) > 0 {
			text += " (" + strings.Join(step.Rules, ", ") + ")"
		}
		if step.Interrupts != "" {
			text += " What it interrupts: " + step.Interrupts
		}
		b.WriteString(m.item(i+1, m.text(text)))
		if len(step.Commands) > 0 {
			b.WriteString(m.code(step.Commands))
		}
		if len(step.Undo) > 0 {
			b.WriteString(m.bullet("To take this step back:"))
			b.WriteString(m.code(step.Undo))
		}
	}
	b.WriteString("\n")
}
