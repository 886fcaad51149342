package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// A hubRow is a sub-benchmark of BenchmarkFleet: "SQLite/10000/whole" and what it reports by unit.
type hubRow struct {
	kind, agents, what string
	value              map[string]float64
}

// What the parts of a prototype took together that kept nothing or received nothing (each measured by itself): 18 µs a KB that is decoded,
// 423 µs a TLS handshake, 85 µs a request, 8.5 µs a row that is stored. A whole report is 230 KB and 250 rows over a new connection; changes
// have the hub read the whole they stand on; a status is a request and two rows with their commit. Memory is 100 KB for each of ten thousand
// connections that send at once, the queues, and what SQLite keeps in mind.
const (
	wholeBudget   = 6700 * time.Microsecond
	changesBudget = 4400 * time.Microsecond
	statusBudget  = 400 * time.Microsecond
	pageBudget    = 300 * time.Millisecond
	hubMemory     = 1536 << 20
)

// hub measures a hub with one core and simulated agents, on SQLite and, where it is installed, PostgreSQL. What is not stored as often as it
// was sent fails the run.
func (b *bench) hub(ctx context.Context) error {
	agents, most := "(1000|10000)", "10000"
	if b.settings.quick {
		agents, most = "1000", "1000"
	}
	cmd := exec.CommandContext(ctx, "go", "test", "./internal/hub", "-run", "^$", "-bench", "^BenchmarkFleet$/./^"+agents+"$", "-benchtime", "1x", "-timeout", "40m")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("hub: %w\n%s", err, out)
	}
	rows := hubRows(out)
	for _, kind := range []string{"SQLite", "PostgreSQL"} {
		b.hubLoad(rows, kind, most)
		b.hubPages(rows, kind, most)
		if !b.settings.quick {
			b.hubGrowth(rows, kind)
		}
	}
	return nil
}

// hubRows reads what `go test -bench` prints of BenchmarkFleet.
func hubRows(out []byte) []hubRow {
	var all []hubRow
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 {
			continue
		}
		name, found := strings.CutPrefix(fields[0], "BenchmarkFleet/")
		parts := strings.SplitN(name, "/", 3)
		if !found || len(parts) < 3 {
			continue
		}
		row := hubRow{parts[0], parts[1], parts[2][:max(strings.LastIndexByte(parts[2], '-'), 0)], map[string]float64{}}
		for i := 2; i+1 < len(fields); i += 2 {
			row.value[fields[i+1]], _ = strconv.ParseFloat(fields[i], 64)
		}
		all = append(all, row)
	}
	return all
}

func find(rows []hubRow, kind, agents, what string) map[string]float64 {
	for _, row := range rows {
		if row.kind == kind && row.agents == agents && row.what == what {
			return row.value
		}
	}
	return nil
}

func (b *bench) hubLoad(rows []hubRow, kind, agents string) {
	if find(rows, kind, agents, "whole") == nil {
		b.table.note("hub, "+kind, "not measured: it is not installed")
		return
	}
	memory := 0.0
	for _, phase := range []struct {
		name, what string
		budget     time.Duration
	}{
		{"whole", "whole reports with a hundred findings, each over a new connection that stays", wholeBudget},
		{"changes", "changes since a whole report", changesBudget},
		{"status", "statuses", statusBudget},
		{"all-at-once", "changes, all agents at once over new connections", 0},
	} {
		v := find(rows, kind, agents, phase.name)
		spent := time.Duration(v["hub-µs/req"] * float64(time.Microsecond))
		figures := fmt.Sprintf("%.0f requests a second on one core; p50 %.0f ms, p99 %.0f ms with 64 at once; %.0f sent again; all stored once", v["req/s"], v["p50-ms"], v["p99-ms"], v["sent-again"])
		budget, met := "", ""
		if phase.budget > 0 {
			budget, met = fmt.Sprintf("<= %.1f ms", phase.budget.Seconds()*1000), yes(spent <= phase.budget)
		} else {
			figures = strings.Replace(figures, " with 64 at once", "", 1)
		}
		b.table.row(fmt.Sprintf("hub, %s, %s agents: %s; processor time of each", kind, agents, phase.what), budget, fmt.Sprintf("%.1f ms", spent.Seconds()*1000), met, figures)
		memory = max(memory, v["hub-MB"])
	}
	if v := find(rows, kind, agents, "stored"); v != nil {
		b.table.note(fmt.Sprintf("hub, %s, %s agents: what was sent and is stored, once; the database", kind, agents), fmt.Sprintf("%.0f reports; %.0f MB", v["reports"], v["database-MB"]))
	}
	b.table.memory(fmt.Sprintf("hub, %s: memory with %s connections", kind, agents), int64(memory)<<20, hubMemory)
}

// hubPages gives the page that takes longest, of people and of programs.
func (b *bench) hubPages(rows []hubRow, kind, agents string) {
	var slowest hubRow
	n := 0
	for _, row := range rows {
		if row.kind != kind || row.agents != agents || row.value["most-ms"] == 0 {
			continue
		}
		n++
		if slowest.value == nil || row.value["p50-ms"] > slowest.value["p50-ms"] {
			slowest = row
		}
	}
	if n == 0 {
		return
	}
	took := time.Duration(slowest.value["p50-ms"] * float64(time.Millisecond))
	b.table.row(fmt.Sprintf("hub, %s: the slowest of %d pages and lists with %s servers and a hundred findings on each", kind, n, agents), "<= "+ms(pageBudget), ms(took), yes(took <= pageBudget),
		fmt.Sprintf("`%s`, the middle of five; at most %.0f ms", slowest.what, slowest.value["most-ms"]))
}

func (b *bench) hubGrowth(rows []hubRow, kind string) {
	for _, phase := range []string{"whole", "status"} {
		small, large := find(rows, kind, "1000", phase)["hub-µs/req"], find(rows, kind, "10000", phase)["hub-µs/req"]
		if small > 0 {
			b.table.ratio(fmt.Sprintf("hub, %s: processor time of a request (%s), 10,000 servers against 1,000", kind, phase), large/small, ratio{atMost: 1.3},
				fmt.Sprintf("%.2f ms, %.2f ms", small/1000, large/1000))
		}
	}
}
