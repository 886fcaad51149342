package collectors

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/eventfacts"
)

func events() Collector {
	return define("events", "Event logs: crashes, refused impersonation, modules, profilers and agents that failed", collectEvents)
}

// copyLogs says what to do about logs that are not in the evidence.
const copyLogs = `not in the evidence: copy Windows\System32\winevt\Logs, or put the events into exvet\events\*.json`

// eventLimit is how long the logs may take, less than Limit.
const eventLimit = 3 * Limit / 4

func collectEvents(ctx context.Context, host exvet.Host) (*eventfacts.Facts, error) {
	// What was read until then is worth more than nothing.
	ctx, cancel := context.WithTimeout(ctx, eventLimit)
	defer cancel()
	var gaps []error
	var reader eventfacts.Reader
	held := false
	for _, source := range eventfacts.Sources() {
		damaged := []error{}
		source.Seen = func(log exvet.EventLog) {
			reader.Log(log)
			if lost := lostEvents(log); lost != "" {
				damaged = append(damaged, exvet.Missing{Facts: tables(source), Reason: lost, File: log.File})
			}
		}
		err := readEvents(ctx, host, source.EventQuery, &reader)
		held = held || !errors.Is(err, exvet.ErrNoEvidence)
		switch {
		case errors.Is(err, exvet.ErrNoEvidence):
			gaps = append(gaps, notHeld{exvet.Missing{Facts: tables(source), Reason: fmt.Sprintf("event log %q is %s", source.Log, copyLogs)}})
		case errors.Is(err, context.DeadlineExceeded):
			gaps = append(gaps, exvet.Missing{Facts: tables(source), Reason: fmt.Sprintf("event log %q: gave up after %s", source.Log, eventLimit)})
		case err != nil:
			gaps = append(gaps, exvet.Missing{Facts: tables(source), Reason: oneLine(err)})
		}
		gaps = append(gaps, damaged...)
	}
	if !held {
		return nil, notHeld{exvet.Missing{Facts: []string{"events"}, Reason: "event logs are " + copyLogs}}
	}
	for _, table := range reader.Full() {
		gaps = append(gaps, exvet.Missing{
			Facts: []string{"events." + table}, Reason: "more kinds of such events than a snapshot holds; the rest is only counted",
		})
	}
	return reader.Facts(), errors.Join(gaps...)
}

// readEvents hands the events of one log to the reader.
func readEvents(ctx context.Context, host exvet.Host, query exvet.EventQuery, reader *eventfacts.Reader) error {
	for event, err := range host.Events(ctx, query) {
		if err != nil {
			return err
		}
		reader.Add(event)
	}
	return nil
}

// tables gives the fact paths that are made of a log.
func tables(source eventfacts.Source) []string {
	var facts []string
	for _, table := range source.Tables {
		facts = append(facts, "events."+table)
	}
	return facts
}

// lostEvents words what damage may have cost, or "".
func lostEvents(log exvet.EventLog) string {
	if log.Unreadable == 0 && log.Skipped == 0 {
		return ""
	}
	return fmt.Sprintf("damaged: %d of %d records unreadable, %d bytes skipped; the rest was read",
		log.Unreadable, log.Records+log.Recovered, log.Skipped)
}

func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }

// A notHeld is an exvet.Missing of what this evidence does not hold.
type notHeld struct{ exvet.Missing }

// Unwrap says that nobody knows whether the server has it.
func (n notHeld) Unwrap() error { return exvet.ErrNoEvidence }

// As gives the exvet.Missing to errors.As.
func (n notHeld) As(target any) bool {
	missing, ok := target.(*exvet.Missing)
	if ok {
		*missing = n.Missing
	}
	return ok
}
