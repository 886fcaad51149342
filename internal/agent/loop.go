package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/open-policy-agent/opa/v1/plugins/bundle"
	"github.com/open-policy-agent/opa/v1/plugins/status"

	"github.com/exvet/exvet/internal/decision"
)

// Times of the loop.
const (
	glance       = 2 * time.Second  // between two looks for a request
	pollTimeout  = 3 * time.Minute  // one bundle, unless a test has less patience
	beatTimeout  = 15 * time.Second // one status
	mostPoll     = 30 * time.Minute // between two polls that fail
	leastUpload  = 5 * time.Second
	mostUpload   = 15 * time.Minute
	startSpread  = 30 * time.Second // over which a fleet that starts at once polls first
	longestGlide = time.Minute      // of the first scan
)

// loop does one thing after the other: no scan runs beside an activation.
func (a *Agent) loop(ctx context.Context) {
	id := a.state.get().ID
	polls := backoff{least: a.config.Poll, most: max(a.config.Poll, mostPoll)}
	uploads := backoff{least: leastUpload, most: mostUpload}
	nextPoll := a.now().Add(phase(id, min(a.config.Poll, startSpread)))
	nextScan := a.firstScan(id)
	nextUpload := a.now()
	cause := decision.AtStart
	a.expect(nextScan)
	a.publish()
	for {
		polled := false
		if !a.now().Before(nextPoll) {
			polled = true
			if a.poll(ctx) {
				polls.reset()
				nextPoll = a.now().Add(spread(a.config.Poll))
			} else {
				nextPoll = a.now().Add(polls.next())
			}
		}
		request, asked := a.request()
		changed := a.rules.taken()
		due := !a.now().Before(nextScan)
		if ctx.Err() == nil && (due || asked || changed) {
			switch {
			case asked:
				cause = decision.OnRequest
			case !due:
				cause = decision.OnBundle
			}
			a.look(ctx, cause, request)
			nextScan, cause = following(a.now(), id, a.config.Scan), decision.OnSchedule
			a.expect(nextScan)
			nextUpload, polled = a.now(), true
		}
		if ctx.Err() == nil && !a.now().Before(nextUpload) {
			if a.send(ctx) {
				uploads.reset()
				nextUpload = a.now().Add(a.config.Scan)
			} else {
				nextUpload = a.now().Add(uploads.next())
				polled = true
			}
		}
		if polled && ctx.Err() == nil {
			a.beat(ctx)
			a.publish()
		}
		if due || asked || changed {
			shrink()
		}
		if !sleep(ctx, min(time.Until(nextPoll), time.Until(nextScan), time.Until(nextUpload), glance)) {
			return
		}
	}
}

// shrink gives memory back to the system: an agent is idle nearly always.
func shrink() {
	debug.FreeOSMemory()
	trim()
}

// sleep reports whether ctx still lasts.
func sleep(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(max(wait, 10*time.Millisecond))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return ctx.Err() == nil
	}
}

// firstScan is soon, unless the agent scanned within its interval.
func (a *Agent) firstScan(id string) time.Time {
	last := a.state.get().LastScan
	if since := a.now().Sub(last); since >= 0 && since < a.config.Scan {
		return following(last, id, a.config.Scan)
	}
	return a.now().Add(phase(id, min(a.config.Scan, a.config.Poll, longestGlide)))
}

// poll asks for what is published, in order, and reports whether all of it answered.
func (a *Agent) poll(ctx context.Context) bool {
	all := true
	if a.config.opa["discovery"] != nil {
		if err := a.discover(ctx); err != nil {
			all = false
			a.complain("discovery", err)
		} else {
			a.discovered = true
			a.complain("discovery", nil)
		}
		if !a.discovered {
			return false // where bundles lie is not known
		}
	}
	plugin := bundle.Lookup(a.manager)
	if plugin == nil {
		return all
	}
	loaders := plugin.Loaders()
	for _, s := range a.rules.slots {
		loader, ok := loaders[s.name]
		if !ok || ctx.Err() != nil {
			continue
		}
		before := a.polled()
		err := a.within(ctx, loader.Trigger, func() bool { return a.polled() > before })
		all = all && err == nil
		a.complain(s.name, err)
	}
	a.pruneRegistry()
	return all
}

