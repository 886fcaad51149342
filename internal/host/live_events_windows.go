package host

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path"
	"strings"
	"time"

	"golang.org/x/sys/windows"

	"github.com/exvet/exvet"
)

// Events asks the event log service, which holds what is not in the files yet, and reads the files Windows archived. Where
// the service does not answer, the file of the log is read beside it, opened so that the service is not disturbed. See
// exvet.Host.
func (l *live) Events(ctx context.Context, query exvet.EventQuery) iter.Seq2[exvet.Event, error] {
	return func(yield func(exvet.Event, error) bool) {
		given, stopped := false, false
		pass := func(event exvet.Event, err error) bool {
			given = true
			l.pace.wait()
			stopped = !yield(event, err)
			return !stopped
		}
		err := l.askService(ctx, query, pass)
		failures := []error{}
		read := 0
		for _, name := range logFiles(l.files, query.Log) {
			archived := strings.HasPrefix(fold(path.Base(name)), "archive-")
			if stopped || ctx.Err() != nil || !archived && (err == nil || given) {
				continue
			}
			fileErr := readLog(ctx, l.files, name, defaults.log, query, pass)
			if fileErr != nil {
				failures = append(failures, fmt.Errorf("read %s: %w", exvet.WindowsPath(name), fileErr))
			} else if !archived {
				read++
			}
		}
		switch {
		case stopped:
			return
		case ctx.Err() != nil:
			failures = append(failures, ctx.Err())
		case err != nil && read == 0:
			failures = append([]error{fmt.Errorf("event log %q: %w", query.Log, err)}, failures...)
		}
		if len(failures) > 0 {
			yield(exvet.Event{}, errors.Join(failures...))
		}
	}
}

// maxIDs is how many conditions the service takes in one question.
const maxIDs = 20

// askService gives the events of the log in use.
func (l *live) askService(ctx context.Context, query exvet.EventQuery, yield func(exvet.Event, error) bool) error {
	service, err := openEventService()
	if err != nil {
		return err
	}
	seen := exvet.EventLog{Log: query.Log, File: l.logFile(query.Log)}
	for rest := query.IDs; ; {
		part := query
		part.IDs = rest[:min(len(rest), maxIDs)]
		rest = rest[len(part.IDs):]
		stopped, err := service.ask(ctx, part, &seen, yield)
		if err != nil || stopped {
			return err
		}
		if len(rest) == 0 {
			break
		}
	}
	if query.Seen == nil {
		return nil
	}
	for _, direction := range []uintptr{evtForward, evtReverse} {
		event, err := service.first(query.Log, direction)
		if err != nil {
			return err
		}
		if event.Record > 0 {
			extend(&seen, event)
		}
	}
	seen.Records = 0
	if seen.NewestRecord > 0 {
		seen.Records = int(seen.NewestRecord - seen.OldestRecord + 1)
	}
	query.Seen(seen)
	return nil
}

// logFile is where the service keeps a log unless it was told otherwise.
func (l *live) logFile(log string) string {
	return exvet.WindowsPath(l.files.windows + "/" + logFolder + "/" + strings.ReplaceAll(log, "/", "%4") + ".evtx")
}

// ask gives the events one question finds, and reports whether yield wants no more. What the service tells too much of
// is left out here.
func (s *eventService) ask(
	ctx context.Context, query exvet.EventQuery, seen *exvet.EventLog, yield func(exvet.Event, error) bool,
) (stopped bool, err error) {
	result, err := s.query(query.Log, question(query), evtForward)
	if err != nil {
		return false, err
	}
	defer result.close()
	for {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		text, err := result.next()
		if errors.Is(err, windows.ERROR_NO_MORE_ITEMS) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		event, source, err := readEventXML(text)
		if err != nil {
			seen.Unreadable++
			continue
		}
		event.Log = query.Log
		other := event
		other.Provider = source
		if (wanted(event, query) || source != "" && wanted(other, query)) && !yield(event, nil) {
			return true, nil
		}
	}
}

// first gives the oldest or the newest event of a log, or one without a record number.
func (s *eventService) first(log string, direction uintptr) (exvet.Event, error) {
	result, err := s.query(log, "*", direction)
	if err != nil {
		return exvet.Event{}, err
	}
	defer result.close()
	text, err := result.next()
	if errors.Is(err, windows.ERROR_NO_MORE_ITEMS) {
		return exvet.Event{}, nil
	}
	if err != nil {
		return exvet.Event{}, err
	}
	event, _, err := readEventXML(text)
	return event, err
}

// question words a query as the service takes it. Providers are looked at afterwards: they may go by an older name.
func question(query exvet.EventQuery) string {
	var conditions []string
	if len(query.IDs) > 0 {
		var ids []string
		for _, id := range query.IDs {
			ids = append(ids, fmt.Sprintf("EventID=%d", id))
		}
		conditions = append(conditions, "("+strings.Join(ids, " or ")+")")
	}
	if !query.Since.IsZero() {
		conditions = append(conditions, fmt.Sprintf("TimeCreated[@SystemTime>='%s']", query.Since.UTC().Format(time.RFC3339)))
	}
	if len(conditions) == 0 {
		return "*"
	}
	return "*[System[" + strings.Join(conditions, " and ") + "]]"
}
