package host

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/evtx/evtxtest"
)

// logOf is an event log of so many events of MSExchange Common from a number on.
func logOf(first, count int) string {
	var records []evtxtest.Record
	for i := range count {
		records = append(records, evtxtest.Record{Event: exvet.Event{
			Record: uint64(first + i), Time: time.Date(2026, 11, 20, 8, 0, first+i, 0, time.UTC), Provider: "MSExchange Common", ID: 4999, Channel: "Application",
			Strings: []string{"x"},
		}})
	}
	return string(evtxtest.Write(records, evtxtest.Options{}))
}

const (
	logs    = "C/Windows/System32/winevt/Logs/"
	exports = `[
		{"log": "Application", "record": 7, "time": "2026-11-20T09:00:00+01:00", "provider": "MSExchange Common", "id": 4999, "strings": ["a", "b"]},
		{"log": "application", "provider": "Other", "id": 1},
		{"log": "System", "provider": "WAS", "id": 5021, "data": [{"name": "AppPoolID", "value": "P"}], "more": {"unknown": []}}
	]`
)

// ask gives the records of a query as "number provider id", the files it was told of, and its last error.
func ask(evidence *Evidence, query exvet.EventQuery) (events, files []string, last error) {
	query.Seen = func(log exvet.EventLog) { files = append(files, fmt.Sprintf("%s %d", log.File, log.Records)) }
	for event, err := range evidence.Events(context.Background(), query) {
		if err != nil {
			last = err
			continue
		}
		events = append(events, fmt.Sprintf("%d %s %d", event.Record, event.Provider, event.ID))
	}
	return events, files, last
}

func TestEvents(t *testing.T) {
	utf16 := func(text string) string {
		b := []byte{0xff, 0xfe}
		for _, c := range []byte(text) {
			b = append(b, c, 0)
		}
		return string(b)
	}
	tests := []struct {
		name   string
		files  map[string]string
		query  exvet.EventQuery
		events []string
		seen   []string
		err    string
	}{
		{
			name: "a log", files: map[string]string{logs + "Application.evtx": logOf(1, 2)}, query: exvet.EventQuery{Log: "application"},
			events: []string{"1 MSExchange Common 4999", "2 MSExchange Common 4999"}, seen: []string{`C:\Windows\System32\winevt\Logs\Application.evtx 2`},
		},
		{
			name: "a log with a folder in its name, in any case", files: map[string]string{"c_/WINDOWS/system32/WinEvt/logs/microsoft-windows-iis-configuration%4operational.EVTX": logOf(1, 1)},
			query:  exvet.EventQuery{Log: "Microsoft-Windows-IIS-Configuration/Operational"},
			events: []string{"1 MSExchange Common 4999"}, seen: []string{`C:\Windows\System32\winevt\Logs\microsoft-windows-iis-configuration%4operational.EVTX 1`},
		},
		{
			name: "archived ones too", files: map[string]string{
				logs + "Application.evtx": logOf(3, 1), logs + "Archive-Application-2026-11-01-10-00-00-000.evtx": logOf(1, 1), logs + "Applications.evtx": logOf(9, 1),
			},
			query:  exvet.EventQuery{Log: "Application"},
			events: []string{"3 MSExchange Common 4999", "1 MSExchange Common 4999"},
			seen:   []string{`C:\Windows\System32\winevt\Logs\Application.evtx 1`, `C:\Windows\System32\winevt\Logs\Archive-Application-2026-11-01-10-00-00-000.evtx 1`},
		},
		{
			name: "exported", files: map[string]string{"C/x": "", "exvet/events/all.json": exports}, query: exvet.EventQuery{Log: "Application"},
			events: []string{"7 MSExchange Common 4999", "0 Other 1"}, seen: []string{"exvet/events/all.json 2"},
		},
		{
			name: "exported, wrapped and in UTF-16", files: map[string]string{"EX01/C/x": "", "EX01/Exvet/Events/all.JSON": utf16(exports)},
			query: exvet.EventQuery{Log: "System"}, events: []string{"0 WAS 5021"}, seen: []string{"exvet/events/all.JSON 1"},
		},
		{
			name: "wanted", files: map[string]string{"C/x": "", "exvet/events/all.json": exports},
			query:  exvet.EventQuery{Log: "Application", Providers: []string{"msexchange common"}, IDs: []int{4999}, Since: time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)},
			events: []string{"7 MSExchange Common 4999"}, seen: []string{"exvet/events/all.json 2"},
		},
		{name: "none", files: map[string]string{"C/x": ""}, query: exvet.EventQuery{Log: "Application"}, err: "not in the evidence"},
		{name: "another", files: map[string]string{logs + "System.evtx": logOf(1, 1), "exvet/events/a.json": "[]"}, query: exvet.EventQuery{Log: "Application"}, err: "not in the evidence"},
		{
			name: "no log at all", files: map[string]string{logs + "Application.evtx": "text", "exvet/events/all.json": exports}, query: exvet.EventQuery{Log: "Application"},
			events: []string{"7 MSExchange Common 4999", "0 Other 1"}, seen: []string{"exvet/events/all.json 2"}, err: "not an .evtx file",
		},
		{name: "no array", files: map[string]string{"C/x": "", "exvet/events/a.json": `{"log": "Application"}`}, query: exvet.EventQuery{Log: "Application"}, err: "it is no array of events"},
		{
			name: "cut", files: map[string]string{"C/x": "", "exvet/events/a.json": exports[:len(exports)/2]}, query: exvet.EventQuery{Log: "Application"},
			events: []string{"7 MSExchange Common 4999"}, err: "exvet/events/a.json: event:",
		},
		{
			name: "an event without end", files: map[string]string{"C/x": "", "exvet/events/a.json": `[{"log": "` + strings.Repeat("x", 3<<20)}, query: exvet.EventQuery{Log: "Application"},
			err: "an event of more than",
		},
		{name: "nothing but brackets", files: map[string]string{"C/x": "", "exvet/events/a.json": strings.Repeat("[", 1<<20)}, query: exvet.EventQuery{Log: "Application"}, err: "exvet/events/a.json: event:"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inBoth(t, test.files, func(t *testing.T, evidence *Evidence) {
				events, seen, err := ask(evidence, test.query)
				if !slices.Equal(events, test.events) || !equalPaths(seen, test.seen) {
					t.Errorf("got %q of %q, want %q of %q", events, seen, test.events, test.seen)
				}
				if (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
					t.Errorf("got error %v, want %q", err, test.err)
				}
				if absent := errors.Is(err, exvet.ErrNoEvidence); absent != (test.err == "not in the evidence") || errors.Is(err, fs.ErrNotExist) {
					t.Errorf("got error %v", err)
				}
			})
		})
	}
}

