package hub

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
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

// BenchmarkFleet: a hub with one core and agents that each keep a connection of their own over TLS. Each sends a whole report with a hundred
// findings, then some what changed since, then all a status; then all come back at once over new connections. What is stored must be what was
// sent. Then each page is asked for. Run it with -benchtime 1x: every figure is of one run.
func BenchmarkFleet(b *testing.B) {
	for _, kind := range []string{"SQLite", "PostgreSQL"} {
		for _, agents := range []int{1_000, 10_000} {
			b.Run(fmt.Sprintf("%s/%d", kind, agents), func(b *testing.B) { fleetOf(b, kind, agents) })
		}
	}
}

func fleetOf(b *testing.B, kind string, agents int) {
	database := ""
	if kind == "PostgreSQL" {
		database = postgres(b)
	}
	first := start(b, Options{Database: database, Silent: 100 * time.Hour})
	l := &load{trust: &tls.Config{RootCAs: first.client.Transport.(*http.Transport).TLSClientConfig.RootCAs, ServerName: "127.0.0.1"}, address: freePort(b)}
	for _, a := range first.enrolMany(b, agents) {
		l.agents = append(l.agents, &wire{name: a.name, token: a.token})
	}
	options := first.Options
	first.close()
	options.Listen, options.URL = l.address, "https://"+l.address
	c := &child{options: options, env: []string{"GOMAXPROCS=1"}}
	c.start(b)
	defer c.kill()
	l.pid = c.cmd.Process.Pid
	l.phases(b)
	hub := &running{Hub: first.Hub, url: options.URL, client: first.client}
	pagesOf(b, hub, hub.browser(b, first.First.Name, first.First.Password))
	c.kill()
	sent := 2*agents + min(agents, someAgents)
	size := "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
	if database != "" {
		size = "SELECT pg_database_size(current_database())"
	}
	last := start(b, Options{Data: options.Data, Database: database})
	if got, err := last.DB.CountReports(context.Background()); err != nil || got != sent {
		b.Errorf("%d reports stored, %d sent (%v)", got, sent, err)
	}
	bytes, err := strconv.ParseFloat(last.rowsOf(b, database, size)[0], 64)
	if err != nil {
		b.Error(err)
	}
	b.Run("stored", func(b *testing.B) {
		b.ReportMetric(float64(sent), "reports")
		b.ReportMetric(bytes/(1<<20), "database-MB")
		b.ReportMetric(0, "ns/op")
	})
	last.close()
}

// someAgents is how many are enough to measure by.
const someAgents = 2_000

func (l *load) phases(b *testing.B) {
	full := newFullReport(b)
	one := full.whole(b, "d-0", "EX00000", 0)
	zip, err := gzip.NewReader(bytes.NewReader(one))
	if err != nil {
		b.Fatal(err)
	}
	size, err := io.Copy(io.Discard, zip)
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("a whole report is %d bytes, %d compressed; changes are %d compressed", size, len(one), len(full.changes(b, "d-0", "EX00000", 0, 2)))
	said := func(name string, p phase) {
		b.Run(name, func(b *testing.B) { p.report(b) })
	}
	name := func(i int) string { return l.agents[i].name }
	said("whole", l.run(b, "/logs", 64, true, func(i int) []byte { return full.whole(b, "d-1", name(i), i) }))
	status := []byte(`{"labels": {"ring": "stable", "exvet": "0.1.0"}, "bundles": {"core": {"active_revision": "2026-11"}, "acme": {"active_revision": "7"}}, "plugins": {"exvet": {"state": "OK"}}}`)
	beat := func(int) []byte { return status }
	some := *l
	some.agents = l.agents[:min(len(l.agents), someAgents)]
	some.run(b, "/status", 64, false, beat) // over connections the hub has closed meanwhile: what is measured is not how they are made again
	said("changes", some.run(b, "/logs", 64, true, func(i int) []byte { return full.changes(b, "d-2", name(i), i, 2) }))
	l.run(b, "/status", 64, false, beat)
	said("status", l.run(b, "/status", 64, false, beat))
	for _, agent := range l.agents {
		agent.close()
	}
	bodies := make([][]byte, len(l.agents))
	for i := range bodies {
		bodies[i] = full.changes(b, "d-3", name(i), i, 3)
	}
	said("all-at-once", l.run(b, "/logs", len(l.agents), true, func(i int) []byte { return bodies[i] }))
}

// pagesOf asks five times for each page, as a person and as a program.
func pagesOf(b *testing.B, hub *running, admin *http.Client) {
	var found struct{ Servers []store.Server }
	if status := hub.ask(b, admin, "GET", "/api/v1/servers?q=ex00000", nil, nil, &found); status != http.StatusOK || len(found.Servers) != 1 {
		b.Fatalf("%d: %+v", status, found)
	}
	id := idOf(found.Servers[0])
	all := []string{"/servers", "/servers?q=ex0", "/servers?state=unknown", "/servers?stance=unsupported&sort=name&from=900", "/servers?sort=coverage&from=500", "/servers/ID", "/servers/ID/diff",
		"/integrations", "/integrations?q=contoso", "/integrations/servers?title=Contoso+Gate", "/findings", "/findings?clause=C3", "/findings/EXV-T-000", "/findings/EXV-T-000?q=module7",
		"/findings/EXV-T-000?from=900", "/unknown", "/unknown?section=iis", "/unknown?q=malformed", "/waivers", "/waivers?q=mail", "/bundles", "/enrolments", "/notices", "/account", "/users", "/audit"}
	once := []string{"/metrics", "/servers/ID/reports/d-1.json", "/servers/ID/reports/d-3.html"}
	for _, path := range append(all, once...) {
		for _, prefix := range []string{"", "/api/v1"} {
			if prefix != "" && slices.Contains(once, path) {
				continue
			}
			b.Run(strings.Trim(strings.ReplaceAll(prefix+path, "/", "_"), "_"), func(b *testing.B) {
				var took []time.Duration
				for range 5 {
					took = append(took, hub.timed(b, admin, prefix+strings.Replace(path, "ID", id, 1)))
				}
				slices.Sort(took)
				b.ReportMetric(float64(took[2].Microseconds())/1000, "p50-ms")
				b.ReportMetric(float64(took[4].Microseconds())/1000, "most-ms")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// timed asks for a page and gives how long that took.
func (r *running) timed(b *testing.B, client *http.Client, path string) time.Duration {
	b.Helper()
	for {
		began := time.Now()
		response, err := client.Get(r.url + path)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
		switch response.StatusCode {
		case http.StatusOK:
			return time.Since(began)
		case http.StatusTooManyRequests: // people are not as quick
			time.Sleep(time.Second)
		default:
			b.Fatalf("%s: %d", path, response.StatusCode)
		}
	}
}
