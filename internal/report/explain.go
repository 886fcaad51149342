package report

import (
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/exvet/exvet"
)

// WriteExplanation says for people why a rule found something on a server or did not.
func WriteExplanation(w io.Writer, e *exvet.Explanation, options Options) error {
	p := newPage(options)
	on := e.Server.Name
	if on == "" {
		on = "the server"
	}
	p.line(span{e.Result.ID, bold}, span{"  " + e.Result.Title, plain})
	p.paragraph([]span{{"  on " + on + ": ", plain}, {string(e.Result.Status), bold}}, ", "+verdictText(e.Result), span{}, 6)
	p.line(span{"  " + e.Bundle + ", " + e.File + fmt.Sprintf(":%d", e.Line), dim})
	p.blank()
	p.line(span{"NEEDS", bold})
	for _, need := range e.Needs {
		p.need(need)
	}
	p.blank()
	if len(e.Result.Findings) > 0 {
		p.line(span{"FOUND", bold})
		for _, finding := range e.Result.Findings {
			p.paragraph([]span{{"  " + finding.Subject + "  ", plain}}, finding.Message, span{}, 3)
			for _, evidence := range finding.Evidence {
				p.paragraph([]span{{"      ", dim}}, evidence.Ref+"  "+evidence.Value, span{}, 2)
			}
		}
		p.blank()
	}
	p.line(span{"LINES", bold}, span{"  of the rule, with how often each held of the times it was tried", dim})
	for _, step := range e.Steps {
		p.step(step, e.File)
	}
	if len(e.Notes) > 0 {
		p.blank()
		p.line(span{"NOTES", bold}, span{"  what the rule printed", dim})
		for _, note := range e.Notes {
			p.paragraph([]span{{fmt.Sprintf("  %s:%d  ", fileName(note.File), note.Line), dim}}, note.Text, span{}, 3)
		}
	}
	for _, left := range e.Cut {
		p.line(span{"left out: " + left, dim})
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

// verdictText says what a status rests on.
func verdictText(r exvet.Result) string {
	switch r.Status {
	case exvet.Error:
		return "it failed: " + r.Error
	case exvet.NotApplicable:
		return "it is for " + scopeOf(r.About)
	case exvet.Found:
		return count(len(r.Findings), "finding")
	case exvet.Unknown:
		return "nothing was found, and facts it needs were not seen"
	case exvet.Waived:
		return count(len(r.Findings), "finding") + ", all waived"
	}
	return "every fact it needs was seen and nothing was found"
}

func (p *page) need(need exvet.Need) {
	text := "seen"
	switch {
	case need.Rows >= 0:
		text = count(need.Rows, "row")
	case need.Value != "":
		text = need.Value
	}
	head := []span{{"  " + pad(need.Facts, labelWidth), plain}}
	if len(need.Missing) == 0 {
		p.paragraph(head, text, span{}, 2)
		return
	}
	if need.Rows > 0 {
		text = "in part, " + text
	} else {
		text = "not seen"
	}
	p.paragraph(head, text, span{}, 1)
	for i, missing := range need.Missing {
		if i == maxFiles {
			p.line(span{fmt.Sprintf("%*s and %d more places", labelWidth+1, "", len(need.Missing)-i), dim})
			return
		}
		p.paragraph([]span{{strings.Repeat(" ", labelWidth+2), plain}}, missing.Error(), span{}, 3)
	}
}

func (p *page) step(step exvet.Step, home string) {
	const width = 12

	held := fmt.Sprintf("%d of %d", step.Held, step.Tried)
	tint := plain
	if step.Tried == 0 {
		held, tint = "not reached", dim
	}
	at := fmt.Sprintf("  line %d", step.Line)
	if step.File != home {
		at = fmt.Sprintf("  %s:%d  ", fileName(step.File), step.Line)
	}
	p.paragraph([]span{{pad(at, width), dim}, {pad(held, 13), tint}}, step.Text, span{}, 2)
	for _, values := range step.Failed {
		p.paragraph([]span{{strings.Repeat(" ", width) + pad("not for", 13), dim}}, values, span{}, 2)
	}
}

// fileName is the last part of a path of either system.
func fileName(name string) string { return path.Base(strings.ReplaceAll(name, `\`, "/")) }
