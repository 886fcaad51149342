package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// A fleetHub is exvet hub serve with an admin's key.
type fleetHub struct {
	url, data, key string
	client         *http.Client
	log            *written
}

func startHub(t *testing.T) *fleetHub { return startHubIn(t, filepath.Join(t.TempDir(), "hub")) }

// startHubIn keeps the hub's data in a directory.
func startHubIn(t *testing.T, data string) *fleetHub {
	t.Helper()
	h := &fleetHub{data: data}
	address := freeAddress(t)
	h.url = "https://" + address
	h.log = start(t, "exvet", "hub", "serve", "--listen", address, "--data", h.data)
	password := regexp.MustCompile(`admin with the password (\S+)`)
	await(t, func() bool { return password.MatchString(h.log.String()) }, h.log.String)
	pem, err := os.ReadFile(filepath.Join(h.data, "hub-ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	h.client = &http.Client{Jar: jar, Timeout: 30 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	form := func(path string, values url.Values) []byte {
		status, body := h.ask(t, "POST", path, []byte(values.Encode()), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Origin": {h.url}, "Accept": {"application/json"}})
		if status != 200 {
			t.Fatalf("%s: %d: %s", path, status, body)
		}
		return body
	}
	form("/login", url.Values{"name": {"admin"}, "password": {password.FindStringSubmatch(h.log.String())[1]}})
	var made struct{ Secret string }
	if err := json.Unmarshal(form("/account/keys", url.Values{"name": {"test"}}), &made); err != nil {
		t.Fatal(err)
	}
	h.client.Jar, h.key = nil, made.Secret
	return h
}

func (h *fleetHub) ask(t *testing.T, method, path string, body []byte, header http.Header) (int, []byte) {
	t.Helper()
	request, err := http.NewRequest(method, h.url+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if header != nil {
		request.Header = header
	}
	if h.key != "" {
		request.Header.Set("Authorization", "Bearer "+h.key)
	}
	response, err := h.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, text
}

// A fleetServer is what the hub's API says of a server.
type fleetServer struct {
	ID, Name, Ring, Trouble, Report, Stance string
	Findings                                int
}

func (h *fleetHub) servers(t *testing.T) map[string]fleetServer {
	t.Helper()
	status, text := h.ask(t, "GET", "/api/v1/servers", nil, nil)
	var said struct{ Servers []fleetServer }
	if err := json.Unmarshal(text, &said); err != nil || status != 200 {
		t.Fatalf("servers: %d, %v: %s", status, err, text)
	}
	all := map[string]fleetServer{}
	for _, s := range said.Servers {
		all[s.Name] = s
	}
	return all
}

// runs says which revision of a bundle answers on a server, and why a newer one was refused.
func (h *fleetHub) runs(t *testing.T, server, bundle string) (revision, refused string) {
	t.Helper()
	_, text := h.ask(t, "GET", "/api/v1/servers/"+h.servers(t)[server].ID, nil, nil)
	var said struct {
		Bundles []struct{ Name, Revision, Reason string }
	}
	if err := json.Unmarshal(text, &said); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	for _, b := range said.Bundles {
		if b.Name == bundle {
			return b.Revision, b.Reason
		}
	}
	return "", ""
}

// join enrols a server and runs an agent on a made one, which takes its bundle from a service.
func (h *fleetHub) join(t *testing.T, l lab, name, source, ring, service, resource string) *written {
	t.Helper()
	return start(t, "exvet", "agent", "run", "--config-file", h.configure(t, l, name, source, ring, service, resource))
}

// configure enrols a server and writes the configuration of its agent. Its state lies in state beside it.
func (h *fleetHub) configure(t *testing.T, l lab, name, source, ring, service, resource string) string {
	t.Helper()
	folder := t.TempDir()
	code := strings.TrimSpace(exits0(t, "hub", "code", name, "--data", h.data))
	token := filepath.Join(folder, "hub.token")
	exits0(t, "hub", "join", h.url, "--code", code, "--ca", filepath.Join(h.data, "hub-ca.pem"), "--token-file", token)
	disk, err := filepath.Abs(filepath.Join(evidence, source))
	if err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf(`services:
  hub:
    url: %s
    tls: {ca_cert: %q}
    credentials: {bearer: {token_path: %q}}
%s
keys: {acme: {algorithm: ES256, key: %q}}
labels: {ring: %s}
persistence_directory: %q
bundles: {acme: {service: %s, resource: %q, signing: {keyid: acme, scope: exvet-acme}}}
status: {service: hub}
decision_logs: {service: hub}
exvet: {source: %q, poll: 1s, scan: 1h}
`, h.url, filepath.Join(h.data, "hub-ca.pem"), token, map[bool]string{true: "", false: "  " + service}[service == "hub"], l.public, ring, filepath.Join(folder, "state"),
		strings.Split(strings.TrimSpace(service), ":")[0], resource, disk)
	file := filepath.Join(folder, "agent.yaml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// build makes the lab's bundle with a serial.
func (l lab) build(t *testing.T, serial int) string {
	t.Helper()
	file := l.file(fmt.Sprintf("acme-%d.tar.gz", serial))
	exits0(t, "bundle", "build", l.file("acme"), "--serial", fmt.Sprint(serial), "--revision", fmt.Sprintf("r%d", serial), "--output", file)
	exits0(t, "bundle", "sign", file, "--signing-key", l.file("acme.pem"), "--signing-key-id", "acme", "--scope", "exvet-acme")
	return file
}

func (h *fleetHub) put(t *testing.T, path, file string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if status, text := h.ask(t, "PUT", "/bundles/"+path, content, nil); status != 200 {
		t.Fatalf("put %s: %d: %s", path, status, text)
	}
}

// TestFleet: a hub, a registry and three agents. A signed bundle goes to the canary first, is promoted, and is taken back by a higher serial;
// one that agents refuse leaves the old one answering, and the page says why.
func TestFleet(t *testing.T) {
	l := newLab(t)
	registry := startRegistry(t)
	login := fmt.Sprintf(`{"auths": {%q: {"auth": %q}}}`, registry, base64.StdEncoding.EncodeToString([]byte("lab:lab")))
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "config.json"), []byte(login), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DOCKER_CONFIG", folder)
	h := startHub(t)
	seven := l.build(t, 7)
	h.put(t, "canary/acme.tar.gz", seven)
	h.put(t, "stable/acme.tar.gz", seven)
	exits0(t, "bundle", "push", seven, "oci://"+registry+"/exvet/acme:stable")
	logs := map[string]*written{
		"EX01": h.join(t, l, "EX01", "contoso", "canary", "hub", "bundles/canary/acme.tar.gz"),
		"EX02": h.join(t, l, "EX02", "clean", "stable", "hub", "bundles/stable/acme.tar.gz"),
		"EX03": h.join(t, l, "EX03", "clean", "stable", "reg: {type: oci, url: \"http://"+registry+"\", credentials: {bearer: {scheme: Basic, token: \"lab:lab\"}}}", registry+"/exvet/acme:stable"),
	}
	reaches := func(what string, servers []string, revision string) {
		t.Helper()
		for _, name := range servers {
			await(t, func() bool {
				got, _ := h.runs(t, name, "acme")
				return got == revision && h.servers(t)[name].Report != ""
			},
				func() string {
					got, why := h.runs(t, name, "acme")
					return fmt.Sprintf("%s: %s runs %q %q and not %s: %+v\n%s", what, name, got, why, revision, h.servers(t)[name], logs[name].String())
				})
		}
	}
	reaches("at first", []string{"EX01", "EX02", "EX03"}, "r7")
	if all := h.servers(t); all["EX01"].Stance != "unsupported" || all["EX01"].Findings == 0 || all["EX01"].Ring != "canary" || all["EX02"].Stance == "unsupported" {
		t.Errorf("the servers are %+v", all)
	}
	_, text := h.ask(t, "GET", "/api/v1/findings/ORG-ACME-001", nil, nil)
	if !bytes.Contains(text, []byte(`"subject": "pool:MSExchangeOWAAppPool"`)) {
		t.Errorf("the organisation's rule is not on the page: %s", text)
	}

	h.put(t, "canary/acme.tar.gz", l.build(t, 8))
	reaches("canary", []string{"EX01"}, "r8")
	if got, _ := h.runs(t, "EX02", "acme"); got != "r7" {
		t.Errorf("stable runs %q before the bundle was promoted", got)
	}
	if status, text := h.ask(t, "POST", "/bundles/promote", []byte("file=acme.tar.gz"), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}); status != 200 {
		t.Fatalf("promote: %d: %s", status, text)
	}
	reaches("promoted", []string{"EX02"}, "r8")
	h.put(t, "stable/acme.tar.gz", l.build(t, 9)) // the older sources, with a serial above
	reaches("rolled back", []string{"EX02"}, "r9")

	// Somebody writes into the directory what the hub would not take: agents refuse it.
	old, err := os.ReadFile(seven)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(h.data, "bundles", "stable", "acme.tar.gz"), old, 0o600); err != nil {
		t.Fatal(err)
	}
	await(t, func() bool { return strings.Contains(h.servers(t)["EX02"].Trouble, "bundle/replayed") },
		func() string {
			return fmt.Sprintf("the page says nothing of the refused bundle: %+v", h.servers(t)["EX02"])
		})
	if got, why := h.runs(t, "EX02", "acme"); got != "r9" || !strings.Contains(why, "bundle/replayed") {
		t.Errorf("EX02 runs %q, refused: %q", got, why)
	}
}
