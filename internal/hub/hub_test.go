package hub

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/decision"
	"github.com/exvet/exvet/internal/hub/access"
)

// A running hub, as its users have it: over TLS.
type running struct {
	*Hub

	url    string
	client *http.Client // nobody
	stop   context.CancelFunc
	done   chan error
}

// start runs a hub on loopback with its data in a directory, and stops it at the end of the test.
func start(t testing.TB, o Options) *running {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if o.Data == "" {
		o.Data = t.TempDir()
	}
	o.Listen = listener.Addr().String()
	if o.Keep == 0 {
		o.Keep = 90 * 24 * time.Hour
	}
	if o.Silent == 0 {
		o.Silent = time.Hour
	}
	level := slog.LevelError + 10
	if testing.Verbose() {
		level = slog.LevelError
	}
	h, err := New(context.Background(), o, slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level})))
	if err != nil {
		t.Fatal(err)
	}
	r := &running{Hub: h, url: h.URL, done: make(chan error, 1)}
	var ctx context.Context
	ctx, r.stop = context.WithCancel(context.Background())
	go func() { r.done <- h.Serve(ctx, listener) }()
	pool := x509.NewCertPool()
	authorities, err := access.ReadPool(filepath.Join(o.Data, "hub-ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	for _, each := range authorities {
		pool.AddCert(each)
	}
	r.client = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, MaxIdleConnsPerHost: 64},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	t.Cleanup(r.close)
	return r
}

func (r *running) close() {
	if r.stop == nil {
		return
	}
	r.client.CloseIdleConnections()
	r.stop()
	<-r.done
	_ = r.Close()
	r.stop = nil
}

// An agent is one that is enrolled.
type agent struct {
	hub   *running
	name  string
	token string
}

func (r *running) enrol(t testing.TB, name string) *agent {
	t.Helper()
	code, err := access.NewCode(context.Background(), r.DB, name, "test")
	if err != nil {
		t.Fatal(err)
	}
	var given access.Credentials
	status := r.ask(t, r.client, "POST", "/enrol", nil, jsonOf(t, access.Enrolment{Code: code}), &given)
	if status != http.StatusOK || given.Token == "" {
		t.Fatalf("enrol: %d, %+v", status, given)
	}
	return &agent{hub: r, name: name, token: given.Token}
}

