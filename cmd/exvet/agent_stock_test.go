package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// startNginx serves a folder on loopback by Debian's nginx, and gives its host and port.
func startNginx(t *testing.T, folder string) string {
	t.Helper()
	program, err := exec.LookPath("nginx")
	if err != nil {
		if program, err = exec.LookPath("/usr/sbin/nginx"); err != nil {
			t.Skip("nginx is not installed")
		}
	}
	address, own := freeAddress(t), t.TempDir()
	config := fmt.Sprintf(`user root;
daemon off;
master_process off;
pid %[1]s/pid;
error_log %[1]s/errors;
events {}
http {
  access_log off;
  client_body_temp_path %[1]s/a; proxy_temp_path %[1]s/b; fastcgi_temp_path %[1]s/c; uwsgi_temp_path %[1]s/d; scgi_temp_path %[1]s/e;
  server { listen %[2]s; root %[3]s; }
}
`, own, address, folder)
	if err := os.WriteFile(filepath.Join(own, "nginx.conf"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	text := start(t, program, "-e", own+"/errors", "-c", own+"/nginx.conf")
	await(t, func() bool {
		response, err := http.Get("http://" + address + "/")
		if err == nil {
			_ = response.Body.Close()
		}
		return err == nil
	}, func() string { return "nginx does not answer: " + text.String() })
	return address
}

// TestAgentAndStockOPA gives one configuration to the agent and to opa run: both take the bundles nginx serves into use, and both
// report to the same receiver.
func TestAgentAndStockOPA(t *testing.T) {
	opa := stockOPA(t)
	l := newLab(t)
	exits0(t, "bundle", "sign", l.file("acme.tar.gz"), "--signing-key", l.file("acme.pem"), "--signing-key-id", "acme", "--scope", "exvet-acme")
	address := startNginx(t, l.folder)
	var lock sync.Mutex
	statuses, decisions := []string{}, 0
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		lock.Lock()
		defer lock.Unlock()
		body, _ := io.ReadAll(r.Body)
		if r.URL.Path == "/logs" {
			decisions++
		} else {
			statuses = append(statuses, string(body))
		}
	}))
	defer receiver.Close()
	key, err := json.Marshal(l.public)
	if err != nil {
		t.Fatal(err)
	}
	source, err := filepath.Abs(filepath.Join(evidence, "contoso"))
	if err != nil {
		t.Fatal(err)
	}
	file := l.file("agent.yaml")
	config := fmt.Sprintf(`services:
  lab: {url: "http://%s"}
  receiver: {url: %s}
keys:
  acme: {algorithm: ES256, key: %s}
persistence_directory: %s
bundles:
  core: {service: lab, resource: core.tar.gz, signing: {keyid: acme, scope: exvet-core}}
  acme: {service: lab, resource: acme.tar.gz, signing: {keyid: acme, scope: exvet-acme}}
status: {service: receiver}
decision_logs: {service: receiver}
exvet: {source: %s}
`, address, receiver.URL, key, l.file("state"), source)
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := exvetRun("agent", "scan", "--config-file", file)
	if code != 2 || !strings.HasPrefix(stdout, "exit 2: ") {
		t.Fatalf("agent scan: exit %d, %q, %s", code, stdout, stderr)
	}
	code, stdout, _ = exvetRun("agent", "status", "--config-file", file, "-o", "json")
	if code != 1 || !strings.Contains(stdout, `"signed_by": "acme"`) || strings.Contains(stdout, `"origin": "embedded"`) || !strings.Contains(stdout, `"running": false`) {
		t.Errorf("agent status: exit %d, %s", code, stdout)
	}
	lock.Lock()
	if decisions != 1 || len(statuses) != 1 || !strings.Contains(statuses[0], `"active_revision"`) {
		t.Errorf("%d decisions and statuses %q arrived, want one each", decisions, statuses)
	}
	statuses = nil
	lock.Unlock()

	at := freeAddress(t)
	log := start(t, opa, "run", "--server", "--disable-telemetry", "--addr", at, "-c", file)
	answer := func(path string) string {
		response, err := http.Get("http://" + at + path)
		if err != nil {
			return ""
		}
		defer response.Body.Close()
		content, _ := io.ReadAll(response.Body)
		return string(content)
	}
	await(t, func() bool {
		return strings.Contains(answer("/v1/data/org/acme/rules/iis/pools/about/id"), "ORG-ACME-001")
	},
		func() string { return "opa does not take the agent's bundles: " + log.String() })
	if got := answer("/v1/data/exvet/rules/iis/dangling_module/about/id"); !strings.Contains(got, "EXV-") {
		t.Errorf("opa answers %s of the core", got)
	}
	await(t, func() bool {
		lock.Lock()
		defer lock.Unlock()
		return len(statuses) > 0 && strings.Contains(statuses[len(statuses)-1], `"active_revision"`)
	}, func() string { return "no status of opa arrives" })
}
