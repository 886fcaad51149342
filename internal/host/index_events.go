package host

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/exvet/exvet"
)

// capturedEvents gives the events of a capture for a query; what is told of the log is what was told then. What was not
// asked when it was made is exvet.ErrNoEvidence, or read from whole logs where they are held.
func (e *Evidence) capturedEvents(ctx context.Context, query exvet.EventQuery) iter.Seq2[exvet.Event, error] {
	return func(yield func(exvet.Event, error) bool) {
		at := slices.IndexFunc(e.index.Queries, func(asked IndexQuery) bool { return asked.covers(query) })
		if at < 0 && e.index.Unredacted {
			e.events(ctx, query, logFiles(e.files, query.Log), nil)(yield)
			return
		}
		if at < 0 {
			yield(exvet.Event{}, fmt.Errorf("event log %q was not asked for this when it was captured: %w", query.Log, exvet.ErrNoEvidence))
			return
		}
		asked := e.index.Queries[at]
		if asked.State == IndexUnknown {
			yield(exvet.Event{}, fmt.Errorf("event log %q: %w", query.Log, exvet.ErrNoEvidence))
			return
		}
		tell := query.Seen
		query.Seen = nil
		for event, err := range e.events(ctx, query, nil, e.exportFolders()) {
			if errors.Is(err, exvet.ErrNoEvidence) {
				break // it held none that was wanted
			}
			if !yield(event, err) || err != nil {
				return
			}
		}
		if tell != nil {
			for _, log := range e.index.Logs {
				if log.Query == at {
					tell(log.EventLog)
				}
			}
		}
		if asked.State != "" {
			yield(exvet.Event{}, errors.New(asked.State))
		}
	}
}
