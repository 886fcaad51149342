package report

import (
	"strconv"

	"github.com/exvet/exvet"
)

// A picture is the summary of a report over all servers: how much was decided, and what was found by stance and
// by clause. Lengths are parts of a hundred.
type picture struct {
	Coverage string
	Ring     []arc
	Stances  []bar
	Clauses  []bar
}

// An arc is a part of a ring whose circumference is 100.
type arc struct {
	Class, Label string
	N            int
	Length, From string
}

type bar struct {
	Class, Label, About string
	N                   int
	Length              string
}

func newPicture(r *exvet.Report) picture {
	var sum exvet.Summary
	stances, clauses := map[exvet.Stance]int{}, map[string]int{}
	for _, s := range r.Servers {
		sum.Rules += s.Summary.Rules
		sum.Found += s.Summary.Found
		sum.Clear += s.Summary.Clear
		sum.Waived += s.Summary.Waived
		sum.Unknown += s.Summary.Unknown
		sum.Error += s.Summary.Error
		sum.NotApplicable += s.Summary.NotApplicable
		for _, result := range s.Results {
			n := unwaived(result)
			stances[result.Stance] += n
			clauses[result.Clause] += n
		}
	}
	decided, applicable := sum.Found+sum.Clear+sum.Waived, sum.Rules-sum.NotApplicable
	p := picture{Coverage: "0 %"}
	if applicable > 0 {
		p.Coverage = percent(float64(decided) / float64(applicable))
	}
	p.Ring = ring(sum, applicable)
	for _, stance := range exvet.Stances() {
		p.Stances = append(p.Stances, bar{Class: string(stance), Label: string(stance), About: stanceAbout(stance), N: stances[stance]})
	}
	for _, clause := range []string{"C1", "C2", "C3", "C4", "C5", "S", "-"} {
		label := clause
		if clause == "-" {
			label = "none"
		}
		p.Clauses = append(p.Clauses, bar{Class: "clause", Label: label, About: clauseShort(clause), N: clauses[clause]})
	}
	scale(p.Stances)
	scale(p.Clauses)
	return p
}

func ring(sum exvet.Summary, applicable int) []arc {
	var arcs []arc
	from := 0.0
	for _, part := range []arc{
		{Class: "found", Label: "found", N: sum.Found},
		{Class: "waived", Label: "waived", N: sum.Waived},
		{Class: "clear", Label: "clear", N: sum.Clear},
		{Class: "unknown", Label: "unknown", N: sum.Unknown},
		{Class: "error", Label: "in error", N: sum.Error},
	} {
		if part.N > 0 && applicable > 0 {
			length := 100 * float64(part.N) / float64(applicable)
			part.Length, part.From = decimal(length), decimal(-from)
			from += length
		}
		arcs = append(arcs, part)
	}
	return arcs
}

// scale gives the longest bar its full length.
func scale(bars []bar) {
	most := 0
	for _, b := range bars {
		most = max(most, b.N)
	}
	for i := range bars {
		if most > 0 {
			bars[i].Length = decimal(100 * float64(bars[i].N) / float64(most))
		} else {
			bars[i].Length = "0"
		}
	}
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }

// stanceAbout says what a stance means.
func stanceAbout(stance exvet.Stance) string {
	return map[exvet.Stance]string{
		exvet.Unsupported: "the support statement rules it out",
		exvet.Security:    "sign of compromise or a weakened control; no statement about support",
		exvet.Review:      "facts alone cannot decide",
		exvet.Deprecated:  "works today, is going away",
		exvet.Supported:   "a supported method, recognised",
	}[stance]
}

// clauseShort says in a few words what a clause is about.
func clauseShort(clause string) string {
	return map[string]string{
		"C1": "thread impersonation",
		"C2": "changed streams",
		"C3": "foreign code in a pool",
		"C4": "account of a pool or service",
		"C5": "DLL injection",
		"S":  "supported method",
		"-":  "no clause",
	}[clause]
}