// equalPaths compares what was seen; a folder is shown as it was asked for.
func equalPaths(got, want []string) bool {
	return slices.EqualFunc(got, want, strings.EqualFold)
}

// A log may be larger than the files that are read whole.
func TestEventsOfALargeLog(t *testing.T) {
	small := defaults
	small.file = 1_000
	log := logOf(1, 600)
	evidence := opened(t, inDirectory(t, map[string]string{logs + "Application.evtx": log}), small)
	if _, err := fs.ReadFile(evidence.Files(), logs+"Application.evtx"); err == nil {
		t.Error("a file past the limit was read whole")
	}
	if events, _, err := ask(evidence, exvet.EventQuery{Log: "Application"}); len(events) != 600 || err != nil {
		t.Errorf("got %d events, %v", len(events), err)
	}
	small.log = int64(len(log)) - 1
	evidence = opened(t, inDirectory(t, map[string]string{logs + "Application.evtx": log}), small)
	if events, _, err := ask(evidence, exvet.EventQuery{Log: "Application"}); len(events) != 0 || err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("got %d events, %v", len(events), err)
	}
}

func TestEventsStop(t *testing.T) {
	evidence := opened(t, inDirectory(t, map[string]string{logs + "Application.evtx": logOf(1, 5), "exvet/events/a.json": exports}), defaults)
	n := 0
	for range evidence.Events(context.Background(), exvet.EventQuery{Log: "Application"}) {
		n++
		break
	}
	if n != 1 {
		t.Errorf("got %d events after the first was enough", n)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var last error
	for _, err := range evidence.Events(ctx, exvet.EventQuery{Log: "Application"}) {
		last = err
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("got %v, want that it was stopped", last)
	}
}
