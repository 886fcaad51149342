package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/exvet/exvet"
)

// acmeRule is an organisation's rule, as the scripts have it.
const acmeRule = `# METADATA
# title: Our pools
# description: Lists the pools.
# custom:
#   id: ORG-ACME-001
#   stance: review
#   severity: low
#   clause: "-"
#   basis: inference
#   needs: [iis.pools]
#   remediation: None.
package org.acme.rules.iis.pools

import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains {"subject": sprintf("pool:%s", [pool.name]), "message": sprintf("Pool %s is ours", [pool.name])} if {
	some pool in input.facts.iis.pools
	pool.key == "msexchangeowaapppool"
}
`

// acmeTest is its test, without which it is not built.
const acmeTest = `package org.acme.rules.iis.pools_test

import data.org.acme.rules.iis.pools

test_found if {
	count(pools.findings) == 1 with input as {"facts": {"iis": {"pools": [{"key": "msexchangeowaapppool", "name": "A"}]}}}
}
`

// A lab is a folder with a signed bundle, one somebody tampered with, and the core.
type lab struct {
	folder string
	public string // PEM
}

func (l lab) file(name string) string { return filepath.Join(l.folder, name) }

func newLab(t *testing.T) lab {
	t.Helper()
	l := lab{folder: t.TempDir()}
	rule := l.file("acme/org/acme/rules/iis/pools/pools.rego")
	if err := os.MkdirAll(filepath.Dir(rule), 0o755); err != nil {
		t.Fatal(err)
	}
	for file, content := range map[string]string{rule: acmeRule, filepath.Join(filepath.Dir(rule), "pools_test.rego"): acmeTest} {
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := writeKeys(l.file("acme.pem"), l.file("acme.pub")); err != nil {
		t.Fatal(err)
	}
	public, err := os.ReadFile(l.file("acme.pub"))
	if err != nil {
		t.Fatal(err)
	}
	l.public = string(public)
	exits0(t, "bundle", "build", l.file("acme"), "--serial", "7", "--output", l.file("acme.tar.gz"))
	exits0(t, "bundle", "sign", l.file("acme.tar.gz"), "--signing-key", l.file("acme.pem"), "--signing-key-id", "acme")
	exits0(t, "bundle", "build", "--core", "--output", l.file("core.tar.gz"))
	exits0(t, "bundle", "sign", l.file("core.tar.gz"), "--signing-key", l.file("acme.pem"), "--signing-key-id", "acme")
	l.tamper(t)
	return l
}

// tamper puts another rule beside the signature of the first.
func (l lab) tamper(t *testing.T) {
	t.Helper()
	unpacked := l.file("unpacked")
	if err := os.Mkdir(unpacked, 0o755); err != nil {
		t.Fatal(err)
	}
	shell := exec.Command("sh", "-c", `tar -xzf ../acme.tar.gz && sed -i 's/is ours/is fine/' org/acme/rules/iis/pools/pools.rego && tar -czf ../tampered.tar.gz .signatures.json .manifest data.json org/acme/rules/iis/pools/pools.rego`)
	shell.Dir = unpacked
	if out, err := shell.CombinedOutput(); err != nil {
		t.Skipf("tar and sed make the tampered bundle: %v: %s", err, out)
	}
}

// exvetRun runs a command and gives its exit code and what it wrote.
func exvetRun(args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = run(args, strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

func exits0(t *testing.T, args ...string) string {
	t.Helper()
	code, stdout, stderr := exvetRun(args...)
	if code != 0 {
		t.Fatalf("exvet %q: exit %d, %s", args, code, stderr)
	}
	return stdout
}

func refuses(t *testing.T, want int, reason string, args ...string) {
	t.Helper()
	code, _, stderr := exvetRun(args...)
	if code != want || !strings.HasPrefix(stderr, "exvet: "+reason+": ") || strings.Count(stderr, "\n") != 1 {
		t.Errorf("exvet %q: exit %d, %q; want %d and one line with %s", args, code, stderr, want, reason)
	}
}

const healthy = "../../policies/fixtures/healthy/snapshot.json"

// TestRegistry sends bundles through a registry, which asks for a password, and back.
func TestRegistry(t *testing.T) {
	l := newLab(t)
	address := startRegistry(t)
	log := t.TempDir()
	t.Setenv("DOCKER_CONFIG", log)
	latest := "oci://" + address + "/exvet/acme:stable"
	refuses(t, exvet.ExitInput, "bundle/denied", "bundle", "push", l.file("acme.tar.gz"), latest)
	login := fmt.Sprintf(`{"auths": {%q: {"auth": %q}}}`, address, base64.StdEncoding.EncodeToString([]byte("lab:lab")))
	if err := os.WriteFile(filepath.Join(log, "config.json"), []byte(login), 0o600); err != nil {
		t.Fatal(err)
	}

	pinned := strings.TrimSpace(exits0(t, "bundle", "push", l.file("acme.tar.gz"), latest))
	for _, source := range []string{latest, pinned} {
		exits0(t, "bundle", "pull", source, "--output", l.file("pulled.tar.gz"), "--verification-key", l.file("acme.pub"))
		sameFile(t, l.file("acme.tar.gz"), l.file("pulled.tar.gz"))
	}
	exits0(t, "bundle", "verify", l.file("pulled.tar.gz"), "--verification-key", l.file("acme.pub"), "--min-serial", "7")
	for _, source := range []string{latest, l.file("pulled.tar.gz")} {
		report := exits0(t, "scan", healthy, "--bundle", source, "--verification-key", l.file("acme.pub"))
		if !strings.Contains(report, "ORG-ACME-001") || !strings.Contains(report, "(acme)") {
			t.Errorf("the report of %s lacks the organisation's rule: %s", source, report)
		}
	}

	tampered := "oci://" + address + "/exvet/acme:tampered"
	exits0(t, "bundle", "push", l.file("tampered.tar.gz"), tampered)
	refuses(t, exvet.ExitUntrusted, "bundle/signature-invalid", "scan", healthy, "--bundle", tampered, "--verification-key", l.file("acme.pub"))
	refuses(t, exvet.ExitInput, "bundle/not-found", "scan", healthy, "--bundle", "oci://"+address+"/exvet/acme:none", "--verification-key", l.file("acme.pub"))
	refuses(t, exvet.ExitInput, "bundle/address", "bundle", "inspect", "oci://"+address+"/exvet/acme")
	stockDownloads(t, l, opaConfig{
		service: map[string]any{"type": "oci", "url": "http://" + address, "credentials": map[string]any{"bearer": map[string]any{"scheme": "Basic", "token": "lab:lab"}}},
		good:    address + "/exvet/acme:stable", bad: address + "/exvet/acme:tampered",
	})
}

// TestWebServer puts bundles on a plain web server and fetches them from there.
func TestWebServer(t *testing.T) {
	l := newLab(t)
	var lock sync.Mutex
	kept := map[string][]byte{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lock.Lock()
		defer lock.Unlock()
		switch content, ok := kept[r.URL.Path]; {
		case r.Method == http.MethodPut:
			kept[r.URL.Path], _ = io.ReadAll(r.Body)
			w.WriteHeader(http.StatusCreated)
		case r.URL.Path == "/away":
			http.Redirect(w, r, "http://192.0.2.1/acme.tar.gz", http.StatusFound)
		case r.URL.Path == "/endless":
			w.WriteHeader(http.StatusOK)
			for _, err := w.Write(make([]byte, 1<<20)); err == nil; _, err = w.Write(make([]byte, 1<<20)) {
			}
		case !ok:
			http.NotFound(w, r)
		default:
			_, _ = w.Write(content)
		}
	}))
	defer server.Close()
	exits0(t, "bundle", "push", l.file("acme.tar.gz"), server.URL+"/acme.tar.gz")
	exits0(t, "bundle", "push", l.file("tampered.tar.gz"), server.URL+"/tampered.tar.gz")
	exits0(t, "bundle", "pull", server.URL+"/acme.tar.gz", "--output", l.file("pulled.tar.gz"))
	sameFile(t, l.file("acme.tar.gz"), l.file("pulled.tar.gz"))
	if report := exits0(t, "scan", healthy, "--bundle", server.URL+"/acme.tar.gz", "--verification-key", l.file("acme.pub")); !strings.Contains(report, "ORG-ACME-001") {
		t.Errorf("the report lacks the organisation's rule: %s", report)
	}
	key := []string{"--verification-key", l.file("acme.pub")}
	refuses(t, exvet.ExitUntrusted, "bundle/signature-invalid", append([]string{"scan", healthy, "--bundle", server.URL + "/tampered.tar.gz"}, key...)...)
	refuses(t, exvet.ExitInput, "bundle/not-found", append([]string{"scan", healthy, "--bundle", server.URL + "/none"}, key...)...)
	refuses(t, exvet.ExitInput, "bundle/too-large", append([]string{"scan", healthy, "--bundle", server.URL + "/endless"}, key...)...)
	refuses(t, exvet.ExitInput, "bundle/address", append([]string{"scan", healthy, "--bundle", server.URL + "/away"}, key...)...)
	refuses(t, exvet.ExitInput, "bundle/address", append([]string{"scan", healthy, "--bundle", "http://192.0.2.1/acme.tar.gz"}, key...)...)
	refuses(t, exvet.ExitFailure, "bundle/unreachable", append([]string{"scan", healthy, "--bundle", "https://127.0.0.1:1/acme.tar.gz"}, key...)...)
	stockDownloads(t, l, opaConfig{service: map[string]any{"url": server.URL}, good: "acme.tar.gz", bad: "tampered.tar.gz"})
}

// TestStockEvaluates asks opa eval and exvet of the same snapshots.
func TestStockEvaluates(t *testing.T) {
	opa := stockOPA(t)
	l := newLab(t)
	for _, fixture := range []string{"healthy", "arr-module", "app-init"} {
		snapshot := filepath.Join("..", "..", "policies", "fixtures", fixture, "snapshot.json")
		out, err := exec.Command(opa, "eval", "--format", "json", "-b", l.file("core.tar.gz"), "-b", l.file("acme.tar.gz"),
			"-i", snapshot, "data.exvet.main.results").Output()
		if err != nil {
			t.Fatalf("opa eval: %v", err)
		}
		var answer struct {
			Result []struct {
				Expressions []struct {
					Value []exvet.Result `json:"value"`
				} `json:"expressions"`
			} `json:"result"`
		}
		if err := json.Unmarshal(out, &answer); err != nil || len(answer.Result) != 1 {
			t.Fatalf("opa answers %.200s: %v", out, err)
		}
		_, text, stderr := exvetRun("scan", snapshot, "--core", l.file("core.tar.gz"), "--bundle", l.file("acme.tar.gz"),
			"--verification-key", l.file("acme.pub"), "-o", "json")
		var report exvet.Report
		if err := json.Unmarshal([]byte(text), &report); err != nil {
			t.Fatalf("read exvet's report: %v: %s", err, stderr)
		}
		want, got := verdicts(report.Servers[0].Results), verdicts(answer.Result[0].Expressions[0].Value)
		if len(want) < 100 || len(want) != len(got) {
			t.Errorf("%s: opa has %d results, exvet %d", fixture, len(got), len(want))
		}
		for id := range want {
			if got[id] != want[id] {
				t.Errorf("%s: %s is %s for opa, %s for exvet", fixture, id, got[id], want[id])
			}
		}
	}
}

func verdicts(results []exvet.Result) map[string]string {
	lines := map[string]string{}
	for _, result := range results {
		line := string(result.Status)
		for _, finding := range result.Findings {
			line += fmt.Sprintf("; %s (%s): %s", finding.Subject, finding.Severity, finding.Message)
		}
		lines[result.ID] = line
	}
	return lines
}

func sameFile(t *testing.T, want, got string) {
	t.Helper()
	x, err := os.ReadFile(want)
	if err != nil {
		t.Fatal(err)
	}
	if y, err := os.ReadFile(got); err != nil || !bytes.Equal(x, y) {
		t.Errorf("%s is not %s (%v)", got, want, err)
	}
}

// startRegistry runs Debian's docker-registry on loopback and gives its host and port.
func startRegistry(t *testing.T) string {
	t.Helper()
	program, err := exec.LookPath("docker-registry")
	if err != nil {
		t.Skip("docker-registry is not installed")
	}
	folder, address := t.TempDir(), freeAddress(t)
	config := fmt.Sprintf("version: 0.1\nstorage: {filesystem: {rootdirectory: %s}}\nhttp: {addr: %q}\n"+
		"auth: {htpasswd: {realm: lab, path: %s}}\n", folder+"/data", address, folder+"/htpasswd")
	for name, content := range map[string]string{"config.yml": config, "htpasswd": "lab:$2y$04$abcdefghijklmnopqrstuuBma4em9AU5Wse0h3BzRWqUYtwFfWqNy\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	start(t, program, "serve", filepath.Join(folder, "config.yml"))
	await(t, func() bool {
		response, err := http.Get("http://" + address + "/v2/")
		if err == nil {
			response.Body.Close()
		}
		return err == nil
	}, func() string { return "the registry does not answer" })
	return address
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// start runs a program until the test ends, and gives what it writes.
func start(t *testing.T, program string, args ...string) *written {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, program, args...)
	text := &written{}
	cmd.Stdout, cmd.Stderr = text, text
	if err := cmd.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); _ = cmd.Wait() })
	return text
}

