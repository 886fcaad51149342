package authoring

import (
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
)

// A Coverage says how much of the organisation's rules and words the tests reach; the core and the tests themselves do not count.
type Coverage struct {
	Percent float64        `json:"percent"`
	Files   []FileCoverage `json:"files"`
}

// A FileCoverage is that of one file.
type FileCoverage struct {
	File       string  `json:"file"`
	Percent    float64 `json:"percent"`
	NotCovered []Lines `json:"not_covered"`
}

// Lines are some of a file, both ends included.
type Lines struct {
	From int `json:"from"`
	To   int `json:"to"`
}

func covered(reached *cover.Cover, modules map[string]*ast.Module) *Coverage {
	report := reached.Report(modules)
	coverage := &Coverage{Percent: 100, Files: []FileCoverage{}}
	hit, all := 0, 0
	for _, name := range sortedFiles(modules) {
		file := report.Files[name]
		if file == nil || file.CoveredLines+file.NotCoveredLines == 0 {
			continue
		}
		hit, all = hit+file.CoveredLines, all+file.CoveredLines+file.NotCoveredLines
		one := FileCoverage{File: name, Percent: file.Coverage, NotCovered: []Lines{}}
		for _, lines := range file.NotCovered {
			one.NotCovered = append(one.NotCovered, Lines{lines.Start.Row, lines.End.Row})
		}
		coverage.Files = append(coverage.Files, one)
	}
	if all > 0 {
		coverage.Percent = 100 * float64(hit) / float64(all)
	}
	return coverage
}

// lines lists what no test reaches: "no test reaches lines 31, 40-43".
func (f FileCoverage) lines() string {
	if len(f.NotCovered) == 0 {
		return ""
	}
	var texts []string
	for _, lines := range f.NotCovered {
		text := fmt.Sprint(lines.From)
		if lines.To > lines.From {
			text += fmt.Sprintf("-%d", lines.To)
		}
		texts = append(texts, text)
	}
	return "no test reaches line " + strings.Join(texts, ", ")
}
