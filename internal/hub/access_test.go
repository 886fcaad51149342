package hub

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/exvet/exvet/internal/hub/access"
)

// TestEnrol: a code is good once; a new token leaves the old one an hour; a revoked one is refused at once.
func TestEnrol(t *testing.T) {
	hub := start(t, Options{})
	code, err := access.NewCode(context.Background(), hub.DB, "EX01", "test")
	if err != nil {
		t.Fatal(err)
	}
	var given access.Credentials
	for i, want := range []int{200, 403} {
		if got := hub.ask(t, hub.client, "POST", "/enrol", nil, jsonOf(t, access.Enrolment{Code: strings.ToLower(code)}), &given); got != want {
			t.Errorf("use %d of the code: %d, want %d", i+1, got, want)
		}
	}
	old := &agent{hub: hub, name: "EX01", token: given.Token}
	body := zipped(t, jsonOf(t, []any{event(t, "d-1", 1, judged("EX01", nil))}))
	header := old.header()
	header.Del("Content-Encoding")
	var fresh access.Credentials
	if got := hub.ask(t, hub.client, "POST", "/enrol/rotate", header, []byte("{}"), &fresh); got != 200 || fresh.Token == old.token {
		t.Fatalf("rotate: %d", got)
	}
	renewed := &agent{hub: hub, name: "EX01", token: fresh.Token}
	for name, a := range map[string]*agent{"old": old, "new": renewed} {
		if got := a.sendRaw(t, body); got.Status != 200 {
			t.Errorf("the %s token: %+v", name, got)
		}
	}
	admin := hub.admin(t)
	if got := hub.post(t, admin, "/servers/"+idOf(hub.serverNamed(t, "EX01"))+"/revoke", url.Values{}); got != http.StatusSeeOther {
		t.Fatalf("revoke: %d", got)
	}
	for name, a := range map[string]*agent{"old": old, "new": renewed} {
		if got := a.sendRaw(t, body); got.Status != 401 {
			t.Errorf("the %s token after it was revoked: %+v", name, got)
		}
	}
	audit := hub.page(t, admin, "/audit")
	for _, want := range []string{"enrolled", "rotated credentials", "revoked credentials", "enrolment refused", "logged in"} {
		if !strings.Contains(audit, want) {
			t.Errorf("the audit log does not say %q", want)
		}
	}
	if strings.Contains(audit, code) || strings.Contains(audit, given.Token) {
		t.Error("the audit log holds a secret")
	}
}

func request(t *testing.T) (csr string, key *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{DNSNames: []string{"EX99"}}, key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der})), key
}

// with gives a client that shows a certificate.
func (r *running) with(t *testing.T, der []byte, key crypto.PrivateKey) *http.Client {
	t.Helper()
	transport := r.client.Transport.(*http.Transport).Clone()
	transport.TLSClientConfig.Certificates = []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 30 * time.Second}
}

// TestCertificates: agents by mutual TLS, with the hub's own certificate and with one of the organisation's authority.
func TestCertificates(t *testing.T) {
	now := time.Now()
	text, err := access.MakeAuthority("Contoso", now)
	if err != nil {
		t.Fatal(err)
	}
	contoso, err := access.ReadAuthority(text)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "contoso.pem")
	if err := os.WriteFile(file, contoso.PEM, 0o600); err != nil {
		t.Fatal(err)
	}
	hub := start(t, Options{ClientAuthority: file})
	hub.enrol(t, "EX02")
	code, err := access.NewCode(context.Background(), hub.DB, "EX01", "test")
	if err != nil {
		t.Fatal(err)
	}
	csr, key := request(t)
	var given access.Credentials
	if got := hub.ask(t, hub.client, "POST", "/enrol", nil, jsonOf(t, access.Enrolment{Code: code, Request: csr}), &given); got != 200 || given.Server != "EX01" {
		t.Fatalf("enrol: %d, %+v", got, given)
	}
	block, _ := pem.Decode([]byte(given.Certificate))
	body := jsonOf(t, []any{event(t, "d-1", 1, judged("EX01", nil))})
	own := hub.with(t, block.Bytes, key)
	if got := hub.ask(t, own, "POST", "/logs", nil, body, nil); got != 200 {
		t.Errorf("with the hub's certificate: %d", got)
	}
	if got := hub.serverNamed(t, "EX01"); got.Report != "d-1" {
		t.Errorf("what the request named, not what the code is for, decides: %+v", got)
	}
	foreignCSR, foreignKey := request(t)
	issue := func(name string) *http.Client {
		certificate, _, _, err := contoso.ForAgent(name, []byte(foreignCSR), now)
		if err != nil {
			t.Fatal(err)
		}
		block, _ := pem.Decode(certificate)
		return hub.with(t, block.Bytes, foreignKey)
	}
	if got := hub.ask(t, issue("ex02.contoso.example"), "POST", "/logs", nil, body, nil); got != 200 || hub.serverNamed(t, "EX02").Report != "d-1" {
		t.Errorf("with the organisation's certificate: %d", got)
	}
	if got := hub.ask(t, issue("ex03.contoso.example"), "POST", "/logs", nil, body, nil); got != 401 {
		t.Errorf("a server that is not enrolled: %d, want 401", got)
	}
	if got := hub.post(t, hub.admin(t), "/servers/"+idOf(hub.serverNamed(t, "EX01"))+"/revoke", url.Values{}); got != http.StatusSeeOther {
		t.Fatal(got)
	}
	if got := hub.ask(t, own, "POST", "/logs", nil, body, nil); got != 401 {
		t.Errorf("after it was revoked: %d", got)
	}
}

