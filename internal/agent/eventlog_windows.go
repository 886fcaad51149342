package agent

import (
	"context"
	"log/slog"
	"strings"

	"golang.org/x/sys/windows/svc/eventlog"

	"github.com/exvet/exvet/internal/report"
)

// Numbers of the messages in the event log, by weight.
const (
	eventInfo    = 1
	eventWarning = 2
	eventError   = 3
)

// eventLog gives a log that writes to Windows' event log, and what closes it.
func eventLog() (*slog.Logger, func()) {
	log, err := eventlog.Open(serviceName)
	if err != nil {
		return slog.New(slog.DiscardHandler), func() {} // the status says what matters, too
	}
	return slog.New(&eventHandler{log: log}), func() { _ = log.Close() }
}

// An eventHandler writes each line as one message.
type eventHandler struct {
	log    *eventlog.Log
	fields []slog.Attr
}

// Enabled leaves out what is for those who look closer.
func (h *eventHandler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= slog.LevelInfo
}

// Handle writes one message: the sentence, then its fields, one a line.
func (h *eventHandler) Handle(_ context.Context, record slog.Record) error {
	var text strings.Builder
	text.WriteString(record.Message)
	field := func(attr slog.Attr) bool {
		text.WriteString("\r\n" + attr.Key + ": " + report.Safe(attr.Value.String()))
		return true
	}
	for _, attr := range h.fields {
		field(attr)
	}
	record.Attrs(field)
	switch {
	case record.Level >= slog.LevelError:
		return h.log.Error(eventError, limited(text.String()))
	case record.Level >= slog.LevelWarn:
		return h.log.Warning(eventWarning, limited(text.String()))
	}
	return h.log.Info(eventInfo, limited(text.String()))
}

// mostMessage is less than the 31,839 characters Windows takes.
const mostMessage = 30_000

func limited(text string) string {
	if len(text) > mostMessage {
		text = strings.ToValidUTF8(text[:mostMessage], "") + "..."
	}
	return text
}

// WithAttrs adds what is said with each message.
func (h *eventHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &eventHandler{log: h.log, fields: append(h.fields[:len(h.fields):len(h.fields)], attrs...)}
}

// WithGroup does nothing: the agent has no groups.
func (h *eventHandler) WithGroup(string) slog.Handler { return h }
