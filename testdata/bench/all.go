package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// all measures everything that has a budget.
func (b *bench) all(ctx context.Context) error {
	for _, step := range []func(context.Context) error{b.start, b.beside, b.growth, b.loop, b.readers, b.hub, b.size} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// beside asks exvet, opa and conftest the same of the same snapshots.
func (b *bench) beside(ctx context.Context) error {
	for _, size := range b.settings.sizes() {
		set, snapshot := b.rules[60], b.shot[size]
		contenders := []contender{b.exvetScan(b.exvet[60], snapshot), b.opaEval(set, snapshot)}
		if size <= 20 {
			contenders = append(contenders, b.conftestTest(set, snapshot))
		}
		costs, err := race(ctx, b.settings.rounds, contenders...)
		if err != nil {
			return err
		}
		b.table.same(fmt.Sprintf("%d MB, 60 rules", size), costs)
		exvet, opa := costs["exvet"], costs["opa"]
		what := fmt.Sprintf("%d MB, 60 rules, whole command", size)
		budget := ratio{}
		if size == 10 {
			budget = ratio{atLeast: 2.5}
		}
		b.table.beside(what+" beside `opa eval`", exvet, opa, budget)
		if conftest, ok := costs["conftest"]; ok {
			budget = ratio{}
			if size == 10 {
				budget = ratio{atLeast: 15}
			}
			b.table.beside(what+" beside `conftest test` (one run)", exvet, conftest, budget)
		}
		switch size {
		case 1:
			b.table.limit("whole `exvet scan`, 1 MB, 60 rules", exvet.wall, 60*time.Millisecond)
			b.table.memory("memory, 1 MB, 60 rules", exvet.memory, 40<<20)
		case 20:
			b.table.memory("memory, 20 MB, 60 rules", exvet.memory, 130<<20)
		case 100:
			b.table.memory("memory, 100 MB, 60 rules", exvet.memory, 500<<20)
		}
	}
	return nil
}

// growth compares what a MB and a rule cost in small and in large.
func (b *bench) growth(ctx context.Context) error {
	if b.settings.quick {
		return nil
	}
	spent := func(count, size int) (time.Duration, error) {
		costs, err := race(ctx, b.settings.rounds, b.exvetScan(b.exvet[count], b.shot[size]))
		return costs["exvet"].cpu, err
	}
	empty, err := spent(60, 1)
	if err != nil {
		return err
	}
	small, err := spent(60, 20)
	if err != nil {
		return err
	}
	large, err := spent(60, 100)
	if err != nil {
		return err
	}
	perMB := float64(large-empty) / 99 / (float64(small-empty) / 19)
	b.table.ratio("processor time a MB, 100 MB against 20 MB", perMB, ratio{atMost: 1.3}, fmt.Sprintf("%s, %s", ms(small), ms(large)))
	for _, count := range []int{60, 120, 240} {
		set := b.rules[count]
		costs, err := race(ctx, b.settings.rounds, b.exvetScan(b.exvet[count], b.shot[10]), b.opaEval(set, b.shot[10]))
		if err != nil {
			return err
		}
		b.table.same(fmt.Sprintf("10 MB, %d rules", count), costs)
		b.table.beside(fmt.Sprintf("10 MB, %d rules, whole command beside `opa eval`", count), costs["exvet"], costs["opa"], ratio{})
		if count == 60 {
			empty = costs["exvet"].cpu
		}
		if count == 240 {
			perRule := float64(costs["exvet"].cpu) / float64(empty) / 4
			b.table.ratio("processor time a rule, 240 rules against 60", perRule, ratio{atMost: 1.3}, fmt.Sprintf("%s, %s", ms(empty), ms(costs["exvet"].cpu)))
		}
	}
	return nil
}

// start measures the shortest command of the program as it is released.
func (b *bench) start(ctx context.Context) error {
	none := func([]byte) (int, error) { return 0, nil }
	costs, err := race(ctx, 4*b.settings.rounds, contender{name: "version", count: none, args: []string{b.released, "version"}})
	if err != nil {
		return err
	}
	b.table.limit("start of the whole program, `exvet version`", costs["version"].wall, 15*time.Millisecond)
	b.table.note("processor time of `exvet version`", ms(costs["version"].cpu))
	return nil
}

// size is that of the stripped program for Windows.
func (b *bench) size(ctx context.Context) error {
	file := filepath.Join(b.work, "exvet.exe")
	if err := build(ctx, ".", "windows", file); err != nil {
		return err
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	b.table.memory("stripped program for Windows, agent and hub in it", info.Size(), 70<<20)
	return nil
}
