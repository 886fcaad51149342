package hub

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
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

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/decision"
)

// A wire is a simulated agent with a connection of its own.
type wire struct {
	name, token string
	conn        *tls.Conn
	in          *bufio.Reader
}

func (w *wire) dial(address string, trust *tls.Config) error {
	if w.conn != nil {
		return nil
	}
	conn, err := tls.Dial("tcp", address, trust)
	if err != nil {
		return err
	}
	w.conn, w.in = conn, bufio.NewReaderSize(conn, 1024)
	return nil
}

func (w *wire) close() {
	if w.conn != nil {
		_ = w.conn.Close() // the hub sees it go
		w.conn = nil
	}
}

// post sends a body and gives the answer's status and when to come again. Where the connection is gone, the status is 0.
func (w *wire) post(path string, body []byte, zip bool) (status int, later time.Duration, err error) {
	head := "POST " + path + " HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer " + w.token + "\r\nContent-Type: application/json\r\n"
	if zip {
		head += "Content-Encoding: gzip\r\n"
	}
	_ = w.conn.SetDeadline(time.Now().Add(2 * time.Minute))
	if _, err := w.conn.Write(append([]byte(head+"Content-Length: "+strconv.Itoa(len(body))+"\r\n\r\n"), body...)); err != nil {
		return 0, 0, err
	}
	response, err := http.ReadResponse(w.in, nil)
	if err != nil {
		return 0, 0, err
	}
	_, err = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
	seconds, _ := strconv.Atoi(response.Header.Get("Retry-After"))
	return response.StatusCode, time.Duration(seconds) * time.Second, err
}

// A load is a hub in a process of its own with one core, and agents.
type load struct {
	address string
	trust   *tls.Config
	pid     int
	agents  []*wire
}

// A phase is what each agent sent once: how fast, and what it took.
type phase struct {
	rate, p50, p99 float64 // requests a second, milliseconds
	cpu            float64 // of the hub's process, microseconds a request
	memory         float64 // that the hub has held at most, MB
	again          int64   // sent again because the hub asked for it, or did not answer
}

func (p phase) report(b *testing.B) {
	b.ReportMetric(p.rate, "req/s")
	b.ReportMetric(p.p50, "p50-ms")
	b.ReportMetric(p.p99, "p99-ms")
	b.ReportMetric(p.cpu, "hub-µs/req")
	b.ReportMetric(p.memory, "hub-MB")
	b.ReportMetric(float64(p.again), "sent-again")
	b.ReportMetric(0, "ns/op")
}

// run has every agent post once, so many at a time, until each is answered by 200.
func (l *load) run(t testing.TB, path string, atOnce int, zip bool, body func(i int) []byte) phase {
	t.Helper()
	took := make([]time.Duration, len(l.agents))
	var next, again atomic.Int64
	var all sync.WaitGroup
	before, began := cpuOf(l.pid), time.Now()
	for range atOnce {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(l.agents); i = int(next.Add(1)) - 1 {
				text := body(i)
				sent := time.Now()
				for l.once(t, l.agents[i], path, text, zip) != nil {
					again.Add(1)
				}
				took[i] = time.Since(sent)
			}
		})
	}
	all.Wait()
	wall, spent := time.Since(began), cpuOf(l.pid)-before
	slices.Sort(took)
	n := len(took)
	return phase{
		rate: float64(n) / wall.Seconds(), p50: float64(took[n/2].Microseconds()) / 1000, p99: float64(took[n*99/100].Microseconds()) / 1000,
		cpu: float64(spent.Microseconds()) / float64(n), memory: mostMemoryOf(l.pid), again: again.Load(),
	}
}

var errAgain = errors.New("to be sent again")

// once sends one time; as agents do, it waits as long as the hub says before it gives an error.
func (l *load) once(t testing.TB, w *wire, path string, body []byte, zip bool) error {
	used := w.conn != nil
	if err := w.dial(l.address, l.trust); err != nil {
		time.Sleep(time.Second)
		return err
	}
	status, later, err := w.post(path, body, zip)
	if err != nil && used { // the hub closes what is idle for two minutes
		w.close()
		if err = w.dial(l.address, l.trust); err == nil {
			status, later, err = w.post(path, body, zip)
		}
	}
	switch {
	case err != nil:
		w.close()
		time.Sleep(time.Second)
		return err
	case status == http.StatusOK:
		return nil
	case status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable:
		time.Sleep(later)
		return errAgain
	}
	t.Errorf("%s: %s is answered %d", w.name, path, status)
	return nil
}

// A fullReport is as large as a report of exvet's own rules: 170 rules with their texts, 230 KB of JSON, of which a hundred findings
// by fifty rules are a server's own. The rest is the same for all and compressed once: the agents share a core.
type fullReport struct {
	common []byte // gzip of the results of the rules that are clear everywhere
}

