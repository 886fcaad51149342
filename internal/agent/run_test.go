package agent

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/decision"
)

// runAgent runs an agent until the test ends.
func runAgent(t testing.TB, config *Config) *Agent {
	t.Helper()
	a := open(t, config, Options{})
	a.runs(t)
	return a
}

// runs runs an agent that was prepared.
func (a *Agent) runs(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the agent ended: %v", err)
		}
	})
}

// await waits for something, for as long as a machine with much to do may take.
func await(t testing.TB, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if done() {
			return
		}
	}
	t.Fatalf("waited in vain for %s", what)
}

func TestRun(t *testing.T) {
	h, key := newHub(t), newSigner(t)
	config := setup(t, h, key, "")
	h.publish("acme", key.sign(t, madeBundle{org: "acme", serial: 5}.archive(t), "acme-1", "exvet-acme"))
	runAgent(t, config)
	arrived := func(count int) func() bool { return func() bool { return len(h.results(t)) >= count } }
	await(t, "the first result", arrived(1))
	h.publish("acme", key.sign(t, madeBundle{org: "acme", serial: 6}.archive(t), "acme-1", "exvet-acme"))
	published := time.Now()
	await(t, "the new revision", func() bool { revision, _ := h.bundleStatus("acme"); return revision == "r6" })
	t.Logf("active after %s at a poll of %s", time.Since(published), config.Poll)
	await(t, "the scan for it", func() bool {
		all := h.results(t)
		return all[len(all)-1].Cause == decision.OnBundle && all[len(all)-1].Report.Bundles[1].Revision == "r6"
	})
	before := len(h.results(t))
	result, exit, asked, err := AskScan(t.Context(), config)
	if err != nil || !asked || result.Cause != decision.OnRequest || exit.Reason == "" {
		t.Fatalf("asked for a scan: %+v, %+v, %v, %v", result, exit, asked, err)
	}
	await(t, "its result", arrived(before+1))
	found, err := ReadStatus(config)
	if err != nil || !found.Running || found.Bundles[0].Revision != "r6" || found.LastScan.Cause != decision.OnRequest {
		t.Errorf("status %+v, %v", found, err)
	}
	if _, err := New(t.Context(), config, Options{}); err == nil || !strings.Contains(err.Error(), "agent/running") {
		t.Errorf("a second agent in the same folder: %v", err)
	}
}

func TestAskScanOfNobody(t *testing.T) {
	config := setup(t, newHub(t), newSigner(t), "")
	if err := prepare(config.Directory); err != nil {
		t.Fatal(err)
	}
	if _, _, asked, err := AskScan(t.Context(), config); asked || err != nil {
		t.Errorf("asked %v, %v; want nobody", asked, err)
	}
	if _, err := ReadStatus(config); err == nil || !strings.Contains(err.Error(), "agent/not-running") {
		t.Errorf("status of nobody: %v", err)
	}
}

func TestHungScan(t *testing.T) {
	h := newHub(t)
	config := setup(t, h, newSigner(t), "")
	config.ScanTimeout = 50 * time.Millisecond
	a := begin(t, config)
	free := make(chan struct{})
	a.scanner.grace = 50 * time.Millisecond
	a.scanner.look = func(context.Context, context.Context) (*exvet.Report, error) { <-free; return nil, errors.New("late") }
	for _, want := range []string{"agent/timeout", "agent/hung"} {
		began := time.Now()
		if got := a.look(t.Context(), decision.OnSchedule, ""); got.Kind != decision.Failure || !strings.HasPrefix(got.Error, want) {
			t.Errorf("result %q %q, want a failure for %s", got.Kind, got.Error, want)
		}
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("it took %s", took)
		}
	}
	a.send(t.Context())
	a.beat(t.Context())
	if state, message := h.health(); state != "ERROR" || !strings.Contains(message, "agent/hung") || len(h.results(t)) != 2 {
		t.Errorf("%d results, state %q: %q; want two and an error", len(h.results(t)), state, message)
	}
	close(free)
	a.scanner.look = func(context.Context, context.Context) (*exvet.Report, error) { panic("broken") }
	await(t, "the end of the hung scan", func() bool {
		return strings.HasPrefix(a.look(t.Context(), decision.OnSchedule, "").Error, "agent/failed")
	})
}

