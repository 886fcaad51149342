package hub

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/exvet/exvet/internal/decision"
	"github.com/exvet/exvet/internal/hub/notify"
)

// A receiver takes webhooks, and refuses as many as it is told first.
type receiver struct {
	mu     sync.Mutex
	refuse int
	got    []notify.Message
	ids    map[string]int
	signed bool
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	body, _ := io.ReadAll(request.Body)
	if r.refuse > 0 {
		r.refuse--
		http.Error(w, "not now", http.StatusServiceUnavailable)
		return
	}
	mac := hmac.New(sha256.New, []byte("secret"))
	mac.Write(body)
	r.signed = request.Header.Get("X-Exvet-Signature") == "sha256="+hex.EncodeToString(mac.Sum(nil))
	var m notify.Message
	_ = json.Unmarshal(body, &m)
	r.got = append(r.got, m)
	r.ids[request.Header.Get("X-Exvet-Delivery")]++
}

// A mailbox is a mail server that keeps what it gets.
type mailbox struct {
	mu   sync.Mutex
	mail []string
}

func (m *mailbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &letter{box: m}, nil }

type letter struct{ box *mailbox }

func (*letter) Mail(string, *smtp.MailOptions) error { return nil }
func (*letter) Rcpt(to string, _ *smtp.RcptOptions) error {
	if to != "mail-team@contoso.example" {
		return errors.New("not here")
	}
	return nil
}
func (l *letter) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	l.box.mu.Lock()
	defer l.box.mu.Unlock()
	l.box.mail = append(l.box.mail, string(text))
	return err
}
func (*letter) Reset()        {}
func (*letter) Logout() error { return nil }

// TestNotices: what is new arrives once by each channel, also when a receiver is down at first.
func TestNotices(t *testing.T) { eachDatabase(t, notices) }

func notices(t *testing.T, database string) {
	hook := &receiver{refuse: 1, ids: map[string]int{}}
	server := httptest.NewServer(hook)
	defer server.Close()
	box := &mailbox{}
	mails := smtp.NewServer(box)
	mails.Domain, mails.AllowInsecureAuth = "localhost", true
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = mails.Serve(listener) }()
	defer func() { _ = mails.Close() }()

	hub := start(t, Options{Database: database, Silent: time.Hour, Notify: notify.Options{Webhooks: []string{server.URL}, Secret: "secret", SMTP: listener.Addr().String(), TLS: "none",
		From: "hub@contoso.example", To: []string{"mail-team@contoso.example"}}})
	ex01 := hub.enrol(t, "EX01")
	report := event(t, "d-1", 1, judged("EX01", map[string][]string{"EXV-T-000": {"pool:A\r\nBcc: x@y"}, "EXV-T-002": {"only review"}, "EXV-T-001": {"!waived"}}))
	ex01.send(t, report)
	ex01.send(t, report)
	ex01.send(t, event(t, "d-2", 2, judged("EX01", map[string][]string{"EXV-T-000": {"pool:A\r\nBcc: x@y"}, "EXV-T-001": {"!waived"}})))
	header := ex01.header()
	header.Del("Content-Encoding")
	for range 3 {
		hub.ask(t, hub.client, "POST", "/status", header, []byte(`{"labels": {}, "bundles": {"acme": {"active_revision": "7", "code": "bundle_error", "message": "bundle/replayed"}}}`), nil)
	}
	ctx, later := context.Background(), time.Now().Add(2*time.Hour)
	for range 3 {
		if err := hub.Teller.Look(ctx, later, time.Hour, 14*24*time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	for minute := range 20 { // as time passes: what failed is tried again
		if _, err := hub.Teller.Deliver(ctx, later.Add(time.Duration(minute)*time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	hook.mu.Lock()
	defer hook.mu.Unlock()
	kinds := map[string]int{}
	for _, m := range hook.got {
		kinds[m.Kind]++
	}
	for _, kind := range []string{notify.KindFindings, notify.KindActivation, notify.KindSilent, notify.KindWaiver} {
		if kinds[kind] != 1 {
			t.Errorf("the webhook got %d of %s, want 1: %v", kinds[kind], kind, kinds)
		}
	}
	for id, n := range hook.ids {
		if n != 1 || id == "" {
			t.Errorf("delivery %q came %d times", id, n)
		}
	}
	if !hook.signed {
		t.Error("a webhook is not signed")
	}
	box.mu.Lock()
	defer box.mu.Unlock()
	if len(box.mail) != 4 {
		t.Errorf("%d letters, want 4", len(box.mail))
	}
	for _, text := range box.mail {
		if strings.Contains(text, "\nBcc:") {
			t.Errorf("a finding wrote a header:\n%s", text)
		}
	}
}

// TestFailedScanIsTold: a scan that failed is told once, however often it fails, and again when it fails after a scan that was done; the
// page of the notices shows it, and that of the server.
func TestFailedScanIsTold(t *testing.T) { eachDatabase(t, failedScanIsTold) }

func failedScanIsTold(t *testing.T, database string) {
	hook := &receiver{ids: map[string]int{}}
	server := httptest.NewServer(hook)
	defer server.Close()
	hub := start(t, Options{Database: database, Notify: notify.Options{Webhooks: []string{server.URL}}})
	ex01 := hub.enrol(t, "EX01")
	fail := func(id string, minute int, reason string) {
		t.Helper()
		got := ex01.send(t, eventOf(t, id, decision.Result{Format: decision.Format, Kind: decision.Failure, Error: reason, StartedAt: time.Now().Add(-time.Hour).Add(time.Duration(minute) * time.Minute)}))
		if got.Stored != 1 {
			t.Fatalf("%s: %+v", id, got)
		}
	}
	told := func(want int) notify.Message {
		t.Helper()
		if _, err := hub.Teller.Deliver(context.Background(), time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		hook.mu.Lock()
		defer hook.mu.Unlock()
		if len(hook.got) != want {
			t.Fatalf("%d notices, want %d: %+v", len(hook.got), want, hook.got)
		}
		return hook.got[want-1]
	}
	fail("d-1", 1, "agent/timeout: the scan was cut off after 30m <b>")
	fail("d-2", 2, "agent/timeout: the scan was cut off after 30m <b>")
	if m := told(1); m.Kind != notify.KindFailure || m.Server != "EX01" || m.Title != "EX01: a scan failed" || len(m.Lines) != 1 || !strings.HasPrefix(m.Lines[0], "agent/timeout: ") ||
		m.Link != hub.URL+"/servers/"+idOf(hub.serverNamed(t, "EX01")) {
		t.Errorf("got %+v", m)
	}
	admin := hub.admin(t)
	for _, path := range []string{"/notices", "/servers/" + idOf(hub.serverNamed(t, "EX01")), "/servers?state=trouble"} {
		text := hub.page(t, admin, path)
		if path == "/notices" && !strings.Contains(text, "EX01: a scan failed") || path != "/notices" && !strings.Contains(text, "agent/timeout: the scan was cut off after 30m &lt;b&gt;") {
			t.Errorf("%s does not show the scan that failed", path)
		}
	}
	ex01.send(t, event(t, "d-3", 3, judged("EX01", nil)))
	told(1)
	fail("d-4", 4, "agent/timeout: the scan was cut off after 30m <b>")
	told(2)
	fail("d-5", 5, "another reason")
	told(3)
}
