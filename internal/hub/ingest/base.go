package ingest

import (
	"context"
	"fmt"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/decision"
	"github.com/exvet/exvet/internal/hub/store"
)

// Report gives a stored report as a whole, changes put over what they stand on: nil where it, or its base, is not there, or where
// the scan failed.
func Report(ctx context.Context, db *store.DB, server int64, id string) (*exvet.Report, error) {
	result, err := stored(ctx, db, server, id)
	if err != nil || result == nil {
		return nil, err
	}
	if result.Kind != decision.Changes {
		return result.Report, nil
	}
	return over(ctx, db, server, *result)
}

// stored reads the result of a stored decision.
func stored(ctx context.Context, db *store.DB, server int64, id string) (*decision.Result, error) {
	body, err := db.Body(ctx, server, id)
	if err != nil || body == nil {
		return nil, err
	}
	text, err := gunzip(body, maxDecoded)
	if err != nil {
		return nil, err
	}
	one, ok := single(text)
	if !ok {
		return nil, fmt.Errorf("read the stored decision %s: it is not what the hub stores", id)
	}
	return one.Result, check(one.Result)
}

// over puts changes over the whole they stand on, or gives nil where that has not come.
func over(ctx context.Context, db *store.DB, server int64, changes decision.Result) (*exvet.Report, error) {
	base, err := stored(ctx, db, server, changes.Base)
	if err != nil || base == nil {
		return nil, err
	}
	if base.Kind != decision.Whole {
		return nil, fmt.Errorf("decision %q, which the changes stand on, is no whole report", changes.Base)
	}
	return decision.Apply(base.Report, changes)
}

func (in *Intake) whole(ctx context.Context, agent store.Agent, changes decision.Result) (*exvet.Report, error) {
	return over(ctx, in.DB, agent.Server, changes)
}

// settle looks after changes that came before the whole they stand on: now, or with one of these uploads, it may be there.
func (in *Intake) settle(ctx context.Context, agent store.Agent, uploads []store.Upload, outcomes []string) {
	for i, u := range uploads {
		base := ""
		switch {
		case outcomes[i] == store.Waits:
			base = u.Base
		case u.Kind == string(decision.Whole) && outcomes[i] != store.Duplicate:
			base = u.Decision
		default:
			continue
		}
		if err := in.resolve(ctx, agent, base); err != nil {
			in.Log.Error("read changes that waited", "server", agent.Name, "base", base, "error", err)
		}
	}
}

func (in *Intake) resolve(ctx context.Context, agent store.Agent, base string) error {
	waiting, err := in.DB.Waiting(ctx, agent.Server, base)
	if err != nil {
		return err
	}
	for _, stamp := range waiting {
		report, err := Report(ctx, in.DB, agent.Server, stamp.Decision)
		if err != nil {
			return err
		}
		if report == nil {
			return nil
		}
		u := store.Upload{Server: agent.Server, Decision: stamp.Decision, Kind: stamp.Kind, Base: base, Received: stamp.Received, Scanned: stamp.Scanned}
		if u.Look, err = look(report); err != nil {
			return err
		}
		if err := in.DB.Resolve(ctx, &u, in.Tell); err != nil {
			return err
		}
	}
	return nil
}
