package collectors

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/eventfacts"
)

// logDisk is a disk with event logs, by name.
type logDisk struct {
	disk

	logs map[string]logFile
}

type logFile struct {
	exvet.EventLog

	events []exvet.Event
	err    error
	hours  int // it covers: 0 for a month, -1 for no event at all
}

func (d logDisk) Events(_ context.Context, query exvet.EventQuery) iter.Seq2[exvet.Event, error] {
	return func(yield func(exvet.Event, error) bool) {
		file, held := d.logs[query.Log]
		switch {
		case !held:
			yield(exvet.Event{}, exvet.ErrNoEvidence)
			return
		case file.err != nil:
			yield(exvet.Event{}, file.err)
			return
		}
		for _, event := range file.events {
			event.Log = query.Log
			if !yield(event, nil) {
				return
			}
		}
		file.Log = query.Log
		if file.hours >= 0 {
			file.Newest = time.Unix(1_800_000_000, 0)
			file.Oldest = file.Newest.Add(-time.Duration(cmp.Or(file.hours, 720)) * time.Hour)
		}
		query.Seen(file.EventLog)
	}
}

func TestEvents(t *testing.T) {
	blocked := exvet.Event{Record: 9, Time: time.Unix(1_800_000_000, 0), Provider: "MSExchange Common", ID: 4999, Strings: []string{
		"44", "E12IIS", "c", "15", "w3wp#P", "a", "M.E.D.D.ConnectionPoolManager.BlockImpersonatedCallers", "x", "h", "v",
	}}
	whole := map[string]logFile{
		"Application": {EventLog: exvet.EventLog{Records: 1}, events: []exvet.Event{blocked}}, "System": {},
		"Microsoft-Windows-IIS-Configuration/Operational": {}, "MSExchange Management": {},
	}
	with := func(log string, file logFile) map[string]logFile {
		logs := map[string]logFile{log: file}
		for name, other := range whole {
			if name != log {
				logs[name] = other
			}
		}
		return logs
	}
	// Of the Application log: all but the events that are written only where someone asked for them.
	regular := []string{"events.watson", "events.crashes", "events.module_failures", "events.profilers", "events.agents", "events.web_errors"}
	tests := []struct {
		name   string
		logs   map[string]logFile
		status exvet.SectionStatus
		facts  []string // left open
		reason string
		watson int
	}{
		{"everything", whole, exvet.Complete, nil, "", 1},
		{"no log", nil, exvet.Absent, []string{"events"}, `copy Windows\System32\winevt\Logs`, 0},
		{
			"no System log", map[string]logFile{"Application": whole["Application"]}, exvet.Partial,
			[]string{"events.cmdlets", "events.config_changes", "events.was", "events.services"}, `event log "System" is not in the evidence: copy`, 1,
		},
		{
			"an unreadable log", with("System", logFile{err: errors.New("not an\n.evtx file")}), exvet.Partial,
			[]string{"events.was", "events.services"}, "not an; .evtx file", 1,
		},
		{
			"a damaged log", with("Application", logFile{EventLog: exvet.EventLog{File: `C:\a.evtx`, Records: 7, Recovered: 2, Unreadable: 1, Skipped: 100}, events: []exvet.Event{blocked}}),
			exvet.Partial,
			[]string{"events.watson", "events.impersonated_callers", "events.crashes", "events.module_failures", "events.profilers", "events.agents", "events.web_errors"},
			"damaged: 1 of 9 records unreadable, 100 bytes skipped; the rest was read", 1,
		},
		{"a log in use", with("Application", logFile{EventLog: exvet.EventLog{Dirty: true, DamagedChunks: 1}, events: []exvet.Event{blocked}}), exvet.Complete, nil, "", 1},
		{
			"a log that was cleared two days ago", with("Application", logFile{events: []exvet.Event{blocked}, hours: 48}), exvet.Partial,
			regular, "reaches back 48 hours, less than 7 days", 1,
		},
		{"an empty log", with("Application", logFile{hours: -1}), exvet.Partial, regular, "holds no event", 0},
		{
			"a log that is off by default", with("Microsoft-Windows-IIS-Configuration/Operational", logFile{hours: -1}), exvet.Complete, nil, "", 1,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			snapshot := Collect(context.Background(), logDisk{newDisk(nil), test.logs}, Options{Now: time.Unix(0, 0)})
			section := snapshot.Collected["events"]
			if section.Status != test.status {
				t.Errorf("got %s, want %s", section.Status, test.status)
			}
			var open, reasons []string
			for _, missing := range section.Missing {
				open = append(open, missing.Facts...)
				reasons = append(reasons, missing.Reason)
			}
			if !slices.Equal(open, test.facts) || !strings.Contains(strings.Join(reasons, "\n"), test.reason) {
				t.Errorf("got %q open: %q", open, reasons)
			}
			watson := 0
			if facts, ok := snapshot.Facts["events"].(*eventfacts.Facts); ok {
				watson = len(facts.Watson)
			}
			if watson != test.watson {
				t.Errorf("got %d Watson reports, want %d", watson, test.watson)
			}
		})
	}
}
