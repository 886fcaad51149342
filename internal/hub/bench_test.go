package hub

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/exvet/exvet/internal/hub/access"
	"github.com/exvet/exvet/internal/hub/store"
)

// enrolMany enrols servers without asking for a code each, and gives their tokens.
func (r *running) enrolMany(t testing.TB, n int) []*agent {
	t.Helper()
	all := make([]*agent, n)
	var todo sync.WaitGroup
	next := atomic.Int64{}
	for range 64 {
		todo.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				name := fmt.Sprintf("EX%05d", i)
				id, err := r.DB.AddServer(context.Background(), name, time.Now())
				if err != nil {
					t.Error(err)
					return
				}
				whole, credential := access.TokenFor(store.Agent{Server: id, Name: name}, time.Now())
				if err := r.DB.AddCredential(context.Background(), credential); err != nil {
					t.Error(err)
				}
				all[i] = &agent{hub: r, name: name, token: whole}
			}
		})
	}
	todo.Wait()
	return all
}

// findingsOf makes so many findings, over a hundred rules.
func findingsOf(n, seed int) map[string][]string {
	rules := map[string][]string{}
	for i := range n {
		id := fmt.Sprintf("EXV-T-%03d", i%100)
		rules[id] = append(rules[id], fmt.Sprintf("module:Default Web Site/app%d:Module%d", i, (i+seed)%500))
	}
	return rules
}

// BenchmarkIntake: agents over TLS, connections kept, reports of 2 and 200 findings; the hub has one core to itself. Every report that was
// sent is counted in the database at the end.
func BenchmarkIntake(b *testing.B) {
	for _, kind := range []string{"SQLite", "PostgreSQL"} {
		for _, findings := range []int{2, 200} {
			for _, agents := range []int{1_000, 10_000} {
				b.Run(fmt.Sprintf("%s/%d-findings/%d-agents", kind, findings, agents), func(b *testing.B) { intake(b, kind, findings, agents) })
			}
		}
	}
}

func intake(b *testing.B, kind string, findings, agents int) {
	database := ""
	if kind == "PostgreSQL" {
		database = postgres(b)
	}
	hub := start(b, Options{Database: database})
	all := hub.enrolMany(b, agents)
	options := hub.Options
	hub.close()
	options.Listen = freePort(b)
	options.URL = "https://" + options.Listen
	c := &child{options: options, env: []string{"GOMAXPROCS=1"}}
	c.start(b)
	defer c.kill()
	transport := hub.client.Transport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost, transport.MaxConnsPerHost = 256, 256
	client := &http.Client{Transport: transport, Timeout: time.Minute}
	text := jsonOf(b, []any{event(b, "DECISION", 1, judged("EX", findingsOf(findings, 1)))})
	var took []time.Duration
	var mu sync.Mutex
	var next, again atomic.Int64
	b.ResetTimer()
	var sending sync.WaitGroup
	for range 128 {
		sending.Go(func() {
			for i := int(next.Add(1)) - 1; i < b.N; i = int(next.Add(1)) - 1 {
				body := zipped(b, bytes.ReplaceAll(text, []byte("DECISION"), []byte(fmt.Sprintf("d-%d", i))))
				began := time.Now()
				for post(b, client, options.URL, all[i%agents], body) != http.StatusOK {
					again.Add(1)
					time.Sleep(50 * time.Millisecond)
				}
				mu.Lock()
				took = append(took, time.Since(began))
				mu.Unlock()
			}
		})
	}
	sending.Wait()
	b.StopTimer()
	slices.Sort(took)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(again.Load()), "sent-again")
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
	state := c.cmd.ProcessState
	if most := mostMemory(state); most > 0 {
		b.ReportMetric(most, "hub-MB")
	}
	b.ReportMetric(float64((state.UserTime()+state.SystemTime()).Microseconds())/float64(b.N), "hub-µs/req")
	last := start(b, Options{Data: options.Data, Database: database})
	if got, err := last.DB.CountReports(context.Background()); err != nil || got != b.N {
		b.Errorf("%d reports stored, %d sent (%v)", got, b.N, err)
	}
	last.close()
}

func post(b *testing.B, client *http.Client, url string, a *agent, body []byte) int {
	request, err := http.NewRequest("POST", url+"/logs", bytes.NewReader(body))
	if err != nil {
		b.Error(err)
		return http.StatusOK
	}
	request.Header = a.header()
	response, err := client.Do(request)
	if err != nil {
		return 0
	}
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
	return response.StatusCode
}

// BenchmarkPages: each page with many servers and a hundred findings on each.
func BenchmarkPages(b *testing.B) {
	for _, kind := range []string{"SQLite", "PostgreSQL"} {
		for _, servers := range []int{1_000, 10_000} {
			b.Run(fmt.Sprintf("%s/%d", kind, servers), func(b *testing.B) { pagesOf(b, kind, servers) })
		}
	}
}

func pagesOf(b *testing.B, kind string, servers int) {
	database := ""
	if kind == "PostgreSQL" {
		database = postgres(b)
	}
	hub := start(b, Options{Database: database, Silent: 100 * time.Hour})
	began := time.Now()
	fill(b, hub, servers, 100)
	b.Logf("%s: %d servers with 100 findings each, stored in %s", kind, servers, time.Since(began).Round(time.Second))
	admin := hub.admin(b)
	id := idOf(hub.serverNamed(b, "EX00000"))
	for _, path := range []string{"/servers", "/servers?q=ex0", "/servers?stance=unsupported&sort=name&from=900", "/servers/" + id, "/servers/" + id + "/diff", "/integrations",
		"/integrations/servers?title=Contoso+Gate", "/findings", "/findings/EXV-T-000", "/findings/EXV-T-000?q=module7", "/unknown", "/waivers", "/bundles", "/audit"} {
		b.Run(strings.ReplaceAll(strings.ReplaceAll(path, id, "id"), "/", "_"), func(b *testing.B) {
			hub.page(b, admin, path)
			for b.Loop() {
				hub.page(b, admin, path)
			}
			if per := b.Elapsed() / time.Duration(b.N); per > 300*time.Millisecond {
				b.Errorf("%s takes %s, want 300 ms", path, per)
			}
		})
	}
}

// fill stores a report of each server, and two of the first.
func fill(b testing.TB, hub *running, servers, findings int) {
	b.Helper()
	all := hub.enrolMany(b, servers)
	var sending sync.WaitGroup
	next := atomic.Int64{}
	for range 8 {
		sending.Go(func() {
			for i := int(next.Add(1)) - 1; i < servers; i = int(next.Add(1)) - 1 {
				rules := findingsOf(findings, i)
				for rule := 100; rule < 130; rule++ { // as many rules could not say something here and there
					if (i+rule)%3 == 0 {
						rules[fmt.Sprintf("EXV-T-%03d", rule)] = []string{"?"}
					}
				}
				if i%7 == 0 {
					rules["EXV-T-004"] = append(rules["EXV-T-004"], "!waived")
				}
				e := event(b, "d-1", 1, judged(all[i].name, rules))
				e.Labels["ring"] = []string{"stable", "canary"}[min(i%20, 1)^1]
				if got := all[i].send(b, e); got.Stored != 1 {
					b.Errorf("%+v", got)
				}
				if i > 0 {
					continue
				}
				again := event(b, "d-2", 2, judged(all[i].name, rules))
				again.Labels = e.Labels
				if got := all[i].send(b, again); got.Stored != 1 {
					b.Errorf("%+v", got)
				}
			}
		})
	}
	sending.Wait()
}
