package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// docLines gives the lines of the block of docs/hub.md that begins with one.
func docLines(t *testing.T, first string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "hub.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "```text\n"+first)
	block, _, ended := strings.Cut(first+rest, "\n```\n")
	if !found || !ended {
		t.Fatalf("docs/hub.md has no block that begins with %q", first)
	}
	return strings.Split(block, "\n")
}

// TestRollback: what was served before comes back by the commands of docs/hub.md, to the letter but for the hub's address, while an older
// serial is refused: by the hub, with the reason, and so within a minute an agent judges by the older rules.
func TestRollback(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	l := newLab(t)
	h := startHub(t)
	sources := l.file("acme")
	in := func(command string) string {
		t.Helper()
		out, err := shell(sources, strings.ReplaceAll(command, "https://hub.contoso.example:8443", h.url))
		if err != nil {
			t.Fatalf("%s: %v\n%s", command, err, out)
		}
		return string(out)
	}
	for name, content := range map[string]string{"operator.key": h.key + "\n", "acme.pem": read(t, l.file("acme.pem")), "hub-ca.pem": read(t, filepath.Join(h.data, "hub-ca.pem"))} {
		if err := os.WriteFile(filepath.Join(sources, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	in("git init -q && git add org && git -c user.name=t -c user.email=t@localhost commit -qm seven && git tag r7")
	const sign = "exvet bundle sign acme.tar.gz --signing-key acme.pem --signing-key-id acme --scope exvet-acme"
	push := docLines(t, "exvet bundle push acme.tar.gz")[0]
	in("exvet bundle build . --serial 7 --revision r7 --output acme.tar.gz && " + sign + " && cp acme.tar.gz seven.tar.gz")
	in(push)
	in(strings.ReplaceAll(push, "canary", "stable"))
	in(`sed -i 's/is ours/is theirs/' org/acme/rules/iis/pools/pools.rego && exvet bundle build . --serial 8 --revision r8 --output acme.tar.gz && ` + sign)
	in(push)
	in(strings.ReplaceAll(push, "canary", "stable"))
	log := h.join(t, l, "EX01", "contoso", "stable", "hub", "bundles/stable/acme.tar.gz")
	id := h.servers(t)["EX01"].ID
	answers := func(revision, says string) {
		t.Helper()
		last := ""
		await(t, func() bool {
			time.Sleep(200 * time.Millisecond) // a key may ask so often and no more
			_, text := h.ask(t, "GET", "/api/v1/servers/"+id, nil, nil)
			last = string(text)
			return strings.Contains(last, `"revision": "`+revision+`"`) && strings.Contains(last, says)
		}, func() string { return "EX01 does not answer by " + revision + ": " + last + log.String() })
	}
	answers("r8", "is theirs")

	out, err := shell(sources, strings.ReplaceAll(strings.ReplaceAll(push, "acme.tar.gz https", "seven.tar.gz https"), "https://hub.contoso.example:8443", h.url))
	if err == nil || !strings.Contains(string(out), "exvet: bundle/refused: ") || !strings.Contains(string(out), "bundle/replayed: serial 7 is lower than 8") || !strings.Contains(string(out), "--serial 9") {
		t.Errorf("an older serial: %v, %s", err, out)
	}
	began := time.Now()
	for _, line := range docLines(t, "git worktree add") {
		in(line)
	}
	answers("r7-again", "is ours")
	took := time.Since(began)
	if took > time.Minute {
		t.Errorf("the way back took %s, want less than a minute", took)
	}
	t.Logf("back in %s, an agent's answer included", took.Round(100*time.Millisecond))
	if _, page := h.ask(t, "GET", "/bundles", nil, nil); !strings.Contains(string(page), "--serial 10") || !strings.Contains(string(page), "serial 8, revision <code>r8</code>") {
		t.Errorf("the page does not say what was served before, and the next serial: %s", page)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
