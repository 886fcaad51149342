package ingest

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/decision"
	"github.com/exvet/exvet/internal/hub/store"
)

// TestGate: an upload that waits for its turn in vain, at any of the gates, is asked to come again; when there is room, it is stored.
func TestGate(t *testing.T) {
	ctx := context.Background()
	db, err := store.Open(ctx, filepath.Join(t.TempDir(), "hub.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }() // what is stored was counted
	id, err := db.AddServer(ctx, "EX01", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	in := New(db, slog.New(slog.DiscardHandler))
	in.Patience = 10 * time.Millisecond
	send := func(decisionID string) *httptest.ResponseRecorder {
		result, err := json.Marshal(decision.Result{Format: decision.Format, Kind: decision.Whole, Report: &exvet.Report{Format: exvet.ReportFormat, Servers: []exvet.ServerReport{{}}}})
		if err != nil {
			t.Fatal(err)
		}
		body, err := json.Marshal([]decision.Event{{DecisionID: decisionID, Path: decision.Path, Result: result}})
		if err != nil {
			t.Fatal(err)
		}
		recorder := httptest.NewRecorder()
		in.Logs(recorder, httptest.NewRequest("POST", "/logs", bytes.NewReader(body)), store.Agent{Server: id, Name: "EX01"})
		return recorder
	}
	for i, full := range []struct {
		name    string
		acquire func(context.Context, int64) error
		release func(int64)
		all     int64
	}{
		{"bodies", in.bodies.Acquire, in.bodies.Release, allBodies},
		{"unsaved", in.unsaved.Acquire, in.unsaved.Release, maxUnsaved},
		{"decodes", in.gate.Acquire, in.gate.Release, decodes},
		{"decoded", in.decoded.Acquire, in.decoded.Release, allDecoded},
	} {
		if err := full.acquire(ctx, full.all); err != nil {
			t.Fatal(err)
		}
		got := send("d-" + full.name)
		if seconds, err := strconv.Atoi(got.Header().Get("Retry-After")); got.Code != http.StatusTooManyRequests || err != nil || seconds < 5 || seconds > 30 {
			t.Errorf("%s are full: %d, Retry-After %q", full.name, got.Code, got.Header().Get("Retry-After"))
		}
		if n, err := db.CountReports(ctx); n != i || err != nil {
			t.Errorf("%s are full: %d reports stored, want %d (%v)", full.name, n, i, err)
		}
		full.release(full.all)
		if got := send("d-" + full.name); got.Code != http.StatusOK {
			t.Errorf("%s have room again: %d: %s", full.name, got.Code, got.Body)
		}
	}
	if got := in.Counts().Busy.Load(); got != 4 {
		t.Errorf("%d were counted as asked to come again, want 4", got)
	}
}
