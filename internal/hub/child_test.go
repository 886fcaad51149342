package hub

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// childVariable makes this program a hub: its value is Options as JSON.
const childVariable = "EXVET_HUB_CHILD"

// serveChild is a hub in a process of its own, which can be killed.
func serveChild(text string) error {
	var o Options
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return err
	}
	h, err := New(context.Background(), o, slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError + 10})))
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(os.Stdout, "ready"); err != nil {
		return err
	}
	return h.Serve(context.Background(), listener)
}

// A child is such a process.
type child struct {
	options Options
	env     []string
	cmd     *exec.Cmd
}

func (c *child) start(t testing.TB) {
	t.Helper()
	c.cmd = exec.Command(os.Args[0])
	c.cmd.Env = append(append(os.Environ(), childVariable+"="+string(jsonOf(t, c.options))), c.env...)
	c.cmd.Stderr = os.Stderr
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready\n" {
		t.Fatalf("the hub's process says %q: %v", line, err)
	}
}

// kill is kill -9.
func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

// freePort is an address nobody listens on.
func freePort(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// TestKilled: the hub is killed again and again while agents send; every report is stored once.
func TestKilled(t *testing.T) { eachDatabase(t, killed) }

func killed(t *testing.T, database string) {
	const agents, each, kills = 6, 20, 4
	first := start(t, Options{Database: database}) // enrols, and makes the certificate
	all := make([]*agent, agents)
	for i := range all {
		all[i] = first.enrol(t, fmt.Sprintf("EX%02d", i))
	}
	options := first.Options
	first.close()
	options.Listen = freePort(t)
	options.URL = "https://" + options.Listen
	c := &child{options: options}
	c.start(t)
	defer func() { c.kill() }()
	first.url = options.URL
	first.client = &http.Client{Transport: first.client.Transport, Timeout: 5 * time.Second}
	var sending sync.WaitGroup
	var again atomic.Int64
	for _, a := range all {
		var bodies [][]byte
		for n := range each {
			bodies = append(bodies, zipped(t, jsonOf(t, []any{event(t, fmt.Sprintf("d-%d", n), n, judged(a.name, map[string][]string{"EXV-T-000": {fmt.Sprint("pool:", n), "stays"}}))})))
		}
		sending.Go(func() {
			for _, body := range bodies {
				again.Add(int64(a.insist(t, body)))
				time.Sleep(time.Duration(rand.IntN(60)) * time.Millisecond)
			}
		})
	}
	for range kills {
		time.Sleep(time.Duration(100+rand.IntN(200)) * time.Millisecond)
		c.kill()
		c.start(t)
	}
	sending.Wait()
	c.kill()
	last := start(t, Options{Data: options.Data, Database: database})
	last.counted(t, agents*each)
	for _, a := range all {
		if got := last.serverNamed(t, a.name); got.Report != fmt.Sprintf("d-%d", each-1) || got.Findings != 2 {
			t.Errorf("got %+v", got)
		}
	}
	if again.Load() == 0 {
		t.Error("no upload met a kill: the test proves nothing")
	}
	t.Logf("%d reports stored once through %d kills; %d uploads were sent again", agents*each, kills, again.Load())
}
