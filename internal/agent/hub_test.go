package agent

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/exvet/exvet/internal/decision"
)

// A hub publishes bundles and receives decisions and statuses, as the agent's counterpart does.
type hub struct {
	*httptest.Server

	lock      sync.Mutex
	bundles   map[string][]byte
	downloads int // answered with an archive
	decisions map[string]decision.Event
	order     []string // of decisions, each once
	twice     int      // decisions that came again
	bodies    [][]byte // of POST /logs, unpacked
	status    map[string]any
	answer    func(w http.ResponseWriter, r *http.Request) bool // true: it answered
}

func newHub(t testing.TB) *hub {
	t.Helper()
	h := &hub{bundles: map[string][]byte{}, decisions: map[string]decision.Event{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /bundles/{name}", h.serveBundle)
	mux.HandleFunc("POST /logs", h.takeLogs)
	mux.HandleFunc("POST /status", h.takeStatus)
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.lock.Lock()
		answer := h.answer
		h.lock.Unlock()
		if answer == nil || !answer(w, r) {
			mux.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *hub) serveBundle(w http.ResponseWriter, r *http.Request) {
	h.lock.Lock()
	archive, ok := h.bundles[r.PathValue("name")]
	h.lock.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("ETag", `"`+sum(archive)+`"`)
	if r.Header.Get("If-None-Match") != `"`+sum(archive)+`"` {
		h.lock.Lock()
		h.downloads++
		h.lock.Unlock()
	}
	http.ServeContent(w, r, "bundle.tar.gz", time.Time{}, bytes.NewReader(archive))
}

func (h *hub) takeLogs(w http.ResponseWriter, r *http.Request) {
	unzipped, err := gzip.NewReader(r.Body)
	var body []byte
	if err == nil {
		body, err = io.ReadAll(unzipped)
	}
	var events []decision.Event
	if err == nil {
		err = json.Unmarshal(body, &events)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	h.lock.Lock()
	defer h.lock.Unlock()
	h.bodies = append(h.bodies, body)
	for _, event := range events {
		if _, known := h.decisions[event.DecisionID]; known {
			h.twice++
			continue
		}
		h.decisions[event.DecisionID] = event
		h.order = append(h.order, event.DecisionID)
	}
}

func (h *hub) takeStatus(w http.ResponseWriter, r *http.Request) {
	var found map[string]any
	if err := json.NewDecoder(r.Body).Decode(&found); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	h.lock.Lock()
	defer h.lock.Unlock()
	h.status = found
}

func (h *hub) publish(name string, archive []byte) {
	h.lock.Lock()
	defer h.lock.Unlock()
	h.bundles[name] = archive
}

func (h *hub) fail(answer func(w http.ResponseWriter, r *http.Request) bool) {
	h.lock.Lock()
	defer h.lock.Unlock()
	h.answer = answer
}

// bundleStatus is what the last status said of a bundle.
func (h *hub) bundleStatus(name string) (revision, message string) {
	h.lock.Lock()
	defer h.lock.Unlock()
	all, _ := h.status["bundles"].(map[string]any)
	one, _ := all[name].(map[string]any)
	revision, _ = one["active_revision"].(string)
	message, _ = one["message"].(string)
	return revision, message
}

// health is the state the last status gave.
func (h *hub) health() (state, message string) {
	h.lock.Lock()
	defer h.lock.Unlock()
	all, _ := h.status["plugins"].(map[string]any)
	one, _ := all[agentPlugin].(map[string]any)
	state, _ = one["state"].(string)
	message, _ = one["message"].(string)
	return state, message
}

// results gives what arrived, in order.
func (h *hub) results(t testing.TB) []decision.Result {
	t.Helper()
	h.lock.Lock()
	defer h.lock.Unlock()
	var all []decision.Result
	for _, id := range h.order {
		var result decision.Result
		if err := json.Unmarshal(h.decisions[id].Result, &result); err != nil {
			t.Fatal(err)
		}
		all = append(all, result)
	}
	return all
}

// setup writes a configuration of an agent with the bundle acme, on the made server "tiny".
func setup(t testing.TB, h *hub, key signer, more string) *Config {
	t.Helper()
	folder := t.TempDir()
	source, err := filepath.Abs(filepath.Join("..", "..", "testdata", "evidence", "tiny"))
	if err != nil {
		t.Fatal(err)
	}
	pem, err := json.Marshal(key.public)
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf(`services:
  hub:
    url: %s
    credentials: {bearer: {token: hidden}}
keys:
  acme-1: {algorithm: ES256, key: %s}
labels: {ring: test}
persistence_directory: %q
bundles:
  acme:
    service: hub
    resource: bundles/acme
    signing: {keyid: acme-1, scope: exvet-acme}
status: {service: hub}
decision_logs: {service: hub}
%s
`, h.URL, pem, filepath.Join(folder, "state"), strings.ReplaceAll(more, "SOURCE", source))
	if !strings.Contains(more, "exvet:") {
		text += fmt.Sprintf("exvet: {source: %q, poll: 1s, scan: 1h}\n", source)
	}
	file := filepath.Join(folder, "agent.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	config, err := ReadConfig(file)
	if err != nil {
		t.Fatal(err)
	}
	return config
}

// open prepares an agent that is closed at the end of the test.
func open(t testing.TB, config *Config, options Options) *Agent {
	t.Helper()
	if options.Log == nil {
		options.Log = slog.New(slog.NewTextHandler(logWriter{t}, nil))
	}
	a, err := New(t.Context(), config, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

// begin starts an agent whose rounds a test makes by hand.
func begin(t testing.TB, config *Config) *Agent {
	t.Helper()
	a := open(t, config, Options{})
	if err := a.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return a
}

// round polls, and sends a status.
func (a *Agent) round(t testing.TB) {
	t.Helper()
	a.poll(t.Context())
	a.beat(t.Context())
}

type logWriter struct{ t testing.TB }

func (w logWriter) Write(line []byte) (int, error) {
	if w.t.Context().Err() == nil {
		w.t.Log(strings.TrimSpace(string(line)))
	}
	return len(line), nil
}

var _ io.Writer = logWriter{}
