package collectors

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

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
		var seen window
		source.Seen = func(log exvet.EventLog) {
			reader.Log(log)
			seen.add(log)
			if lost := lostEvents(log); lost != "" {
				damaged = append(damaged, exvet.Missing{Facts: tables(source), Reason: lost, File: log.File})
			}
		}
		err := readEvents(ctx, host, source.EventQuery, &reader)
		held = held || !errors.Is(err, exvet.ErrNoEvidence)
		switch {
		case errors.Is(err, exvet.ErrNoEvidence):
			gaps = append(gaps, exvet.Gap{
				Missing: exvet.Missing{Facts: tables(source), Reason: fmt.Sprintf("event log %q is %s", source.Log, copyLogs)},
				Cause:   exvet.ErrNoEvidence,
			})
		case errors.Is(err, context.DeadlineExceeded):
			gaps = append(gaps, exvet.Missing{Facts: tables(source), Reason: fmt.Sprintf("event log %q: gave up after %s", source.Log, eventLimit)})
		case err != nil:
			gaps = append(gaps, exvet.Missing{Facts: tables(source), Reason: oneLine(err)})
		case seen.short() != "" && len(regular(source)) > 0:
			gaps = append(gaps, exvet.Missing{Facts: regular(source), Scope: source.Log, Reason: seen.short(), File: seen.file})
		}
		gaps = append(gaps, damaged...)
	}
	if !held {
		return nil, exvet.Gap{
			Missing: exvet.Missing{Facts: []string{"events"}, Reason: "event logs are " + copyLogs}, Cause: exvet.ErrNoEvidence,
		}
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

// minWindow is how far back a log must reach for the absence of an event to mean something.
const minWindow = 7 * 24 * time.Hour

// A window is the time the files of one log cover.
type window struct {
	files          int
	file           string // the first of them
	oldest, newest time.Time
}

func (w *window) add(log exvet.EventLog) {
	if w.files++; w.files == 1 {
		w.file = log.File
	}
	if !log.Oldest.IsZero() && (w.oldest.IsZero() || log.Oldest.Before(w.oldest)) {
		w.oldest = log.Oldest
	}
	if log.Newest.After(w.newest) {
		w.newest = log.Newest
	}
}

// short says that a window is too short, or "".
func (w *window) short() string {
	switch span := w.newest.Sub(w.oldest); {
	case w.files == 0:
	case w.oldest.IsZero():
		return "holds no event: whether it was cleared is not known"
	case span < minWindow:
		return fmt.Sprintf("reaches back %d hours, less than 7 days", int(span.Hours()))
	}
	return ""
}

// regular gives the fact paths made of a log whose absence says something: not those of events that are written
// only where someone asked for them.
func regular(source eventfacts.Source) []string {
	return slices.DeleteFunc(tables(source), func(fact string) bool {
		return fact == "events.impersonated_callers" || fact == "events.config_changes"
	})
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
