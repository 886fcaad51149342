package agent

import (
	"bytes"
	"context"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/exvet/exvet/internal/decision"
)

// childConfig names the configuration of an agent that runs in a process of its own, to be killed.
const childConfig = "EXVET_TEST_AGENT"

// TestChild is no test: it is the agent TestKilled kills.
func TestChild(t *testing.T) {
	file := os.Getenv(childConfig)
	if file == "" {
		t.Skip("optional: it is started by TestKilled")
	}
	config, err := ReadConfig(file)
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(t.Context(), config, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.start(context.Background()); err != nil {
		t.Fatal(err)
	}
	// Each scan is noted once it is to be found by the next agent: what is noted must arrive.
	for {
		a.poll(context.Background())
		a.send(context.Background())
		a.look(context.Background(), decision.OnSchedule, "")
		note := filepath.Join(config.Directory, "noted")
		file, err := os.OpenFile(note, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = file.WriteString(".")
		_ = file.Close()
	}
}

// TestKilled kills an agent at points chosen by a seed, while its receiver is slow, broken or away, and counts what arrives.
func TestKilled(t *testing.T) {
	h, key := newHub(t), newSigner(t)
	config := setup(t, h, key, "exvet: {source: GONE, poll: 1s}\n")
	h.publish("acme", key.sign(t, madeBundle{org: "acme", serial: 1}.archive(t), "acme-1", "exvet-acme"))
	seed := uint64(20261124)
	chance := rand.New(rand.NewPCG(seed, seed))
	weather := make(chan int, 1)
	weather <- 0
	h.fail(func(w http.ResponseWriter, r *http.Request) bool {
		now := <-weather
		weather <- now + 1
		switch now % 5 {
		case 1:
			w.WriteHeader(http.StatusServiceUnavailable)
			return true
		case 2:
			panic(http.ErrAbortHandler) // before it is taken
		case 3:
			time.Sleep(30 * time.Millisecond)
		case 4:
			if r.URL.Path == "/logs" {
				h.takeLogs(w, r)
				panic(http.ErrAbortHandler) // after it is taken
			}
		}
		return false
	})
	const kills = 25
	text, err := os.ReadFile(config.File)
	if err != nil {
		t.Fatal(err)
	}
	whole := config.File + ".whole.yaml" // scans that take their time
	source, err := filepath.Abs(filepath.Join("..", "..", "testdata", "evidence", "tiny"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, whole, bytes.Replace(text, []byte("GONE"), []byte(source), 1))
	note := filepath.Join(config.Directory, "noted")
	size := func() int64 {
		if info, err := os.Stat(note); err == nil {
			return info.Size()
		}
		return 0
	}
	for round := range kills {
		cmd := exec.Command(os.Args[0], "-test.run=^TestChild$")
		cmd.Env = append(os.Environ(), childConfig+"="+config.File)
		if round%5 == 4 {
			cmd.Env = append(os.Environ(), childConfig+"="+whole)
			h.publish("acme", key.sign(t, madeBundle{org: "acme", serial: round + 2}.archive(t), "acme-1", "exvet-acme"))
		}
		before := size()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if round%5 == 4 {
			time.Sleep(time.Duration(chance.IntN(3000)) * time.Millisecond)
		} else {
			await(t, "a scan", func() bool { return size() > before })
			time.Sleep(time.Duration(chance.IntN(200_000)) * time.Microsecond)
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
	}
	h.fail(nil)
	a := begin(t, config)
	if a.state.lost {
		t.Error("the state was lost")
	}
	waiting, _ := a.spool.waiting()
	if !a.send(t.Context()) {
		t.Error("something still waits though the hub answers")
	}
	noted, err := os.ReadFile(note)
	if err != nil {
		t.Fatal(err)
	}
	dropped := a.state.get().Dropped
	t.Logf("seed %d: %d scans noted, %d arrived (%d twice), %d waited at the end, %d dropped", seed, len(noted), len(h.order), h.twice, len(waiting), dropped)
	if len(noted) < kills*4/5 || len(h.order)+dropped < len(noted) {
		t.Errorf("%d scans, %d arrived and %d are counted as dropped", len(noted), len(h.order), dropped)
	}
	if left, _ := filepath.Glob(filepath.Join(config.Directory, "*", "*"+partial)); len(left) > 0 {
		t.Errorf("left half written: %q", left)
	}
	if got := a.rules.describe(time.Now())[0]; got.Origin != originFetched {
		t.Errorf("bundle %+v; want one that answers from disk", got)
	}
}
