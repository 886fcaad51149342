package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/exvet/exvet"
)

// labelWidth is the first column of NOT SEEN: a place or a kind of fact.
const labelWidth = 28

// maxFiles is how many files one cause lists; JSON has them all.
const maxFiles = 8

// A gap is one cause of facts not seen, with every place and rule it leaves open: a line at fault, or files
// that are not there.
type gap struct {
	reason string
	line   int
	facts  []string
	scopes []string
	files  []string
	rules  []string
}

// notSeen shows what could not be seen, each cause once, with how many rules it leaves open.
func (p *page) notSeen(s *exvet.ServerReport) {
	all := gaps(s)
	if len(all) == 0 {
		return
	}
	p.line(span{"NOT SEEN", bold})
	for _, g := range all {
		p.gap(g, s.Server.ExchangeRoot)
	}
	p.blank()
}

func (p *page) gap(g *gap, root string) {
	right := span{"", dim}
	if n := len(g.rules); n > 0 {
		right.text = count(n, "rule") + " unknown" + g.there()
	}
	text, files := g.reason, g.files
	if len(files) == 1 {
		text, files = g.place(root)+": "+text, nil
	}
	label, indent := g.label(), "  "+strings.Repeat(" ", labelWidth)
	if columns(label) > labelWidth-2 {
		p.row(right, span{"  " + cut(label, p.width-columns(right.text)-4), plain})
		p.paragraph([]span{{indent, plain}}, text, span{}, 3)
	} else {
		p.paragraph([]span{{"  " + pad(label, labelWidth), plain}}, text, right, 3)
	}
	for i, file := range files {
		if i == maxFiles {
			p.line(span{indent + "and " + count(len(files)-i, "more file"), dim})
			break
		}
		p.line(span{indent + cut(Safe(shorten(file, root)), p.width-len(indent)), dim})
	}
}

// there is " there" where a place and not the whole server is concerned.
func (g *gap) there() string {
	if g.scopes[0] != "" {
		return " there"
	}
	return ""
}

// place is the file at fault, with its line.
func (g *gap) place(root string) string {
	place := shorten(g.files[0], root)
	if g.line > 0 {
		place += ":" + strconv.Itoa(g.line)
	}
	return place
}

// label names the place, or the site that holds all of them, or the facts where the whole server is concerned.
func (g *gap) label() string {
	switch {
	case g.scopes[0] != "" && len(g.scopes) == 1:
		return Safe(g.scopes[0])
	case g.scopes[0] != "":
		return Safe(siteOf(g.scopes[0]))
	}
	label := Safe(strings.Join(g.facts, ", "))
	if columns(label) > labelWidth-2 {
		section, _, _ := strings.Cut(g.facts[0], ".")
		label = Safe(section) + ", " + count(len(g.facts), "fact")
	}
	return label
}

func siteOf(scope string) string {
	site, _, _ := strings.Cut(scope, "/")
	return site
}

// gaps collects what sections and rules say is missing.
func gaps(s *exvet.ServerReport) []*gap {
	type same struct {
		scope, file, reason string
		line                int
	}
	byCause, known := map[string]*gap{}, map[same]*gap{}
	add := func(m exvet.Missing, rule string) {
		// A rule names the facts it needs of those a section misses.
		this := same{m.Scope, m.File, m.Reason, m.Line}
		if g := known[this]; g != nil {
			if rule != "" {
				g.rules = append(g.rules, rule)
			} else {
				g.facts = append(g.facts, m.Facts...) // another section wants the same file
			}
			return
		}
		at := m.File
		if m.Line == 0 {
			// Files that are not there, or not read, for one reason are one cause in each site.
			at = strings.Join(m.Facts, ",")
		}
		cause := fmt.Sprintf("%q %q %q %d", siteOf(m.Scope), m.Reason, at, m.Line)
		g := byCause[cause]
		if g == nil {
			g = &gap{reason: m.Reason, line: m.Line}
			byCause[cause] = g
		}
		known[this] = g
		g.facts = append(g.facts, m.Facts...)
		g.scopes = append(g.scopes, m.Scope)
		if m.File != "" {
			g.files = append(g.files, m.File)
		}
		if rule != "" {
			g.rules = append(g.rules, rule)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Collected)) {
		section := s.Collected[name]
		for _, m := range section.Missing {
			add(m, "")
		}
		if section.Status != exvet.Complete && len(section.Missing) == 0 {
			add(exvet.Missing{Facts: []string{name}, Reason: "section is " + string(section.Status)}, "")
		}
	}
	for _, result := range s.Results {
		for _, m := range result.Missing {
			add(m, result.ID)
		}
	}
	return sorted(slices.Collect(maps.Values(byCause)))
}

// sorted puts the whole server before single places, then what leaves most rules open.
func sorted(all []*gap) []*gap {
	for _, g := range all {
		for _, list := range []*[]string{&g.facts, &g.scopes, &g.files, &g.rules} {
			slices.Sort(*list)
			*list = slices.Compact(*list)
		}
	}
	slices.SortFunc(all, func(a, b *gap) int {
		return cmp.Or(
			cmp.Compare(min(len(a.scopes[0]), 1), min(len(b.scopes[0]), 1)),
			cmp.Compare(len(b.rules), len(a.rules)),
			slices.Compare(a.scopes, b.scopes),
			slices.Compare(a.facts, b.facts),
			slices.Compare(a.files, b.files),
			cmp.Compare(a.line, b.line),
			cmp.Compare(a.reason, b.reason),
		)
	})
	return all
}
