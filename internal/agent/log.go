package agent

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/logging"
)

// opaLog lets OPA speak through the agent's log. What OPA tells people the agent tells them itself, once; so all of it is for
// those who look closer.
type opaLog struct {
	log    *slog.Logger
	fields []any
}

func (h *opaLog) write(format string, args []any) {
	if h.log.Enabled(context.Background(), slog.LevelDebug) {
		h.log.Debug(fmt.Sprintf(format, args...), h.fields...)
	}
}

// Debug writes for those who look closer.
func (h *opaLog) Debug(format string, args ...any) { h.write(format, args) }

// Info writes for those who look closer.
func (h *opaLog) Info(format string, args ...any) { h.write(format, args) }

// Warn writes for those who look closer.
func (h *opaLog) Warn(format string, args ...any) { h.write(format, args) }

// Error writes for those who look closer.
func (h *opaLog) Error(format string, args ...any) { h.write(format, args) }

// WithFields adds what is said with each line.
func (h *opaLog) WithFields(fields map[string]any) logging.Logger {
	more := slices.Clone(h.fields)
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		more = append(more, key, fields[key])
	}
	return &opaLog{log: h.log, fields: more}
}

// GetLevel gives a level at which OPA writes no headers of requests.
func (*opaLog) GetLevel() logging.Level { return logging.Info }

// SetLevel does nothing: the agent's log has its own.
func (*opaLog) SetLevel(logging.Level) {}