// TestPeople: passwords, roles, sessions that end, keys, and tries that are held back.
func TestPeople(t *testing.T) {
	hub := start(t, Options{})
	admin := hub.admin(t)
	ctx := context.Background()
	if _, err := access.AddUser(ctx, hub.DB, "Vera", access.Viewer, "correct horse battery", false); err != nil {
		t.Fatal(err)
	}
	if _, err := access.AddUser(ctx, hub.DB, "short", access.Viewer, "short", false); err == nil {
		t.Error("a short password was taken")
	}
	vera := hub.browser(t, "vera", "correct horse battery")
	second := hub.browser(t, "VERA", "correct horse battery")
	hub.page(t, vera, "/servers")
	if got := hub.post(t, vera, "/account/password", url.Values{"old": {"correct horse battery"}, "new": {"battery horse correct"}}); got != http.StatusSeeOther {
		t.Errorf("change the password: %d", got)
	}
	hub.page(t, vera, "/servers")
	if got := hub.ask(t, second, "GET", "/servers", nil, nil, nil); got != 401 {
		t.Errorf("another session after the password changed: %d, want 401", got)
	}
	var made struct{ Secret string }
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Origin": {hub.url}, "Accept": {"application/json"}}
	if got := hub.ask(t, vera, "POST", "/account/keys", header, []byte("name=script"), &made); got != 200 || made.Secret == "" {
		t.Fatalf("a key: %d", got)
	}
	key := http.Header{"Authorization": {"Bearer " + made.Secret}}
	if got := hub.ask(t, hub.client, "GET", "/api/v1/servers", key, nil, nil); got != 200 {
		t.Errorf("with a key: %d", got)
	}
	user, err := hub.DB.UserNamed(ctx, "vera")
	if err != nil {
		t.Fatal(err)
	}
	if got := hub.post(t, admin, fmt.Sprintf("/users/%d", user.ID), url.Values{"role": {"viewer"}, "disabled": {"on"}}); got != http.StatusSeeOther {
		t.Errorf("disable: %d", got)
	}
	for name, got := range map[string]int{"session": hub.ask(t, vera, "GET", "/servers", nil, nil, nil), "key": hub.ask(t, hub.client, "GET", "/api/v1/servers", key, nil, nil)} {
		if got != 401 {
			t.Errorf("%s of somebody who may not log in: %d, want 401", name, got)
		}
	}
	held := false
	for range 15 {
		text := hub.text(t, "/login", url.Values{"name": {"admin"}, "password": {"guess"}})
		held = held || strings.Contains(text, "too many tries")
	}
	if !held {
		t.Error("fifteen guesses were not held back")
	}
}

// text gives what a form answers to somebody who is not logged in.
func (r *running) text(t *testing.T, path string, form url.Values) string {
	t.Helper()
	request, err := http.NewRequest("POST", r.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Origin": {r.url}}
	response, err := r.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text := make([]byte, 16<<10)
	n, _ := response.Body.Read(text)
	return string(text[:n])
}
