// Package collectors turns a host into a snapshot: one collector a section of facts, each alone, none judging.
package collectors

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/exvet/exvet"
)

// Limit is how long one collector may take before its section is failed.
const Limit = 2 * time.Minute

// A Collector reads one section of facts from a host.
type Collector struct {
	Name    string       // of the section: "iis"
	About   string       // one line for people
	Facts   reflect.Type // type of the section's facts; the snapshot schema is drawn from it
	collect func(context.Context, exvet.Host) (any, error)
	last    func(context.Context, exvet.Host, iter.Seq[any], Options) (any, error) // in place of collect: from the facts of all before
}

// All lists the collectors.
func All() []Collector {
	return []Collector{
		exchange(),
		iis(),
		services(),
		injection(),
		amsi(),
		events(),
		processes(),
		transport(),
		files(),
		organisation(),
		binaries(),
		signatures(),
	}
}

// define makes a Collector of a function that returns the facts it has and errors.Join of what it could not
// read, each an exvet.Missing. Facts are nil when there are none.
func define[F any](name, about string, collect func(context.Context, exvet.Host) (*F, error)) Collector {
	return Collector{
		Name: name, About: about, Facts: reflect.TypeFor[F](),
		collect: func(ctx context.Context, host exvet.Host) (any, error) {
			facts, err := collect(ctx, host)
			if facts == nil {
				return nil, err
			}
			return facts, err
		},
	}
}

// defineLast makes a Collector that runs after all before it in the list, and gets their facts.
func defineLast[F any](name, about string, collect func(context.Context, exvet.Host, iter.Seq[any], Options) (*F, error)) Collector {
	return Collector{
		Name: name, About: about, Facts: reflect.TypeFor[F](),
		last: func(ctx context.Context, host exvet.Host, before iter.Seq[any], options Options) (any, error) {
			facts, err := collect(ctx, host, before, options)
			if facts == nil {
				return nil, err
			}
			return facts, err
		},
	}
}

// Options say how a host is collected from.
type Options struct {
	Limit    time.Duration         // how long one collector may take; 0 is Limit
	Progress func(section string)  // told of each section that is done, from several goroutines; nil tells nobody
	Files    func(done, total int) // told of files that were read, now and then, from several goroutines; likewise
	Probes   []exvet.Probe         // what organisations ask for besides
	Cache    string                // folder that keeps what was found out of files; "" for none

	now time.Time
}

// Collect runs every collector side by side, then those that need the facts of others one by one, each under Limit and
// each alone: one that fails, hangs or panics costs its own section only.
func Collect(ctx context.Context, host exvet.Host, now time.Time) *exvet.Snapshot {
	return Options{}.Collect(ctx, host, now)
}

// Collect is the function Collect with options. When ctx ends, the snapshot holds what was seen until then.
func (o Options) Collect(ctx context.Context, host exvet.Host, now time.Time) *exvet.Snapshot {
	all := All()
	o.now = now
	snapshot := &exvet.Snapshot{
		Format: exvet.SnapshotFormat, CollectedAt: now.UTC().Truncate(time.Second), Source: host.Kind(),
		Server:    exvet.Server{Roles: []string{}},
		Collected: map[string]exvet.Section{}, Facts: map[string]any{},
	}
	type answer struct {
		facts any
		err   error
	}
	answers := make([]answer, len(all))
	var group sync.WaitGroup
	start := func(i int, collect func(context.Context) (any, error)) {
		group.Go(func() {
			answers[i].facts, answers[i].err = run(ctx, all[i].Name, cmp.Or(o.Limit, Limit), collect)
			if o.Progress != nil {
				o.Progress(all[i].Name)
			}
		})
	}
	for i, collector := range all {
		if collector.collect != nil {
			start(i, func(ctx context.Context) (any, error) { return collector.collect(ctx, host) })
		}
	}
	group.Wait()
	var before []any
	for _, answer := range answers {
		before = append(before, answer.facts)
	}
	for i, collector := range all {
		if collector.last != nil {
			start(i, func(ctx context.Context) (any, error) {
				return collector.last(ctx, host, slices.Values(before), o)
			})
			group.Wait()
			before = append(before, answers[i].facts)
		}
	}
	for i, collector := range all {
		facts, err := answers[i].facts, answers[i].err
		snapshot.Collected[collector.Name] = section(collector.Name, facts != nil, err)
		if facts != nil {
			snapshot.Facts[collector.Name] = facts
		}
		if found, ok := facts.(*Exchange); ok {
			snapshot.Server = found.server()
		}
	}
	probe(ctx, host, snapshot, o.Probes)
	return snapshot
}

// grace is how long a collector that was told to stop may take to hand over what it has.
const grace = 2 * time.Second

// run calls one collector and gives up on it after a limit.
func run(ctx context.Context, name string, limit time.Duration, collect func(context.Context) (any, error)) (any, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	type answer struct {
		facts any
		err   error
	}
	done := make(chan answer, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				done <- answer{nil, fmt.Errorf("collector %s failed: %v", name, r)}
			}
		}()
		facts, err := collect(ctx)
		done <- answer{facts, err}
	}()
	stopped := func() error {
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return fmt.Errorf("collector %s gave up after %s", name, limit)
		}
		return fmt.Errorf("collector %s was stopped", name)
	}
	select {
	case a := <-done:
		return a.facts, a.err
	case <-ctx.Done():
	}
	select {
	case a := <-done:
		return a.facts, errors.Join(stopped(), withoutStops(a.err))
	case <-time.After(grace):
		return nil, stopped()
	}
}

// withoutStops takes out of an error what only says that the context has ended.
func withoutStops(err error) error {
	var kept []error
	for _, cause := range leaves(err) {
		if !errors.Is(cause, context.Canceled) && !errors.Is(cause, context.DeadlineExceeded) {
			kept = append(kept, cause)
		}
	}
	return errors.Join(kept...)
}

// section sums up what a collector answered.
func section(name string, facts bool, err error) exvet.Section {
	found := exvet.Section{Status: exvet.Complete, Missing: []exvet.Missing{}}
	absent := err != nil
	for _, cause := range leaves(err) {
		var missing exvet.Missing
		if !errors.As(cause, &missing) {
			missing = exvet.Missing{Facts: []string{name}, Reason: cause.Error()}
		}
		absent = absent && errors.Is(cause, exvet.ErrNoEvidence)
		found.Missing = append(found.Missing, missing)
	}
	slices.SortStableFunc(found.Missing, compareMissing)
	switch {
	case err == nil:
	case facts:
		found.Status = exvet.Partial
	case absent:
		found.Status = exvet.Absent
	default:
		found.Status = exvet.Failed
	}
	return found
}

func compareMissing(a, b exvet.Missing) int {
	for _, order := range []int{
		cmpString(a.Scope, b.Scope), cmpString(a.File, b.File), a.Line - b.Line, cmpString(a.Reason, b.Reason),
	} {
		if order != 0 {
			return order
		}
	}
	return 0
}

func cmpString(a, b string) int {
	if a < b {
		return -1
	}
	if a > b {
		return 1
	}
	return 0
}

// leaves flattens joined errors.
func leaves(err error) []error {
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, part := range joined.Unwrap() {
		all = append(all, leaves(part)...)
	}
	return all
}
