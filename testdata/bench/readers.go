package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// A reader is a Go benchmark of a reader of evidence, or of what is done with bundles.
type reader struct {
	what, folder, bench string
	least               float64       // MB/s, on one core
	most                time.Duration // of one round, on all
}

// readers runs the benchmarks of the readers.
func (b *bench) readers(ctx context.Context) error {
	for _, r := range []reader{
		{"EVTX, one core", "./internal/evtx", "^BenchmarkRead$/^wanted_few", 80, 0},
		{"Authenticode, one core", "./internal/authenticode", "^BenchmarkVerify$/^16384KB$/^exvet$", 250, 0},
		{"IIS configuration of one server to facts", "./internal/iisconfig", "^BenchmarkRead$", 0, 150 * time.Millisecond},
		{"registry hive", "./internal/regfile", "^BenchmarkHive$", 0, 0},
		{"a hundred rules: checked, tested by two hundred plain tests, built", "./internal/authoring", "^BenchmarkBuild100$/^plain$", 0, time.Second},
		{"... with tables of cases", "./internal/authoring", "^BenchmarkBuild100$/^tables$", 0, 0},
		{"... and two servers of its own for each rule", "./internal/authoring", "^BenchmarkBuild100$/^fixtures$", 0, 0},
		{"a hundred rules: verified, loaded, activated", "./internal/engine", "^BenchmarkActivate100$", 0, 50 * time.Millisecond},
	} {
		cores := 1
		if r.least == 0 {
			cores = runtime.NumCPU()
		}
		command := exec.CommandContext(ctx, "go", "test", r.folder, "-run", "^$", "-bench", r.bench, "-cpu", strconv.Itoa(cores), "-benchmem", "-count", "3")
		command.Env = append(os.Environ(), "GOGC=200") // as in exvet's brief commands
		out, err := command.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%s: %w\n%s", r.folder, err, out)
		}
		b.read(r, out)
	}
	return nil
}

// loop compares rules with the same checks written in Go.
func (b *bench) loop(ctx context.Context) error {
	out, err := exec.CommandContext(ctx, "go", "test", "./internal/engine", "-run", "^$", "-bench", "^BenchmarkLoop$", "-cpu", "1", "-count", "3").CombinedOutput()
	if err != nil {
		return fmt.Errorf("loop: %w\n%s", err, out)
	}
	found, _ := results(out)
	rules, loop := found["BenchmarkLoop/rules"].nanoseconds, found["BenchmarkLoop/loop"].nanoseconds
	b.table.ratio("sixty rules beside the same checks as a loop in Go, one core", rules/loop, ratio{atMost: 4},
		fmt.Sprintf("%s, %s; the same findings", ms(time.Duration(rules)), ms(time.Duration(loop))))
	return nil
}

// A best is the best of the rounds of a benchmark: others on the machine only make one slower.
type best struct {
	nanoseconds, speed float64
}

// results reads what `go test -bench` prints.
func results(out []byte) (found map[string]best, order []string) {
	found = map[string]best{}
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		one, known := found[fields[0]]
		if !known {
			order = append(order, fields[0])
		}
		for i := 2; i+1 < len(fields); i += 2 {
			value, _ := strconv.ParseFloat(fields[i], 64)
			switch fields[i+1] {
			case "ns/op":
				if one.nanoseconds == 0 || value < one.nanoseconds {
					one.nanoseconds = value
				}
			case "MB/s":
				one.speed = max(one.speed, value)
			}
		}
		found[fields[0]] = one
	}
	return found, order
}

func (b *bench) read(r reader, out []byte) {
	found, order := results(out)
	for _, name := range order {
		what, one := fmt.Sprintf("%s (`%s`)", r.what, name), found[name]
		switch {
		case r.least > 0:
			b.table.throughput(what, one.speed, r.least)
		case r.most > 0:
			b.table.limit(what, time.Duration(one.nanoseconds), r.most)
		case one.speed > 0:
			b.table.note(what, fmt.Sprintf("%.0f MB/s", one.speed))
		default:
			b.table.note(what, ms(time.Duration(one.nanoseconds)))
		}
	}
}
