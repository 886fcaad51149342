package agent

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/plugins"
	"github.com/open-policy-agent/opa/v1/plugins/bundle"
	"github.com/open-policy-agent/opa/v1/plugins/status"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/decision"
)

// seen is what an agent knows of its own work.
type seen struct {
	started, nextScan time.Time
	stopped           bool
	state             string            // what is wrong with it, or ""
	errors            map[string]string // by what they are about
	bundles           map[string]bundle.Status
	last              *lastScan
	scans, failures   int
	polls             int // of bundles, that ended
}

// A lastScan is the last scan, without its report.
type lastScan struct {
	decision.Result

	At      time.Time  `json:"at"`
	Request string     `json:"request,omitempty"`
	Rules   int        `json:"rules"`
	Exit    exvet.Exit `json:"exit"`
}

// listenToBundles keeps what OPA says of each bundle.
func (a *Agent) listenToBundles() {
	plugin := bundle.Lookup(a.manager)
	if plugin == nil {
		return
	}
	plugin.RegisterBulkListener(agentPlugin, func(all map[string]*bundle.Status) {
		a.lock.Lock()
		defer a.lock.Unlock()
		a.seen.polls++
		a.seen.bundles = map[string]bundle.Status{}
		for name, s := range all {
			a.seen.bundles[name] = *s
		}
	})
}

// polled counts the answers OPA has told of.
func (a *Agent) polled() int {
	a.lock.Lock()
	defer a.lock.Unlock()
	return a.seen.polls
}

// health sums up how an agent is: OPA's state, and why it is not well.
func (a *Agent) health() (plugins.State, string) {
	spool := a.spool.report()
	a.lock.Lock()
	defer a.lock.Unlock()
	var bad, odd []string
	if a.seen.last != nil && a.seen.last.Error != "" {
		bad = append(bad, "the last scan failed: "+a.seen.last.Error)
	}
	if spool.Error != "" {
		bad = append(bad, spool.Error)
	}
	if a.seen.state != "" {
		odd = append(odd, "the state was lost or is not on disk: "+a.seen.state)
	}
	for _, s := range a.rules.describe(a.now()) {
		odd = append(odd, s.complaints()...)
	}
	for _, about := range slices.Sorted(maps.Keys(a.seen.errors)) {
		if a.rules.slot(about) == nil || a.seen.bundles[about].Message == "" { // else the bundle's own status says it
			odd = append(odd, about+": "+a.seen.errors[about])
		}
	}
	switch {
	case len(bad) > 0:
		return plugins.StateErr, strings.Join(append(bad, odd...), "; ")
	case len(odd) > 0:
		return plugins.StateWarn, strings.Join(odd, "; ")
	}
	return plugins.StateOK, ""
}

// A BundleStatus is what is known of one bundle.
type BundleStatus struct {
	Name      string    `json:"name"`
	Origin    string    `json:"origin"` // "fetched", "embedded" or "none"
	Revision  string    `json:"revision"`
	Serial    int       `json:"serial"`
	SignedBy  string    `json:"signed_by"`
	NotAfter  time.Time `json:"not_after,omitzero"`
	Expired   bool      `json:"expired"`         // and in use all the same
	Note      string    `json:"note,omitempty"`  // why what answers is not what was fetched last
	Error     string    `json:"error,omitempty"` // of the last poll
	LastPoll  time.Time `json:"last_poll,omitzero"`
	Activated time.Time `json:"activated,omitzero"` // since the agent started
}

// Where a bundle comes from.
const (
	originFetched  = "fetched"
	originEmbedded = "embedded"
	originNone     = "none"
)

func (b BundleStatus) complaints() []string {
	var all []string
	switch {
	case b.Note != "":
		all = append(all, b.Name+": "+b.Note)
	case b.Origin == originEmbedded:
		all = append(all, b.Name+": the embedded rules answer, none were fetched")
	case b.Origin == originNone:
		all = append(all, b.Name+": none was fetched")
	}
	if b.Expired {
		all = append(all, fmt.Sprintf("%s: it was good until %s and is in use all the same", b.Name, b.NotAfter.Format(time.RFC3339)))
	}
	return all
}

// describe says what answers, bundle by bundle.
func (r *rules) describe(now time.Time) []BundleStatus {
	r.lock.Lock()
	defer r.lock.Unlock()
	var all []BundleStatus
	for _, s := range r.slots {
		b := BundleStatus{Name: s.name, Origin: originNone, Note: s.note}
		switch {
		case s.active != nil:
			b.Origin, b.Revision, b.Serial, b.SignedBy = originFetched, s.active.Revision, s.active.Stamp.Serial, s.active.SignedBy
			b.NotAfter = s.active.Stamp.NotAfter
			b.Expired = !b.NotAfter.IsZero() && now.After(b.NotAfter)
		case s.name == coreName:
			b.Origin, b.Serial = originEmbedded, r.embedded
		}
		all = append(all, b)
	}
	return all
}

