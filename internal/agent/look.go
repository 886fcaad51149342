package agent

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/open-policy-agent/opa/v1/plugins/logs"
	"github.com/open-policy-agent/opa/v1/server"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/decision"
	"github.com/exvet/exvet/internal/report"
)

// look scans and puts the result on the spool. request is the name somebody waits for, or "".
func (a *Agent) look(ctx context.Context, cause decision.Cause, request string) decision.Result {
	a.log.Info("a scan begins", "cause", cause)
	started := a.now()
	found, err := a.scanner.scan(ctx)
	if ctx.Err() != nil {
		return decision.Result{} // the agent stops; the next one scans again
	}
	result := decision.Result{
		Format: decision.Format, Kind: decision.Whole, Cause: cause, Host: a.host(), Exvet: exvet.Version,
		StartedAt: started.UTC(), Seconds: a.now().Sub(started).Round(time.Millisecond).Seconds(), Report: found,
	}
	if err != nil {
		result.Kind, result.Error = decision.Failure, err.Error()
		a.log.Error("a scan failed", "error", err)
	} else {
		decision.Mask(found, a.config.Mask, a.state.secret())
		result.Counts, result.Coverage = decision.Count(found), found.Servers[0].Summary.Coverage
		a.log.Info("a scan ended", "seconds", result.Seconds, "exit", found.Exit.Code, "coverage", result.Coverage)
	}
	if err := a.decide(ctx, result); err != nil {
		a.log.Error("a result is not on disk; it waits in memory", "error", err)
	}
	a.remember(result, request) // last, so that an agent that is killed scans again
	return result
}

func (a *Agent) host() string {
	return a.manager.Labels()[decision.LabelHost]
}

// decide hands a result to OPA's decision logs: whole, or as changes where the receiver has a whole to put them on.
func (a *Agent) decide(ctx context.Context, whole decision.Result) error {
	plugin := logs.Lookup(a.manager)
	if plugin == nil || a.config.results == "" {
		return nil
	}
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	sent := whole
	a.lock.Lock()
	stands := a.base
	a.lock.Unlock()
	if whole.Kind == decision.Whole {
		changes, ok := decision.Since(stands.id, stands.report, whole)
		if ok && a.now().Sub(stands.at) < a.config.Whole {
			sent = changes
		} else {
			a.lock.Lock()
			a.base = base{id: id.String(), report: whole.Report, at: a.now()}
			a.lock.Unlock()
		}
	}
	written, err := report.JSON(sent)
	if err != nil {
		return err
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, written); err != nil {
		return err
	}
	dropped := a.state.get().Dropped
	var body any = json.RawMessage(compact.Bytes())
	info := &server.Info{DecisionID: id.String(), Path: decision.Path, Timestamp: a.now().UTC(), Results: &body, Bundles: map[string]server.BundleInfo{}}
	for _, b := range a.rules.describe(a.now()) {
		if b.Origin == originFetched {
			info.Bundles[b.Name] = server.BundleInfo{Revision: b.Revision}
		}
	}
	err = plugin.Log(ctx, info)
	if a.state.get().Dropped > dropped {
		a.lock.Lock()
		if a.base.id != id.String() {
			a.base = base{} // it may be what was dropped
		}
		a.lock.Unlock()
	}
	if err != nil {
		return fmt.Errorf("agent/spool: %w", err)
	}
	return nil
}

// remember notes what a scan came to.
func (a *Agent) remember(result decision.Result, request string) {
	last := &lastScan{Result: result, Request: request, At: a.now().UTC()}
	last.Report = nil
	if result.Report != nil {
		last.Exit, last.Rules = result.Report.Exit, result.Report.Servers[0].Summary.Rules
	}
	a.lock.Lock()
	a.seen.last = last
	a.seen.scans++
	if result.Kind == decision.Failure {
		a.seen.failures++
	}
	a.lock.Unlock()
	if err := a.state.change(func(k *kept) { k.LastScan = last.At }); err != nil {
		a.log.Error("the time of the scan is not on disk", "error", err)
	}
}
