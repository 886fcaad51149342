package pages

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/exvet/exvet/internal/hub/store"
)

// A Chart is lines over time, in a box of chartWidth by chartHeight.
type Chart struct {
	Lines []Line
	Top   int    // value at the upper edge
	Half  int    // half of it
	First string // label at the left edge
	Last  string
	Empty bool
}

// A Line is one of a chart.
type Line struct {
	Class  string
	Label  string
	Points string // of an SVG polyline
	Last   int
	EndX   string
	EndY   string
}

// The box of a chart.
const (
	chartWidth  = 640
	chartHeight = 160
)

// trendChart draws findings by clause over days.
func trendChart(points []store.TrendPoint) Chart {
	values := map[string]map[string]int{}
	var days []string
	for _, p := range points {
		if values[p.Clause] == nil {
			values[p.Clause] = map[string]int{}
		}
		values[p.Clause][p.Day] = p.Findings
		if !slices.Contains(days[max(len(days)-1, 0):], p.Day) {
			days = append(days, p.Day)
		}
	}
	if len(days) == 0 {
		return Chart{Empty: true}
	}
	times := make([]time.Time, len(days))
	for i, day := range days {
		times[i], _ = time.Parse(time.DateOnly, day) // as the hub wrote it
	}
	c := Chart{First: days[0], Last: days[len(days)-1]}
	var series [][]int
	for _, clause := range store.Clauses() {
		line := make([]int, len(days))
		for i, day := range days {
			line[i] = values[clause][day]
			c.Top = max(c.Top, line[i])
		}
		series = append(series, line)
	}
	c.scale()
	for i, clause := range store.Clauses() {
		class := strings.ToLower(clause)
		if clause == "-" {
			class = "cn"
		}
		c.Lines = append(c.Lines, c.line(class, clauseName(clause), times, series[i]))
	}
	return c
}

// historyChart draws how many findings a server had, newest report first in stamps.
func historyChart(stamps []store.Stamp) Chart {
	var times []time.Time
	var found, unknown []int
	c := Chart{}
	for _, s := range slices.Backward(stamps) {
		if s.Error != "" || s.Waiting {
			continue
		}
		times = append(times, s.Scanned)
		found, unknown = append(found, s.Findings), append(unknown, s.Unknown)
		c.Top = max(c.Top, s.Findings, s.Unknown)
	}
	if len(times) < 2 {
		return Chart{Empty: true}
	}
	c.First, c.Last = times[0].Format("2006-01-02 15:04"), times[len(times)-1].Format("2006-01-02 15:04")
	c.scale()
	c.Lines = []Line{c.line("c3", "findings", times, found), c.line("cn", "rules unknown", times, unknown)}
	return c
}

// scale makes the upper edge a number that is easy to read.
func (c *Chart) scale() {
	for _, unit := range []int{1, 2, 5} {
		for n := unit; n > 0 && n < 1<<40; n *= 10 {
			if n*2 >= c.Top && (c.Half == 0 || n < c.Half) {
				c.Half = n
			}
		}
	}
	c.Top = 2 * c.Half
}

func (c *Chart) line(class, label string, times []time.Time, values []int) Line {
	from, to := times[0], times[len(times)-1]
	l := Line{Class: class, Label: label, Last: values[len(values)-1]}
	var b strings.Builder
	for i, value := range values {
		x := float64(chartWidth)
		if to.After(from) {
			x = chartWidth * float64(times[i].Sub(from)) / float64(to.Sub(from))
		}
		y := chartHeight - chartHeight*float64(value)/float64(c.Top)
		fmt.Fprintf(&b, "%.1f,%.1f ", x, y)
		l.EndX, l.EndY = fmt.Sprintf("%.1f", x), fmt.Sprintf("%.1f", y)
	}
	l.Points = strings.TrimSpace(b.String())
	return l
}
