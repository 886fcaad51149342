// Package ingest receives what agents send: OPA's decision logs and statuses.
package ingest

import (
	"encoding/json"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/exvet/exvet/internal/hub/store"
)

// Limits of one upload, and of all uploads together.
const (
	maxBody    = 4 << 20  // as it travels
	maxDecoded = 64 << 20 // uncompressed
	maxStatus  = 1 << 20
	maxEvents  = 2000

	allBodies  = 64 << 20  // being received
	allDecoded = 256 << 20 // waiting to be stored
	decodes    = 4         // side by side
	maxUnsaved = 256       // decoded or being stored: what the database keeps waiting is not decoded in vain

	patience = 15 * time.Second // how long an upload waits for its turn before it is asked to come again
	reading  = 60 * time.Second // how long an agent may take to send one
)

// An Intake takes uploads.
type Intake struct {
	DB    *store.DB
	Tell  store.Teller                                                                              // what people are told of changes; may be nil
	Alarm func(name string, server int64, states []store.BundleState, now time.Time) []store.Notice // of bundles that were refused; may be nil
	Log   *slog.Logger

	Patience time.Duration // how long an upload waits for its turn

	bodies  *semaphore.Weighted
	decoded *semaphore.Weighted
	gate    *semaphore.Weighted
	unsaved *semaphore.Weighted
	counts  Counts
}

// Counts say what became of uploads since the hub started.
type Counts struct {
	Stored, Duplicates, Late, Waiting, Statuses, Refused, Busy atomic.Int64
}

// New makes an intake.
func New(db *store.DB, log *slog.Logger) *Intake {
	return &Intake{
		DB: db, Log: log, Patience: patience,
		bodies: semaphore.NewWeighted(allBodies), decoded: semaphore.NewWeighted(allDecoded), gate: semaphore.NewWeighted(decodes), unsaved: semaphore.NewWeighted(maxUnsaved),
	}
}

// Counts gives what became of uploads so far.
func (in *Intake) Counts() *Counts { return &in.counts }

// A refusal is an upload that will not be taken, however often it is sent.
type refusal struct {
	code   int
	reason string // stable: "upload/malformed"
	text   string
}

func (r *refusal) Error() string { return r.reason + ": " + r.text }

// errTurn says that an upload waited for its turn in vain.
var errTurn = errors.New("the hub has more to do than it keeps waiting")

// fail answers an upload that was not stored: 4xx where it never will be, else 429 or 503 with the time to come again.
func (in *Intake) fail(w http.ResponseWriter, r *http.Request, agent store.Agent, err error) {
	var refused *refusal
	switch {
	case errors.As(err, &refused):
		in.counts.Refused.Add(1)
		in.Log.Warn("upload refused", "server", agent.Name, "reason", refused.reason, "detail", refused.text)
		if err := in.DB.Refuse(r.Context(), agent.Server, refused.reason, clean(refused.text, maxText), time.Now()); err != nil {
			in.Log.Error("count a refused upload", "error", err)
		}
		answer(w, refused.code, map[string]string{"error": refused.Error()})
	case errors.Is(err, errTurn), errors.Is(err, store.ErrBusy):
		in.counts.Busy.Add(1)
		w.Header().Set("Retry-After", strconv.Itoa(5+rand.IntN(25)))
		answer(w, http.StatusTooManyRequests, map[string]string{"error": "hub/busy: " + err.Error() + "; send it again later"})
	default:
		in.counts.Busy.Add(1)
		in.Log.Error("store an upload", "server", agent.Name, "error", err)
		w.Header().Set("Retry-After", strconv.Itoa(20+rand.IntN(40)))
		answer(w, http.StatusServiceUnavailable, map[string]string{"error": "hub/store: the upload could not be stored; send it again later"})
	}
}

func answer(w http.ResponseWriter, code int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(body) // the agent may have gone; it sends again
}