// discover asks for the configuration. OPA tells what came of it in a status alone.
func (a *Agent) discover(ctx context.Context) error {
	var said atomic.Pointer[bundle.Status]
	a.discovery.RegisterListener(agentPlugin, func(s bundle.Status) { said.Store(&s) })
	defer a.discovery.Unregister(agentPlugin)
	err := a.within(ctx, a.discovery.Trigger, func() bool { return said.Load() != nil })
	if last := said.Load(); last != nil && last.Code != "" {
		err = errors.Join(err, errors.New(last.Message))
	}
	return err
}

// within asks a server, and gives up on one that takes too long, however much it sends. OPA returns at once then: what it was
// doing is waited for, so that nothing is activated beside a scan.
func (a *Agent) within(ctx context.Context, ask func(context.Context) error, ended func() bool) error {
	limited, cancel := context.WithTimeout(ctx, a.pollTimeout)
	defer cancel()
	err := ask(limited)
	if err == nil || limited.Err() == nil || ctx.Err() != nil {
		return err
	}
	for end := time.Now().Add(stopSeconds * time.Second); !ended() && time.Now().Before(end); {
		sleep(ctx, 10*time.Millisecond)
	}
	return fmt.Errorf("agent/timeout: gave up after %s; the server answers too slowly, or not at all", a.pollTimeout)
}

// complain tells of an error once, and of its end.
func (a *Agent) complain(about string, err error) {
	text := ""
	if err != nil {
		text = oneLine(err)
	}
	a.lock.Lock()
	before := a.seen.errors[about]
	if a.seen.errors == nil {
		a.seen.errors = map[string]string{}
	}
	if a.seen.errors[about] = text; text == "" {
		delete(a.seen.errors, about)
	}
	a.lock.Unlock()
	switch {
	case text != "" && text != before && !ended(err):
		a.log.Warn("not well", "about", about, "error", text)
	case text == "" && before != "":
		a.log.Info("well again", "about", about)
	}
}

// oneLine gives an error as a line in which nothing stands twice; OPA joins what went wrong with itself.
func oneLine(err error) string {
	var all []string
	for line := range strings.Lines(err.Error()) {
		if line = strings.TrimSpace(line); line != "" && !slices.Contains(all, line) {
			all = append(all, line)
		}
	}
	return strings.Join(all, "; ")
}

// send uploads what waits, and reports whether nothing is left to be sent again.
func (a *Agent) send(ctx context.Context) bool {
	if a.config.results == "" {
		return true
	}
	_, aside, err := a.upload.upload(ctx)
	a.lock.Lock()
	for _, id := range aside {
		if id == a.base.id {
			a.base = base{} // the receiver does not have it
		}
	}
	a.lock.Unlock()
	a.complain("upload", err)
	left, _ := a.spool.waiting()
	return len(left) == 0
}

// beat sends a status.
func (a *Agent) beat(ctx context.Context) {
	if a.config.status == "" {
		return
	}
	plugin := status.Lookup(a.manager)
	if plugin == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, beatTimeout)
	defer cancel()
	a.complain("status", plugin.Trigger(ctx))
}

// requestFile asks a running agent for a scan; it holds a name the answer is known by.
const requestFile = "scan.request"

// request takes a request for a scan.
func (a *Agent) request() (name string, asked bool) {
	file := filepath.Join(a.config.Directory, requestFile)
	content, err := readLimited(file, 1<<10)
	if err != nil {
		return "", false
	}
	if err := os.Remove(file); err != nil {
		return "", false // or it would be asked for ever
	}
	var asks struct {
		Name string `json:"name"`
	}
	_ = json.Unmarshal(content, &asks) // a scan without a name
	return asks.Name, true
}

func (a *Agent) expect(next time.Time) {
	a.lock.Lock()
	defer a.lock.Unlock()
	a.seen.nextScan = next
}
