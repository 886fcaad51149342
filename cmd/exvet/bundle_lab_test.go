package main

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
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
