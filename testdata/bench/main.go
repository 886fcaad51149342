// Command bench measures exvet beside opa, conftest and a hand-written loop, on the same snapshots and rules, and writes the
// table of docs/performance.md.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
)

func main() {
	if len(os.Args) > 2 && os.Args[1] == "-measure" {
		if err := measure(os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// settings are what a run is asked for.
type settings struct {
	tools  string // folder with opa and conftest
	rounds int
	quick  bool
	out    string
}

func run(ctx context.Context) error {
	var s settings
	flag.StringVar(&s.tools, "tools", "bin", "folder of opa and conftest")
	flag.IntVar(&s.rounds, "rounds", 5, "rounds; each asks every program once, one after the other")
	flag.BoolVar(&s.quick, "quick", false, "snapshots of 1 and 10 MB and 60 rules alone")
	flag.StringVar(&s.out, "o", "", "write the table to this file (default standard output)")
	flag.Parse()
	work, err := os.MkdirTemp("", "exvet-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	b := &bench{settings: s, work: work, table: &table{}}
	defer func() {
		text := b.table.markdown()
		if s.out == "" {
			fmt.Print(text)
		} else if err := os.WriteFile(s.out, []byte(text), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
		}
	}()
	fmt.Fprintln(os.Stderr, "making snapshots, rules and programs")
	if err := b.prepare(ctx); err != nil {
		return err
	}
	if err := b.all(ctx); err != nil {
		return err
	}
	return b.table.wrong
}

// sizes are the snapshots, in MB, and counts the sets of rules, that are asked.
func (s settings) sizes() []int {
	if s.quick {
		return []int{1, 10}
	}
	return []int{1, 10, 20, 100}
}

func (s settings) counts() []int {
	if s.quick {
		return []int{60}
	}
	return []int{60, 120, 240}
}

// A bench is one run: its programs, snapshots and rules.
type bench struct {
	settings settings
	work     string
	table    *table
	shot     map[int]string  // snapshot by MB
	rules    map[int]ruleset // by number
	exvet    map[int]string  // program with so many rules built in
	released string          // the program as it is released
}

// prepare makes snapshots and sets of rules, and for each set an exvet that has it built in.
func (b *bench) prepare(ctx context.Context) error {
	b.shot, b.rules, b.exvet = map[int]string{}, map[int]ruleset{}, map[int]string{}
	for _, size := range b.settings.sizes() {
		text, err := snapshot("policies/fixtures/healthy/snapshot.json", size<<20, 1)
		if err != nil {
			return err
		}
		b.shot[size] = filepath.Join(b.work, fmt.Sprintf("%d.json", size))
		if err := os.WriteFile(b.shot[size], text, 0o600); err != nil {
			return err
		}
	}
	b.released = filepath.Join(b.work, "exvet")
	if err := build(ctx, ".", "", b.released); err != nil {
		return err
	}
	for _, count := range b.settings.counts() {
		folder := filepath.Join(b.work, fmt.Sprintf("rules%d", count))
		set, err := writeRules("policies", folder, count)
		if err != nil {
			return err
		}
		b.rules[count] = set
		source := filepath.Join(folder, "source")
		if err := copySource(ctx, source, set.core); err != nil {
			return err
		}
		b.exvet[count] = filepath.Join(folder, "exvet")
		if err := build(ctx, source, "", b.exvet[count]); err != nil {
			return err
		}
	}
	return nil
}
