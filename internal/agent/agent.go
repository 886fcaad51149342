// Package agent keeps one server checked: it fetches signed bundles by OPA's management services, scans, and sends what it found.
package agent

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	"github.com/open-policy-agent/opa/v1/plugins"
	"github.com/open-policy-agent/opa/v1/plugins/discovery"
	"github.com/open-policy-agent/opa/v1/plugins/rest"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/decision"
)

// An Agent is a configured agent. Run it once.
type Agent struct {
	config *Config
	log    *slog.Logger
	now    func() time.Time

	state   *state
	rules   *rules
	fetched *fetched
	spool   *spool
	upload  *uploader
	scanner *scanner
	status  *statusReporter
	gauges  *gauges

	manager   *plugins.Manager
	discovery *discovery.Discovery
	release   func() error // the lock on the agent's folder

	lock sync.Mutex
	seen seen
	base base

	discovered  bool              // a configuration, since the agent started
	pollTimeout time.Duration     // of one bundle
	heard       func(addr string) // told where metrics are served; tests ask
}

// A base is the report changes stand on.
type base struct {
	id     string // of its decision
	report *exvet.Report
	at     time.Time
}

// Options say how an agent runs.
type Options struct {
	Log *slog.Logger
	Now func() time.Time // nil is the clock

	disk *disk
}

// New prepares an agent: what answered before answers again when it returns, without a network. Close or Run it. A folder that
// another agent uses is an exvet.Refusal.
func New(ctx context.Context, config *Config, options Options) (*Agent, error) {
	a := &Agent{config: config, log: options.Log, now: options.Now, fetched: &fetched{}, pollTimeout: pollTimeout}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	if a.now == nil {
		a.now = time.Now
	}
	if options.disk == nil {
		options.disk = newDisk()
	}
	if err := prepare(config.Directory); err != nil {
		return nil, err
	}
	release, err := lock(filepath.Join(config.Directory, lockFile))
	if err != nil {
		return nil, err
	}
	a.release = release
	if err := a.open(ctx, options.disk); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// lockFile is held by a running agent.
const lockFile = "agent.lock"

func errRunning(name string) error {
	return exvet.Refuse("agent/running", "another agent holds %q; stop it, or give this one its own persistence_directory", name)
}

func (a *Agent) open(ctx context.Context, d *disk) error {
	sweep(a.config.Directory)
	// The registry's cache grows with each revision, and OPA does not start on one that is damaged.
	if err := os.RemoveAll(filepath.Join(a.config.Directory, ociFolder)); err != nil {
		return fmt.Errorf("agent/disk: %w", err)
	}
	if err := pruneCache(a.config.cache()); err != nil {
		return fmt.Errorf("agent/disk: %w", err)
	}
	var err error
	if a.state, err = openState(a.config.Directory, d); err != nil {
		a.log.Error("the agent's state was lost or is not on disk", "error", err)
		a.seen.state = err.Error()
	}
	if a.rules, err = newRules(a.config, a.state, d, a.log, a.now); err != nil {
		return err
	}
	a.rules.restore(ctx)
	a.spool = newSpool(a.config, a.state, d, a.now)
	a.scanner = newScanner(a.config, a.rules, a.now)
	a.status = &statusReporter{agent: a}
	a.gauges = newGauges(a)
	a.upload = &uploader{spool: a.spool, client: func() rest.Client { return a.manager.Client(a.config.results) }}
	return a.manage()
}

// Close gives back what New took. Run does it, too.
func (a *Agent) Close() error {
	if a.manager != nil {
		a.manager.Stop(context.Background())
		a.manager = nil
	}
	if a.release == nil {
		return nil
	}
	err := a.release()
	a.release = nil
	return err
}

// Run works until ctx ends. It then sends what it can within a few seconds; the rest waits on disk.
func (a *Agent) Run(ctx context.Context) error {
	defer func() { _ = a.Close() }() // only unlocks
	if err := a.start(ctx); err != nil {
		return err
	}
	l, err := a.listen()
	if err != nil {
		return err
	}
	defer l()
	a.loop(ctx)
	a.farewell()
	return nil
}

// Once does what a running agent does in one round: it polls, scans, and sends. The result is what it found.
func (a *Agent) Once(ctx context.Context) (decision.Result, error) {
	defer func() { _ = a.Close() }() // only unlocks
	if err := a.start(ctx); err != nil {
		return decision.Result{}, err
	}
	a.poll(ctx)
	a.rules.taken()
	result := a.look(ctx, decision.OnRequest, "")
	a.send(ctx)
	a.beat(ctx)
	a.publish()
	return result, ctx.Err()
}

func (a *Agent) start(ctx context.Context) error {
	debug.SetMemoryLimit(a.config.MaxMemory)
	debug.SetGCPercent(leanGC)
	if err := a.manager.Start(ctx); err != nil {
		return fmt.Errorf("agent/start: %w", err)
	}
	a.listenToBundles()
	a.lock.Lock()
	a.seen.started = a.now()
	a.lock.Unlock()
	a.log.Info("the agent started", "version", exvet.Version, "id", a.state.get().ID, "directory", a.config.Directory)
	shrink()
	return nil
}

// leanGC trades a little time for memory: an agent is idle nearly always.
const leanGC = 50

// farewell sends what it can before the agent stops.
func (a *Agent) farewell() {
	ctx, cancel := context.WithTimeout(context.Background(), stopSeconds*time.Second)
	defer cancel()
	a.send(ctx)
	a.beat(ctx)
	a.lock.Lock()
	a.seen.stopped = true
	a.lock.Unlock()
	a.publish()
	a.log.Info("the agent stopped")
}