// written holds what a program writes while it runs.
type written struct {
	lock sync.Mutex
	text bytes.Buffer
}

func (o *written) Write(p []byte) (int, error) {
	o.lock.Lock()
	defer o.lock.Unlock()
	return o.text.Write(p)
}

func (o *written) String() string {
	o.lock.Lock()
	defer o.lock.Unlock()
	return o.text.String()
}

func await(t *testing.T, done func() bool, why func() string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if done() {
			return
		}
	}
	t.Fatal(why())
}

// stockOPA gives the path of the opa program, in the version of go.mod.
func stockOPA(t *testing.T) string {
	t.Helper()
	cmd := exec.Command("go", "tool", "-n", "-modfile=tools/opa/go.mod", "opa")
	cmd.Dir = filepath.Join("..", "..")
	out, err := cmd.Output()
	if err != nil {
		t.Skipf("opa is not there: %v", err)
	}
	return strings.TrimSpace(string(out))
}

// An opaConfig says where opa run finds the bundles.
type opaConfig struct {
	service   map[string]any
	good, bad string
}

// stockDownloads runs opa as a server: it takes the signed bundle into use, and not the one tampered with.
func stockDownloads(t *testing.T, l lab, c opaConfig) {
	opa := stockOPA(t)
	ask := func(resource string) (answer, log func() string) {
		config, err := json.Marshal(map[string]any{
			"services": map[string]any{"lab": c.service},
			"keys":     map[string]any{"acme": map[string]any{"algorithm": "ES256", "key": l.public}},
			"bundles": map[string]any{"acme": map[string]any{"service": "lab", "resource": resource,
				"signing": map[string]any{"keyid": "acme"}, "polling": map[string]any{"min_delay_seconds": 1, "max_delay_seconds": 1}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "config.json")
		if err := os.WriteFile(file, config, 0o600); err != nil {
			t.Fatal(err)
		}
		address := freeAddress(t)
		// The organisation's rule calls the core's words.
		log = start(t, opa, "run", "--server", "--disable-telemetry", "--addr", address, "-c", file, filepath.Join("..", "..", "policies", "exvet", "rule", "rule.rego")).String
		return func() string {
			response, err := http.Get("http://" + address + "/v1/data/org/acme/rules/iis/pools/about/id")
			if err != nil {
				return ""
			}
			defer response.Body.Close()
			content, _ := io.ReadAll(response.Body)
			return string(content)
		}, log
	}
	answer, log := ask(c.good)
	await(t, func() bool { return strings.Contains(answer(), "ORG-ACME-001") }, func() string { return "opa does not take the signed bundle: " + log() })
	answer, log = ask(c.bad)
	await(t, func() bool { return strings.Contains(log(), "digest mismatch") }, func() string { return "opa does not refuse the tampered bundle: " + log() })
	if got := answer(); strings.Contains(got, "ORG-ACME") {
		t.Errorf("opa answers %s from the tampered bundle", got)
	}
}
