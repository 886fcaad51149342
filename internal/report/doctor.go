package report

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/exvet/exvet"
)

// An Examination is what a source can tell: the sections of facts it delivers, the rules that would stay unknown, why, and
// what to do about it.
type Examination struct {
	Format   int               `json:"format"`
	Source   string            `json:"source"`
	Server   string            `json:"server"`
	Sections []ExaminedSection `json:"sections"` // by name
	Unknown  []Obstacle        `json:"unknown"`  // those that leave most rules open first
	Rules    int               `json:"rules"`
	Open     int               `json:"open"` // rules that cannot answer in full
}

// An ExaminedSection is one section of facts.
type ExaminedSection struct {
	Name     string              `json:"name"`
	About    string              `json:"about"`
	Status   exvet.SectionStatus `json:"status"`
	Required bool                `json:"required"` // for exit code 0
	Advice   string              `json:"advice"`   // how to get what is missing, or ""
}

// An Obstacle is one cause of facts not seen.
type Obstacle struct {
	Facts  []string `json:"facts"`
	Scopes []string `json:"scopes"` // places, "" for the whole server
	Files  []string `json:"files"`
	Reason string   `json:"reason"`
	Rules  []string `json:"rules"`
	Advice string   `json:"advice"`
}

// A Guide says what a section is about, and how to get one that is missing.
type Guide struct{ About, Advice string }

// Examine sums up what the judged snapshot of a source tells of the source.
func Examine(s *exvet.ServerReport, require []string, guides map[string]Guide) *Examination {
	e := &Examination{
		Format: 1, Source: s.Source, Server: s.Server.Name, Sections: []ExaminedSection{}, Unknown: []Obstacle{}, Rules: s.Summary.Rules - s.Summary.NotApplicable,
	}
	names := map[string]bool{}
	for name := range guides {
		names[name] = true
	}
	for name := range s.Collected {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		section := ExaminedSection{
			Name: name, About: guides[name].About, Status: exvet.Absent, Required: slices.Contains(require, name),
		}
		if seen, ok := s.Collected[name]; ok {
			section.Status = seen.Status
		}
		if section.Status != exvet.Complete {
			section.Advice = guides[name].Advice
		}
		e.Sections = append(e.Sections, section)
	}
	open := map[string]bool{}
	for _, g := range gaps(s) {
		obstacle := Obstacle{
			Facts: list(g.facts), Scopes: list(g.scopes), Files: list(g.files), Reason: g.reason, Rules: list(g.rules), Advice: adviceFor(g, guides),
		}
		e.Unknown = append(e.Unknown, obstacle)
		for _, rule := range g.rules {
			open[rule] = true
		}
	}
	e.Open = len(open)
	return e
}

func list(texts []string) []string { return slices.AppendSeq([]string{}, slices.Values(texts)) }

// adviceFor is what to do about one cause: mend the file at fault, else get the section.
func adviceFor(g *gap, guides map[string]Guide) string {
	if g.line > 0 {
		return "Correct the file, as the server itself cannot read it either, or copy it again if it was damaged on the way."
	}
	for _, fact := range g.facts {
		section, _, _ := strings.Cut(fact, ".")
		if advice := guides[section].Advice; advice != "" {
			return advice
		}
	}
	return ""
}

// WriteExamination prints an examination: "text" for people, "json" for programs.
func WriteExamination(w io.Writer, format string, e *Examination, options Options) error {
	switch format {
	case "json":
		document, err := JSON(e)
		if err == nil {
			_, err = w.Write(document)
		}
		return err
	case "text":
	default:
		return exvet.Refuse("usage/format", "unknown format %q: use one of json, text", format)
	}
	p := newPage(options)
	p.line(span{Safe(e.Source), bold})
	p.blank()
	for _, section := range e.Sections {
		tint := green
		if section.Status != exvet.Complete {
			tint = yellow
		}
		right := span{"", dim}
		if section.Required && section.Status != exvet.Complete {
			right.text = "needed for exit code 0"
		}
		p.row(right, span{"  " + pad(section.Name, 14), plain}, span{pad(string(section.Status), 10), tint}, span{cut(Safe(section.About), p.width-26-len(right.text)-2), plain})
	}
	p.blank()
	for _, o := range e.Unknown {
		g := gap{reason: o.Reason, facts: o.Facts, scopes: o.Scopes, files: o.Files, rules: o.Rules}
		p.gap(&g, "")
		if o.Advice != "" {
			p.paragraph([]span{{"      ", plain}, {"do", green}, {"   ", plain}}, o.Advice, span{}, 4)
		}
	}
	if len(e.Unknown) > 0 {
		p.blank()
	}
	p.line(span{fmt.Sprintf("%s: %d can answer in full, %d cannot", count(e.Rules, "rule"), e.Rules-e.Open, e.Open), plain})
	_, err := io.WriteString(w, p.b.String())
	return err
}
