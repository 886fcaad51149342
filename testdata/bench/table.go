package main

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"
)

// A table is what is printed at the end. What is wrong, such as programs that disagree, fails the run; a budget that is not met does not.
type table struct {
	rows  []string
	wrong error
}

// A ratio is a budget for how many times less, or more, one side takes.
type ratio struct{ atLeast, atMost float64 }

func (r ratio) String() string {
	switch {
	case r.atLeast > 0:
		return fmt.Sprintf(">= %gx", r.atLeast)
	case r.atMost > 0:
		return fmt.Sprintf("<= %gx", r.atMost)
	}
	return ""
}

func (r ratio) met(value float64) string {
	if r.atLeast == 0 && r.atMost == 0 {
		return ""
	}
	return yes(r.atLeast == 0 || value >= r.atLeast, r.atMost == 0 || value <= r.atMost)
}

func yes(all ...bool) string {
	for _, one := range all {
		if !one {
			return "no"
		}
	}
	return "yes"
}

func ms(d time.Duration) string { return fmt.Sprintf("%.0f ms", float64(d)/float64(time.Millisecond)) }

func mb(n int64) string { return fmt.Sprintf("%.0f MB", float64(n)/(1<<20)) }

func (t *table) row(cells ...string) { t.rows = append(t.rows, "| "+strings.Join(cells, " | ")+" |") }

// beside compares two programs by the time that passed; processor time stands beside it.
func (t *table) beside(what string, exvet, other cost, budget ratio) {
	times := float64(other.wall) / float64(exvet.wall)
	t.row(what, budget.String(), fmt.Sprintf("%.1fx", times), budget.met(times),
		fmt.Sprintf("%s against %s; processor %s against %s (%.1fx); %s against %s; %d findings each", ms(exvet.wall), ms(other.wall), ms(exvet.cpu),
			ms(other.cpu), float64(other.cpu)/float64(exvet.cpu), mb(exvet.memory), mb(other.memory), exvet.findings))
}

func (t *table) ratio(what string, value float64, budget ratio, remark string) {
	t.row(what, budget.String(), fmt.Sprintf("%.2fx", value), budget.met(value), remark)
}

func (t *table) limit(what string, value, most time.Duration) {
	t.row(what, "<= "+ms(most), ms(value), yes(value <= most), "")
}

func (t *table) memory(what string, value, most int64) {
	t.row(what, "<= "+mb(most), mb(value), yes(value <= most), "")
}

func (t *table) throughput(what string, value, least float64) {
	t.row(what, fmt.Sprintf(">= %.0f MB/s", least), fmt.Sprintf("%.0f MB/s", value), yes(value >= least), "")
}

func (t *table) note(what, value string) { t.row(what, "", value, "", "") }

// same holds the programs to each other: they must find as much.
func (t *table) same(what string, costs map[string]cost) {
	for name, c := range costs {
		if want := costs["exvet"].findings; c.findings != want {
			t.wrong = errors.Join(t.wrong, fmt.Errorf("%s: exvet finds %d, %s %d", what, want, name, c.findings))
		}
	}
}

func (t *table) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured on %s, %s/%s, %d processors, %s.\n\n", time.Now().UTC().Format(time.DateOnly), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
	b.WriteString("| what | budget | measured | met | figures |\n| --- | --- | --- | --- | --- |\n")
	b.WriteString(strings.Join(t.rows, "\n"))
	b.WriteString("\n")
	return b.String()
}