func TestListen(t *testing.T) {
	config := setup(t, newHub(t), newSigner(t), "")
	config.Source, config.Listen = filepath.Join(t.TempDir(), "gone"), "127.0.0.1:0"
	a := begin(t, config)
	address := make(chan string, 1)
	a.heard = func(at string) { address <- at }
	end, err := a.listen()
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	base := "http://" + <-address
	get := func(path string) (int, string) {
		response, err := http.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(text)
	}
	if code, text := get("/health"); code != http.StatusOK || !strings.HasPrefix(text, "WARN") {
		t.Errorf("health before a scan: %d %s", code, text)
	}
	a.look(t.Context(), decision.AtStart, "")
	if code, text := get("/health"); code != http.StatusInternalServerError || !strings.Contains(text, "source/") {
		t.Errorf("health after a scan that failed: %d %s", code, text)
	}
	_, text := get("/metrics")
	for _, want := range []string{"exvet_agent_scan_failures_total 1\n", "exvet_agent_healthy 0\n", "exvet_agent_core_embedded 1\n", `exvet_agent_bundle{name="acme",origin="none",revision=""} 0`} {
		if !strings.Contains(text, want) {
			t.Errorf("metrics lack %q:\n%s", want, text)
		}
	}
}

func TestMasked(t *testing.T) {
	h, key := newHub(t), newSigner(t)
	config := setup(t, h, key, "exvet: {source: \"SOURCE\", mask: [subject, message, evidence, server]}\n")
	config.Source = filepath.Join("..", "..", "testdata", "evidence", "contoso")
	a := begin(t, config)
	a.look(t.Context(), decision.AtStart, "")
	a.send(t.Context())
	if len(h.order) != 1 {
		t.Fatal("the result did not arrive")
	}
	text := string(h.decisions[h.order[0]].Result)
	for _, secret := range []string{"MSExchangeOWAAppPool", `applicationHost.config:`, "Contoso.Sso", "EX01"} {
		if strings.Contains(text, secret) {
			t.Errorf("the masked result holds %q", secret)
		}
	}
	if !strings.Contains(text, `"subject":"pool:`) {
		t.Error("no subject keeps its kind")
	}
}

// TestStartOffline starts an agent from what it kept, without a network.
func TestStartOffline(t *testing.T) { startOffline(t, keptBundle(t)) }

// BenchmarkStartOffline measures what it takes until its rules answer; the budget is 100 ms.
func BenchmarkStartOffline(b *testing.B) {
	config := keptBundle(b)
	for b.Loop() {
		startOffline(b, config)
	}
}

// keptBundle gives the configuration of an agent that has a bundle, and whose hub is gone.
func keptBundle(t testing.TB) *Config {
	t.Helper()
	h, key := newHub(t), newSigner(t)
	config := setup(t, h, key, "")
	h.publish("acme", key.sign(t, madeBundle{org: "acme", serial: 5}.archive(t), "acme-1", "exvet-acme"))
	a := begin(t, config)
	a.round(t)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	h.Close()
	return config
}

func startOffline(t testing.TB, config *Config) {
	t.Helper()
	a, err := New(t.Context(), config, Options{})
	if err == nil {
		err = a.start(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	if got := a.rules.describe(time.Now())[0]; got.Revision != "r5" {
		t.Fatalf("active %+v", got)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestPruneRegistry(t *testing.T) {
	config := setup(t, newHub(t), newSigner(t), "")
	a := begin(t, config)
	folder := filepath.Join(config.Directory, ociFolder, "blobs", "sha256")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	a.rules.slots[0].active = &held{sum: "used"}
	for _, name := range []string{"used", "a", "b", "c", "d", "e", "f"} {
		write(t, filepath.Join(folder, name), nil)
	}
	a.pruneRegistry()
	if left, _ := os.ReadDir(folder); len(left) != 1 || left[0].Name() != "used" {
		t.Errorf("left %v, want what is in use", left)
	}
}
