package agent

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/plugins/logs"

	"github.com/exvet/exvet/internal/decision"
)

// only makes a hub answer decisions with a code.
func only(code int) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/logs" {
			return false
		}
		w.WriteHeader(code)
		return true
	}
}

func TestResults(t *testing.T) {
	h, key := newHub(t), newSigner(t)
	config := setup(t, h, key, "")
	a := begin(t, config)
	first := a.look(t.Context(), decision.AtStart, "")
	if !a.send(t.Context()) {
		t.Fatal("the first result did not arrive")
	}
	second := a.look(t.Context(), decision.OnSchedule, "")
	h.publish("acme", key.sign(t, madeBundle{org: "acme", serial: 5}.archive(t), "acme-1", "exvet-acme"))
	a.round(t)
	third := a.look(t.Context(), decision.OnBundle, "")
	a.send(t.Context())
	got := h.results(t)
	if len(got) != 3 {
		t.Fatalf("%d results arrived, want 3", len(got))
	}
	if got[0].Kind != decision.Whole || got[1].Kind != decision.Changes || got[2].Kind != decision.Changes {
		t.Fatalf("kinds %s, %s, %s; want one whole and changes", got[0].Kind, got[1].Kind, got[2].Kind)
	}
	if len(got[1].Report.Servers[0].Results) != 0 || got[1].Base != h.order[0] {
		t.Errorf("changes of the same server: %d results on %q, want none on %q", len(got[1].Report.Servers[0].Results), got[1].Base, h.order[0])
	}
	for i, want := range []decision.Result{second, third} {
		applied, err := decision.Apply(got[0].Report, got[i+1])
		if err != nil {
			t.Fatal(err)
		}
		if len(applied.Servers[0].Results) != len(want.Report.Servers[0].Results) || applied.Exit.Code != want.Report.Exit.Code {
			t.Errorf("applied changes %d: %d results, exit %d; want %d, %d", i+1, len(applied.Servers[0].Results), applied.Exit.Code,
				len(want.Report.Servers[0].Results), want.Report.Exit.Code)
		}
	}
	if first.Report.Servers[0].Summary.Rules+1 != third.Report.Servers[0].Summary.Rules {
		t.Errorf("%d rules, then %d with a bundle of one", first.Report.Servers[0].Summary.Rules, third.Report.Servers[0].Summary.Rules)
	}
	raw, err := json.Marshal(h.decisions[h.order[2]])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"bundles":{"acme":{"revision":"r5"}}`, `"path":"exvet/scan"`, `"ring":"test"`} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("the decision holds no %s: %.300s", want, raw)
		}
	}
	// A receiver of OPA's decision logs reads it by OPA's own type.
	for i, body := range h.bodies {
		var events []logs.EventV1
		if err := json.Unmarshal(body, &events); err != nil || len(events) != 1 {
			t.Fatalf("a stock receiver reads %d events: %v", len(events), err)
		}
		event := events[0]
		if event.DecisionID != h.order[i] || event.Path != decision.Path || event.Result == nil || event.Input != nil || event.Labels["id"] == "" || event.Timestamp.IsZero() {
			t.Errorf("a stock receiver reads %+v", event)
		}
	}
	if strings.Contains(string(raw), `"input"`) || strings.Contains(string(raw), "hidden") {
		t.Error("the decision holds input or a credential")
	}
}

func TestResultsThatDoNotArrive(t *testing.T) {
	tests := []struct {
		name     string
		answer   func(http.ResponseWriter, *http.Request) bool
		waiting  int
		rejected int
	}{
		{"unavailable", only(http.StatusServiceUnavailable), 1, 0},
		{"too many", only(http.StatusTooManyRequests), 1, 0},
		{"unauthorized", only(http.StatusUnauthorized), 1, 0},
		{"not found", only(http.StatusNotFound), 1, 0},
		{"cut off", func(_ http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == "/logs" {
				panic(http.ErrAbortHandler)
			}
			return false
		}, 1, 0},
		{"bad request", only(http.StatusBadRequest), 0, 1},
		{"too large", only(http.StatusRequestEntityTooLarge), 0, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := newHub(t)
			config := setup(t, h, newSigner(t), "")
			config.Source = filepath.Join(t.TempDir(), "gone") // a failure is a result, and quicker
			a := begin(t, config)
			h.fail(test.answer)
			if got := a.look(t.Context(), decision.AtStart, ""); got.Kind != decision.Failure || !strings.HasPrefix(got.Error, "source/") {
				t.Fatalf("result %q, error %q; want a failure for the lack of a source", got.Kind, got.Error)
			}
			a.send(t.Context())
			spool := a.spool.report()
			if spool.Waiting != test.waiting || spool.Rejected != test.rejected || spool.Dropped != 0 {
				t.Errorf("%d waiting, %d rejected, %d dropped; want %d, %d, 0", spool.Waiting, spool.Rejected, spool.Dropped, test.waiting, test.rejected)
			}
			h.fail(nil)
			a.send(t.Context())
			if got := len(h.results(t)); got != test.waiting {
				t.Errorf("%d arrived once the hub answers, want %d", got, test.waiting)
			}
			aside, _ := os.ReadDir(filepath.Join(config.Directory, spoolFolder, rejectedFolder))
			if len(aside) != test.rejected {
				t.Errorf("%d set aside, want %d", len(aside), test.rejected)
			}
		})
	}
}

func TestSpoolIsBounded(t *testing.T) {
	h := newHub(t)
	config := setup(t, h, newSigner(t), "")
	config.Source, config.SpoolDecisions = filepath.Join(t.TempDir(), "gone"), 3
	a := begin(t, config)
	h.fail(only(http.StatusServiceUnavailable))
	for range 5 {
		a.look(t.Context(), decision.OnSchedule, "")
	}
	if spool := a.spool.report(); spool.Waiting != 3 || spool.Dropped != 2 {
		t.Errorf("%d waiting, %d dropped; want 3 and 2", spool.Waiting, spool.Dropped)
	}
	config.SpoolBytes = 1
	b := newSpool(config, a.state, newDisk(), time.Now)
	a.spool.limit = b.limit
	a.look(t.Context(), decision.OnSchedule, "")
	if spool := a.spool.report(); spool.Waiting != 1 || spool.Dropped != 5 {
		t.Errorf("%d waiting, %d dropped; want the newest alone, whatever its size", spool.Waiting, spool.Dropped)
	}
	h.fail(nil)
	a.send(t.Context())
	a.beat(t.Context())
	if got := len(h.results(t)); got != 1 {
		t.Errorf("%d arrived, want 1", got)
	}
	numbers := h.status["metrics"].(map[string]any)[agentPlugin].(map[string]any)
	if numbers["spool_dropped"] != float64(5) {
		t.Errorf("status counts %v dropped, want 5", numbers["spool_dropped"])
	}
}

var errFull = errors.New("no space left on device")

// fullDisk takes so many bytes and then none.
type fullDisk struct{ left int }

type fullFile struct {
	writer
	disk *fullDisk
}

func (f *fullFile) Write(p []byte) (int, error) {
	if f.disk.left -= len(p); f.disk.left < 0 {
		n, _ := f.writer.Write(p[:max(0, len(p)+f.disk.left)])
		return n, errFull
	}
	return f.writer.Write(p)
}

func TestFullDisk(t *testing.T) {
	h, key := newHub(t), newSigner(t)
	config := setup(t, h, key, "")
	config.Source = filepath.Join(t.TempDir(), "gone")
	real, full := newDisk(), &fullDisk{left: 1 << 30}
	a := open(t, config, Options{disk: &disk{create: func(name string) (writer, error) {
		file, err := real.create(name)
		return &fullFile{file, full}, err
	}}})
	if err := a.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.fail(only(http.StatusServiceUnavailable))
	full.left = 10
	h.publish("acme", key.sign(t, madeBundle{org: "acme", serial: 5}.archive(t), "acme-1", "exvet-acme"))
	a.round(t)
	if revision, message := h.bundleStatus("acme"); revision != "r5" {
		t.Errorf("active %q, %q: a bundle is to be used though the disk is full", revision, message)
	}
	a.look(t.Context(), decision.AtStart, "")
	a.look(t.Context(), decision.OnSchedule, "")
	a.beat(t.Context())
	if state, message := h.health(); state != "ERROR" || !strings.Contains(message, errFull.Error()) {
		t.Errorf("state %q: %q; want an error that names the disk", state, message)
	}
	if left, _ := filepath.Glob(filepath.Join(config.Directory, "*", "*"+partial)); len(left) > 0 {
		t.Errorf("left half written: %q", left)
	}
	h.fail(nil)
	if !a.send(t.Context()) || len(h.results(t)) != 2 {
		t.Errorf("%d arrived from memory, want 2", len(h.results(t)))
	}
	full.left = 1 << 30
	a.look(t.Context(), decision.OnSchedule, "")
	a.send(t.Context())
	a.beat(t.Context())
	if spool := a.spool.report(); len(h.results(t)) != 3 || spool.Error != "" || spool.Dropped != 0 {
		t.Errorf("%d arrived, spool %+v once the disk has space; want 3 and no error", len(h.results(t)), spool)
	}
}