// A statusReporter sends OPA's status with what exvet adds. It is the plugin OPA's status service hands it to.
type statusReporter struct{ agent *Agent }

// Start does nothing.
func (s *statusReporter) Start(context.Context) error { return nil }

// Stop does nothing.
func (s *statusReporter) Stop(context.Context) {}

// Reconfigure does nothing.
func (s *statusReporter) Reconfigure(context.Context, any) {}

// Log sends a status.
func (s *statusReporter) Log(ctx context.Context, update *status.UpdateRequestV1) error {
	a := s.agent
	if a.config.status == "" || a.manager == nil {
		return nil
	}
	told := *update
	told.Plugins = map[string]*plugins.Status{}
	for name, state := range update.Plugins {
		if !strings.HasPrefix(name, servicePrefix) {
			told.Plugins[name] = state
		}
	}
	state, message := a.health()
	told.Plugins[agentPlugin] = &plugins.Status{State: state, Message: message}
	told.Bundles = map[string]*bundle.Status{}
	for name, known := range update.Bundles {
		copied := *known
		told.Bundles[name] = &copied
	}
	for _, b := range a.rules.describe(a.now()) {
		if told.Bundles[b.Name] == nil {
			told.Bundles[b.Name] = &bundle.Status{Name: b.Name}
		}
		if b.Origin == originFetched {
			told.Bundles[b.Name].ActiveRevision = b.Revision // from the disk, OPA does not know it
		}
	}
	response, err := a.manager.Client(a.config.status).WithJSON(told).Do(ctx, http.MethodPost, "/status")
	if err != nil {
		return fmt.Errorf("agent/status: %w", err)
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 64<<10)) // so that the connection serves again
	if response.StatusCode < 200 || response.StatusCode >= 300 {
		return fmt.Errorf("agent/status: the receiver answered %d %s", response.StatusCode, http.StatusText(response.StatusCode))
	}
	return nil
}

// A Status is what a running agent tells people on its own machine.
type Status struct {
	Format    int               `json:"format"`
	ID        string            `json:"id"`
	Exvet     string            `json:"exvet"`
	State     string            `json:"state"`   // "OK", "WARN" or "ERROR"
	Message   string            `json:"message"` // why it is not OK
	Running   bool              `json:"running"`
	StartedAt time.Time         `json:"started_at"`
	WrittenAt time.Time         `json:"written_at"`
	Bundles   []BundleStatus    `json:"bundles"`
	LastScan  *lastScan         `json:"last_scan,omitempty"`
	NextScan  time.Time         `json:"next_scan,omitzero"`
	Spool     spoolState        `json:"spool"`
	Errors    map[string]string `json:"errors,omitempty"` // what is not well, by what it is about
	Labels    map[string]string `json:"labels"`
}

const statusFormat = 1

// StateError is the State of an agent that cannot scan or keep results.
const StateError = string(plugins.StateErr)

// Status says how the agent is.
func (a *Agent) Status() Status {
	state, message := a.health()
	found := Status{
		Format: statusFormat, ID: a.state.get().ID, Exvet: exvet.Version, State: string(state), Message: message, WrittenAt: a.now().UTC(),
		Bundles: a.rules.describe(a.now()), Spool: a.spool.report(), Labels: a.manager.Labels(),
	}
	a.lock.Lock()
	defer a.lock.Unlock()
	found.Running, found.StartedAt, found.LastScan, found.NextScan = !a.seen.stopped, a.seen.started.UTC(), a.seen.last, a.seen.nextScan.UTC()
	found.Errors = maps.Clone(a.seen.errors)
	for i := range found.Bundles {
		b := &found.Bundles[i]
		known := a.seen.bundles[b.Name]
		b.Error, b.LastPoll, b.Activated = known.Message, known.LastRequest, known.LastSuccessfulActivation
		if len(known.Errors) > 0 {
			b.Error = errors.Join(known.Errors...).Error()
		}
		b.Error = cmp.Or(b.Error, a.seen.errors[b.Name])
	}
	return found
}

// statusFile is where a running agent says how it is, for exvet agent status.
const statusFile = "status.json"

// publish writes the status for people. It is lost with the machine, and no disk is waited for.
func (a *Agent) publish() {
	content, err := json.MarshalIndent(a.Status(), "", "  ")
	if err == nil {
		err = replace(filepath.Join(a.config.Directory, statusFile), append(content, '\n'))
	}
	a.complain("status file", err)
}