const (
	sentinel   = `{"id":"SENTINEL"`
	reportOwn  = 50
	reportRule = 170
)

func aboutRule(i int) exvet.About {
	text := fmt.Sprintf("What rule %d looks for, and why that is not supported: ", i)
	return exvet.About{
		ID: fmt.Sprintf("EXV-T-%03d", i), Title: fmt.Sprintf("Rule %d of the rules of a server", i), Description: text + strings.Repeat("the words of rule "+strconv.Itoa(i)+". ", 18),
		Stance: exvet.Stances()[i%5], Severity: exvet.High, Clause: []string{"C1", "C2", "C3", "C4", "C5", "-"}[i%6], Basis: "kb", Needs: []string{"iis.modules", "iis.pools"},
		Remediation: text + "take it out of the pool and restart the pool.", Alternative: "EWS, or a transport agent, for what the product does here.",
		Repro: "Take the entry out, restart the pool, and see whether the problem stays.", References: []string{"https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods"},
	}
}

func newFullReport(t testing.TB) *fullReport {
	t.Helper()
	var all [][]byte
	for i := reportOwn; i < reportRule; i++ {
		all = append(all, jsonOf(t, exvet.Result{About: aboutRule(i), Status: exvet.Clear}))
	}
	return &fullReport{common: zipped(t, bytes.Join(all, []byte(",")))}
}

// of makes the report of a server: half of its subjects are the same everywhere, and some are unknown or waived.
func (f *fullReport) of(name string, i int) *exvet.Report {
	subjects := map[string][]string{}
	for rule := range reportOwn {
		id := fmt.Sprintf("EXV-T-%03d", rule)
		subjects[id] = []string{fmt.Sprintf("module:Default Web Site/app%d:Module%d", rule, (rule+i)%500), "pool:MSExchangeApp" + strconv.Itoa(rule)}
		if (i+rule)%10 == 0 {
			subjects[id] = append(subjects[id], "?")
		}
	}
	if i%7 == 0 {
		subjects["EXV-T-004"] = append(subjects["EXV-T-004"], "!waived")
	}
	report := judged(name, subjects)
	results := report.Servers[0].Results
	for n := range results {
		status, missing, findings := results[n].Status, results[n].Missing, results[n].Findings
		for at := range findings {
			findings[at].Evidence = []exvet.Evidence{{Ref: `file:C:\Windows\System32\inetsrv\config\applicationHost.config:` + strconv.Itoa(100+at), Value: "type=Contoso.Sso.Gate, Contoso.Sso, Version=4.1.0.0"}}
		}
		results[n] = exvet.Result{About: aboutRule(n), Status: status, Missing: missing, Findings: findings}
	}
	report.Servers[0].Summary = exvet.Summary{Rules: reportRule, Found: reportOwn, Clear: reportRule - reportOwn, Coverage: 0.97}
	return report
}

// whole is the body of an upload of the whole report.
func (f *fullReport) whole(t testing.TB, id, name string, i int) []byte {
	t.Helper()
	report := f.of(name, i)
	report.Servers[0].Results = append(report.Servers[0].Results, exvet.Result{About: exvet.About{ID: "SENTINEL"}})
	text := jsonOf(t, []any{f.event(t, id, i, 1, decision.Result{Kind: decision.Whole, Report: report})})
	before, rest, found := bytes.Cut(text, []byte(sentinel))
	if !found {
		t.Fatal("no sentinel in the report")
	}
	at := bytes.Index(rest, jsonOf(t, report.Servers[0].Integrations)) // what follows the results
	end := bytes.LastIndexByte(rest[:at], ']')
	body := slices.Concat(zipped(t, before), f.common, zipped(t, rest[end:]))
	return body
}

// changes is the body of what an agent sends when one rule finds something else than in its whole report d-1.
func (f *fullReport) changes(t testing.TB, id, name string, i, minute int) []byte {
	t.Helper()
	report := f.of(name, i)
	changed := report.Servers[0].Results[i%reportOwn]
	changed.Findings = append(slices.Clone(changed.Findings), exvet.Finding{Subject: "module:Default Web Site:New" + id, Message: "found", Severity: exvet.High})
	report.Servers[0].Results = []exvet.Result{changed}
	return zipped(t, jsonOf(t, []any{f.event(t, id, i, minute, decision.Result{Kind: decision.Changes, Base: "d-1", Report: report})}))
}

func (f *fullReport) event(t testing.TB, id string, i, minute int, result decision.Result) decision.Event {
	t.Helper()
	result.Format, result.Cause, result.Exvet, result.Coverage = decision.Format, decision.OnSchedule, "0.1.0", 0.97
	result.StartedAt = time.Now().Add(-time.Hour).Add(time.Duration(minute) * time.Minute)
	e := eventOf(t, id, result)
	e.Labels["ring"] = []string{"canary", "stable"}[min(i%20, 1)]
	return e
}
