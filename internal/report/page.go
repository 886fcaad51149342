package report

import (
	"strings"

	"github.com/exvet/exvet"
)

// A page collects lines of a fixed width. Whatever is written to it is made Safe.
type page struct {
	b     strings.Builder
	width int
	color bool
}

// The number of columns where nobody says, and the fewest a report can be read in.
const (
	defaultWidth = 100
	minWidth     = 60
)

func newPage(options Options) *page {
	if options.Width <= 0 {
		options.Width = defaultWidth
	}
	return &page{width: max(options.Width, minWidth), color: options.Color}
}

// A style is the colour of a word, as the terminal's own number.
type style string

const (
	plain  style = ""
	bold   style = "1"
	dim    style = "2"
	red    style = "31"
	green  style = "32"
	yellow style = "33"
)

// A span is text in one style.
type span struct {
	text  string
	style style
}

// line writes spans one after another.
func (p *page) line(spans ...span) {
	for i, s := range spans {
		text := Safe(s.text)
		if i == len(spans)-1 {
			text = strings.TrimRight(text, " ")
		}
		if p.color && s.style != plain && text != "" {
			text = "\x1b[" + string(s.style) + "m" + text + "\x1b[0m"
		}
		p.b.WriteString(text)
	}
	p.b.WriteByte('\n')
}

// blank writes an empty line.
func (p *page) blank() { p.b.WriteByte('\n') }

// row writes spans and, at the right edge, one more. Where both do not fit the second goes on a line of its own.
func (p *page) row(right span, spans ...span) {
	used := 0
	for _, s := range spans {
		used += columns(Safe(s.text))
	}
	right.text = cut(Safe(right.text), p.width)
	room := p.width - used - columns(right.text)
	switch {
	case right.text == "":
		p.line(spans...)
	case used == 0:
		p.line(right)
	case room >= 2:
		p.line(append(spans, span{strings.Repeat(" ", room), plain}, right)...)
	default:
		p.line(spans...)
		p.line(span{strings.Repeat(" ", p.width-columns(right.text)), plain}, right)
	}
}

// paragraph writes text below itself: head on the first line, as many spaces on the others, at most maxLines,
// and right at the edge of the first.
func (p *page) paragraph(head []span, text string, right span, maxLines int) {
	indent, reserved := 0, 0
	for _, s := range head {
		indent += columns(Safe(s.text))
	}
	if right.text != "" {
		reserved = columns(Safe(right.text)) + 2
	}
	lines := wrap(Safe(text), max(p.width-indent-reserved, 20), maxLines)
	if len(lines) == 0 {
		lines = []string{""}
	}
	p.row(right, append(head, span{lines[0], plain})...)
	for _, line := range lines[1:] {
		p.line(span{strings.Repeat(" ", indent), plain}, span{line, plain})
	}
}

// pad fills text with spaces to so many columns.
func pad(text string, to int) string {
	text = Safe(text)
	return text + strings.Repeat(" ", max(to-columns(text), 0))
}

// stanceStyle is the colour of a stance. The word beside it says the same.
func stanceStyle(stance exvet.Stance) style {
	switch stance {
	case exvet.Unsupported, exvet.Security:
		return red
	case exvet.Review, exvet.Deprecated:
		return yellow
	case exvet.Supported:
		return green
	}
	return bold
}
