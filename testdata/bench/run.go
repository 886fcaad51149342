package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A cost is what one run of a program took.
type cost struct {
	wall, cpu time.Duration
	memory    int64 // bytes, the most it held
	findings  int
}

// measured runs a program, whose output count reads. Another process of bench starts it: what a process held at most counts what
// its parent held when it was started, and this one holds snapshots.
func measured(ctx context.Context, count func([]byte) (int, error), args ...string) (cost, error) {
	self, err := os.Executable()
	if err != nil {
		return cost{}, err
	}
	var out, figures bytes.Buffer
	cmd := exec.CommandContext(ctx, self, append([]string{"-measure"}, args...)...)
	cmd.Stdout, cmd.Stderr = &out, &figures
	if err := cmd.Run(); err != nil {
		return cost{}, fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, figures.String())
	}
	var c cost
	if _, err := fmt.Sscan(figures.String(), (*int64)(&c.wall), (*int64)(&c.cpu), &c.memory); err != nil {
		return c, fmt.Errorf("%s: read its figures: %w", strings.Join(args, " "), err)
	}
	if c.findings, err = count(out.Bytes()); err != nil {
		return c, fmt.Errorf("%s: %w", strings.Join(args, " "), err)
	}
	return c, nil
}

// measure starts a program in place of measured and writes what it took to standard error.
func measure(args []string) error {
	var complaint bytes.Buffer
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, &complaint
	begin := time.Now()
	err := cmd.Run()
	wall := time.Since(begin)
	// Findings end conftest with 1; that is no failure.
	if err != nil && (cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != 1) {
		return fmt.Errorf("%w: %s", err, complaint.String())
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return fmt.Errorf("no figures of %s", args[0])
	}
	_, err = fmt.Fprintln(os.Stderr, int64(wall), usage.Utime.Nano()+usage.Stime.Nano(), usage.Maxrss<<10)
	return err
}

// middle takes the median of each figure.
func middle(costs []cost) cost {
	pick := func(value func(cost) int64) int64 {
		all := make([]int64, len(costs))
		for i, c := range costs {
			all[i] = value(c)
		}
		slices.Sort(all)
		return all[len(all)/2]
	}
	return cost{
		wall:     time.Duration(pick(func(c cost) int64 { return int64(c.wall) })),
		cpu:      time.Duration(pick(func(c cost) int64 { return int64(c.cpu) })),
		memory:   pick(func(c cost) int64 { return c.memory }),
		findings: costs[0].findings,
	}
}

// A contender is a program with its arguments, and how its findings are counted.
type contender struct {
	name  string
	count func([]byte) (int, error)
	args  []string
	most  int // rounds at most, for those that take minutes
}

// race runs the contenders one after the other, in every round, and gives the medians.
func race(ctx context.Context, rounds int, contenders ...contender) (map[string]cost, error) {
	costs := map[string][]cost{}
	for round := range rounds {
		for _, c := range contenders {
			if c.most > 0 && round >= c.most {
				continue
			}
			spent, err := measured(ctx, c.count, c.args...)
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(os.Stderr, "%s: %s, %s of processor time, %d MB, %d findings\n", c.name, spent.wall.Round(time.Millisecond),
				spent.cpu.Round(time.Millisecond), spent.memory>>20, spent.findings)
			costs[c.name] = append(costs[c.name], spent)
		}
	}
	result := map[string]cost{}
	for name, all := range costs {
		result[name] = middle(all)
	}
	return result, nil
}

func (b *bench) exvetScan(program, snapshot string) contender {
	return contender{name: "exvet", count: countReport, args: []string{program, "scan", snapshot, "-o", "json", "--fail-on", "never", "--require", "none", "--quiet"}}
}

func (b *bench) opaEval(set ruleset, snapshot string) contender {
	return contender{name: "opa", count: countEval, args: []string{
		filepath.Join(b.settings.tools, "opa"), "eval", "-d", set.core, "-i", snapshot, "-f", "json", "data.exvet.main.results",
	}}
}

func (b *bench) conftestTest(set ruleset, snapshot string) contender {
	return contender{name: "conftest", most: 1, count: countTest, args: []string{
		filepath.Join(b.settings.tools, "conftest"), "test", snapshot, "-p", set.conftest, "-d", set.conftest, "--all-namespaces", "-o", "json",
	}}
}

func countReport(out []byte) (int, error) {
	var report struct {
		Servers []struct {
			Results []struct {
				Status   string `json:"status"`
				Findings []any  `json:"findings"`
			} `json:"results"`
		} `json:"servers"`
	}
	if err := json.Unmarshal(out, &report); err != nil {
		return 0, err
	}
	n := 0
	for _, server := range report.Servers {
		for _, result := range server.Results {
			if result.Status == "error" {
				return 0, fmt.Errorf("a rule is in error")
			}
			n += len(result.Findings)
		}
	}
	return n, nil
}

func countEval(out []byte) (int, error) {
	var answer struct {
		Result []struct {
			Expressions []struct {
				Value []struct {
					Findings []any `json:"findings"`
				} `json:"value"`
			} `json:"expressions"`
		} `json:"result"`
	}
	if err := json.Unmarshal(out, &answer); err != nil || len(answer.Result) == 0 {
		return 0, fmt.Errorf("no answer: %w", err)
	}
	n := 0
	for _, result := range answer.Result[0].Expressions[0].Value {
		n += len(result.Findings)
	}
	return n, nil
}

func countTest(out []byte) (int, error) {
	var tests []struct {
		Failures []any `json:"failures"`
	}
	if err := json.Unmarshal(out, &tests); err != nil {
		return 0, err
	}
	n := 0
	for _, test := range tests {
		n += len(test.Failures)
	}
	return n, nil
}

// build builds exvet as it is released.
func build(ctx context.Context, source, system, out string) error {
	abs, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", abs, "./cmd/exvet")
	cmd.Dir, cmd.Env = source, append(os.Environ(), "CGO_ENABLED=0")
	if system != "" {
		cmd.Env = append(cmd.Env, "GOOS="+system, "GOARCH=amd64")
	}
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", cmd, err, text)
	}
	return nil
}

// copySource copies what exvet is built from, with other rules built in.
func copySource(ctx context.Context, into, core string) error {
	list, err := exec.CommandContext(ctx, "git", "ls-files", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		return err
	}
	for name := range strings.FieldsFuncSeq(string(list), func(r rune) bool { return r == '\n' }) {
		first, _, _ := strings.Cut(name, "/")
		if slices.Contains([]string{"docs", "testdata", "tools"}, first) || first == "policies" && name != "policies/embed.go" || strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if err := write(filepath.Join(into, name), string(text)); err != nil {
			return err
		}
	}
	return os.CopyFS(filepath.Join(into, "policies"), os.DirFS(core))
}
