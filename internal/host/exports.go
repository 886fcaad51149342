package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/exvet/exvet"
)

// Limits of exported events.
const (
	maxExports     = 64        // files
	maxExportBytes = 256 << 20 // of one file, which is read as a stream
	maxEventBytes  = 1 << 20   // of one event
)

// readExports gives the events of a log in exvet/events/*.json, and whether there are any.
func (e *Evidence) readExports(
	ctx context.Context, folders []string, query exvet.EventQuery, yield func(exvet.Event, error) bool,
) (bool, error) {
	found := false
	var failures []error
	for _, folder := range folders {
		entries, _ := e.files.from.list(folder)
		files := 0
		for _, entry := range entries {
			if entry.folder || entry.refused != nil || !strings.HasSuffix(fold(entry.name), ".json") {
				continue
			}
			if files++; files > maxExports {
				failures = append(failures, fmt.Errorf("read exvet/events: more than %d files", maxExports))
				break
			}
			held, stopped, err := e.readExport(ctx, path.Join(folder, entry.name), query, yield)
			found = found || held
			if err != nil {
				failures = append(failures, fmt.Errorf("read exvet/events/%s: %w", entry.name, err))
			}
			if stopped {
				return found, nil
			}
		}
	}
	return found, errors.Join(failures...)
}

// readExport gives the events of a log in one file.
func (e *Evidence) readExport(
	ctx context.Context, name string, query exvet.EventQuery, yield func(exvet.Event, error) bool,
) (held, stopped bool, err error) {
	file, err := e.files.from.open(name, maxExportBytes)
	if err != nil {
		return false, false, errors.New(reason(err))
	}
	defer file.Close()
	seen := exvet.EventLog{Log: query.Log, File: "exvet/events/" + path.Base(name)}
	events := newExport(file)
	for {
		if err := ctx.Err(); err != nil {
			return held, false, err
		}
		event, err := events.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return held, false, err
		}
		if !strings.EqualFold(event.Log, query.Log) {
			continue
		}
		held = true
		extend(&seen, event)
		if wanted(event, query) && !yield(event, nil) {
			return held, true, nil
		}
	}
	if held && query.Seen != nil {
		query.Seen(seen)
	}
	return held, false, nil
}

// An export is an array of events, read one at a time.
type export struct {
	from    *io.LimitedReader
	decoder *json.Decoder
	begun   bool
}

// newExport reads UTF-8, and UTF-16 behind a byte order mark, which Windows PowerShell writes.
func newExport(file io.Reader) *export {
	from := &io.LimitedReader{R: transform.NewReader(file, unicode.BOMOverride(transform.Nop)), N: maxEventBytes}
	return &export{from: from, decoder: json.NewDecoder(from)}
}

// next gives the next event, or io.EOF behind the last.
func (x *export) next() (exvet.Event, error) {
	x.from.N = maxEventBytes
	var event exvet.Event
	if !x.begun {
		x.begun = true
		if token, err := x.decoder.Token(); err != nil || token != json.Delim('[') {
			return event, errors.New("it is no array of events")
		}
	}
	if !x.decoder.More() {
		if token, err := x.decoder.Token(); err != nil || token != json.Delim(']') {
			return event, errors.New("it ends before its array does, or an event is too long")
		}
		return event, io.EOF
	}
	if err := x.decoder.Decode(&event); err != nil {
		if x.from.N == 0 {
			return event, fmt.Errorf("an event of more than %d bytes", maxEventBytes)
		}
		return event, fmt.Errorf("event: %w", err)
	}
	if event.Log == "" {
		event.Log = event.Channel
	}
	if year := event.Time.Year(); year < 1601 || year > 9999 {
		event.Time = time.Time{}
	}
	event.Time = event.Time.UTC()
	event.Strings, event.Data = append([]string{}, event.Strings...), append([]exvet.EventDatum{}, event.Data...)
	return event, nil
}

// extend takes an event into account of what its log holds.
func extend(seen *exvet.EventLog, event exvet.Event) {
	if seen.Records == 0 || event.Record < seen.OldestRecord {
		seen.OldestRecord = event.Record
	}
	seen.NewestRecord = max(seen.NewestRecord, event.Record)
	seen.Records++
	if event.Time.IsZero() {
		return
	}
	if seen.Oldest.IsZero() || event.Time.Before(seen.Oldest) {
		seen.Oldest = event.Time
	}
	if event.Time.After(seen.Newest) {
		seen.Newest = event.Time
	}
}

// wanted reports whether a query asks for an event.
func wanted(event exvet.Event, query exvet.EventQuery) bool {
	named := func(name string) bool { return strings.EqualFold(name, event.Provider) }
	return (len(query.Providers) == 0 || slices.ContainsFunc(query.Providers, named)) &&
		(len(query.IDs) == 0 || slices.Contains(query.IDs, event.ID)) &&
		(event.Time.IsZero() || !event.Time.Before(query.Since))
}
