package main

import (
	"context"
	"errors"
	"io"
	"math"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/collectors"
	"github.com/exvet/exvet/internal/capture"
	"github.com/exvet/exvet/internal/host"
)

// thisServer is how messages and reports call the server exvet runs on.
const thisServer = "this server"

// liveFlags are the flags for the server exvet runs on.
type liveFlags struct {
	gentle  bool
	memory  string
	timeout time.Duration
}

// defaultMemory is what a scan of the server exvet runs on may hold.
const defaultMemory = "512MB"

// gentleTimeout is how long a collector may take that uses a tenth of one processor.
const gentleTimeout = 30 * time.Minute

func (f *liveFlags) add(cmd *cobra.Command) {
	set := cmd.Flags()
	set.BoolVar(&f.gentle, "gentle", false, "on this server: use less than a tenth of one processor, however long it takes")
	set.StringVar(&f.memory, "max-memory", defaultMemory, "on this server: hold at most about `SIZE`, as 256MB or 1GB")
	set.DurationVar(&f.timeout, "collector-timeout", 0,
		"on this server: `TIME` one section may take, as 90s (default "+collectors.Limit.String()+", with --gentle "+gentleTimeout.String()+")")
}

// check refuses flags that are wrong, and flags for this server where a source is given.
func (f *liveFlags) check(cmd *cobra.Command, names []string) error {
	if _, err := parseSize(f.memory); err != nil {
		return err
	}
	if f.timeout < 0 || cmd.Flags().Changed("collector-timeout") && f.timeout < time.Second {
		return exvet.Refuse("usage/collector-timeout", "--collector-timeout %s is less than a second", f.timeout)
	}
	for _, flag := range []string{"gentle", "max-memory", "collector-timeout"} {
		if len(names) > 0 && cmd.Flags().Changed(flag) {
			return exvet.Refuse("usage/flag", "--%s is for the server exvet runs on, and %q is given; leave one out", flag, names[0])
		}
	}
	return nil
}

// limit is how long one collector may take.
func (f *liveFlags) limit() time.Duration {
	switch {
	case f.timeout > 0:
		return f.timeout
	case f.gentle:
		return gentleTimeout
	}
	return collectors.Limit
}

// leastMemory is less than what the rules alone take.
const leastMemory = 64 << 20

// parseSize reads an amount of memory: "512MB", "1GB", or bytes.
func parseSize(text string) (int64, error) {
	units := []struct {
		name  string
		bytes int64
	}{{"gib", 1 << 30}, {"gb", 1 << 30}, {"g", 1 << 30}, {"mib", 1 << 20}, {"mb", 1 << 20}, {"m", 1 << 20}, {"", 1}}
	lower := strings.ToLower(strings.TrimSpace(text))
	at := slices.IndexFunc(units, func(u struct {
		name  string
		bytes int64
	}) bool {
		return strings.HasSuffix(lower, u.name)
	})
	number, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(lower, units[at].name)), 10, 64)
	if err != nil || number <= 0 || number > math.MaxInt64/units[at].bytes {
		return 0, exvet.Refuse("usage/max-memory", "--max-memory %q is no size; write it as 512MB or 1GB", text)
	}
	if number *= units[at].bytes; number < leastMemory {
		return 0, exvet.Refuse("usage/max-memory", "--max-memory %s is less than the %dMB exvet needs", text, leastMemory>>20)
	}
	return number, nil
}

// A wanted is a capture to be written while a server is looked at; none without a file.
type wanted struct {
	file    string
	options capture.Options
}

// readLive collects from the server exvet runs on. When ctx ends, it gives what was seen until then.
func readLive(ctx context.Context, flags liveFlags, now time.Time, progress io.Writer, raw wanted, look collectors.Options) (*source, error) {
	server, err := host.OpenLive(ctx, host.LiveOptions{Gentle: flags.gentle})
	if err != nil {
		return nil, err
	}
	defer func() { _ = server.Close() }() // it only gives back what the process takes with it
	memory, err := parseSize(flags.memory)
	if err != nil {
		return nil, err
	}
	debug.SetMemoryLimit(memory)
	shown := newProgress(progress)
	var seen exvet.Host = server
	var recorder *capture.Recorder
	if raw.file != "" {
		recorder = capture.Record(server)
		seen = recorder
	}
	look.Limit, look.Progress, look.Files = flags.limit(), shown.done, shown.files
	snapshot := look.Collect(ctx, seen, now)
	shown.end()
	problems := server.Problems()
	if ctx.Err() != nil {
		problems = append(problems, errors.New("stopped: the report holds what was seen until then"))
	}
	found, err := sourceOf(thisServer, snapshot, problems)
	if err == nil && recorder != nil {
		err = writeCapture(ctx, recorder, raw.file, raw.options)
	}
	if err != nil {
		return nil, err
	}
	return found, nil
}