func jsonOf(t testing.TB, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// ask sends a request and gives status and, decoded into answer, what came back.
func (r *running) ask(t testing.TB, client *http.Client, method, path string, header http.Header, body []byte, answer any) int {
	t.Helper()
	request, err := http.NewRequest(method, r.url+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range header {
		request.Header[name] = values
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if answer != nil {
		if err := json.Unmarshal(text, answer); err != nil {
			t.Fatalf("%s %s: %d: %v: %s", method, path, response.StatusCode, err, text)
		}
	}
	return response.StatusCode
}

func (a *agent) header() http.Header {
	return http.Header{"Authorization": {"Bearer " + a.token}, "Content-Encoding": {"gzip"}, "Content-Type": {"application/json"}}
}

// An outcome is what the hub answers to an upload.
type outcome struct {
	Status     int
	Stored     int
	Duplicates int
	Refused    []struct {
		Decision string `json:"decision_id"`
		Reason   string
	}
	Error string
}

func (a *agent) send(t testing.TB, events ...decision.Event) outcome {
	t.Helper()
	return a.sendRaw(t, zipped(t, jsonOf(t, events)))
}

func (a *agent) sendRaw(t testing.TB, body []byte) outcome {
	t.Helper()
	var o outcome
	o.Status = a.hub.ask(t, a.hub.client, "POST", "/logs", a.header(), body, &o)
	return o
}

func zipped(t testing.TB, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// judged makes a report of one server: rules by id, each with subjects. "!" before a subject waives it, "?" leaves the rule unknown.
func judged(name string, rules map[string][]string) *exvet.Report {
	s := exvet.ServerReport{Server: exvet.ReportedServer{Name: name, Product: "Exchange Server 2019 CU12", Build: "15.2.1118.7", Roles: []string{"Mailbox"}},
		Collected: map[string]exvet.Section{}, Results: []exvet.Result{}, Integrations: []exvet.Integration{}}
	r := &exvet.Report{Format: exvet.ReportFormat, GeneratedAt: time.Unix(1764000000, 0).UTC(), Exit: exvet.Exit{FailOn: "medium"}, Waivers: []exvet.WaiverUse{}}
	ids := []string{"EXV-T-000", "EXV-T-001", "EXV-T-002", "EXV-T-003", "EXV-T-004", "EXV-T-005"}
	for id := range rules {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	for i, id := range ids {
		result := exvet.Result{About: exvet.About{ID: id, Title: "Rule " + id, Stance: exvet.Stances()[i%5], Severity: exvet.High, Clause: []string{"C1", "C2", "C3", "C4", "C5", "-"}[i%6],
			Remediation: "Take it out."}, Status: exvet.Clear}
		for _, subject := range rules[id] {
			if subject == "?" {
				result.Status = exvet.Unknown
				result.Missing = []exvet.Missing{{Facts: []string{"iis"}, Scope: "Default Web Site/owa", Reason: "web.config is malformed", File: "web.config", Line: 4}}
				s.Collected["iis"] = exvet.Section{Missing: result.Missing}
				continue
			}
			finding := exvet.Finding{Subject: strings.TrimPrefix(subject, "!"), Message: "found " + subject, Severity: exvet.High, Integration: "Contoso Gate"}
			if strings.HasPrefix(subject, "!") {
				w := exvet.Waiver{Rule: id, Subject: finding.Subject, Owner: "Mail team", Reason: "known", Expires: time.Now().UTC().AddDate(0, 0, 5).Format(time.DateOnly), Disposition: "accepted"}
				finding.Waiver = &w
				r.Waivers = append(r.Waivers, exvet.WaiverUse{Waiver: w, State: exvet.WaiverUsed, Findings: 1})
			} else {
				result.Status = exvet.Found
			}
			result.Findings = append(result.Findings, finding)
		}
		if len(result.Findings) > 0 && len(s.Integrations) < 5 {
			s.Integrations = append(s.Integrations, exvet.Integration{Vendor: "Contoso", Product: "Contoso Gate" + []string{"", "", " 2", " 3", " 4"}[len(s.Integrations)], Version: "4.1", Stance: result.Stance, Methods: []exvet.Method{{Rule: id}}})
		}
		s.Results = append(s.Results, result)
	}
	s.Summary = exvet.Summary{Rules: len(ids), Coverage: 0.9}
	r.Servers = []exvet.ServerReport{s}
	return r
}

// event makes a decision with a whole report, scanned so many minutes after a fixed time an hour ago.
func event(t testing.TB, id string, minute int, report *exvet.Report) decision.Event {
	t.Helper()
	return eventOf(t, id, decision.Result{Format: decision.Format, Kind: decision.Whole, Cause: decision.OnSchedule, Exvet: "0.1.0",
		StartedAt: time.Now().Add(-time.Hour).Add(time.Duration(minute) * time.Minute), Report: report, Coverage: 0.9})
}

func eventOf(t testing.TB, id string, result decision.Result) decision.Event {
	t.Helper()
	return decision.Event{Labels: map[string]string{"id": "x", "host": "EX01", "ring": "stable", "exvet": "0.1.0"}, DecisionID: id, Path: decision.Path,
		Result: jsonOf(t, result), Timestamp: time.Now()}
}

// browser is somebody who is logged in, as a browser is.
func (r *running) browser(t testing.TB, name, password string) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := *r.client
	client.Jar = jar
	if status := r.post(t, &client, "/login", url.Values{"name": {name}, "password": {password}}); status != http.StatusSeeOther {
		t.Fatalf("log in as %s: %d", name, status)
	}
	return &client
}

// post sends a form as a browser does from a page of the hub.
func (r *running) post(t testing.TB, client *http.Client, path string, form url.Values) int {
	t.Helper()
	return r.ask(t, client, "POST", path, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Origin": {r.url}, "Sec-Fetch-Site": {"same-origin"}},
		[]byte(form.Encode()), nil)
}

func (r *running) admin(t testing.TB) *http.Client {
	t.Helper()
	if r.First == nil {
		t.Fatal("the hub made no first log-in")
	}
	return r.browser(t, r.First.Name, r.First.Password)
}

// page gives the text of a page.
func (r *running) page(t testing.TB, client *http.Client, path string) string {
	t.Helper()
	response, err := client.Get(r.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d: %s", path, response.StatusCode, text)
	}
	return string(text)
}
