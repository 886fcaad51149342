package agent

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/exvet/exvet/bundles"
	"github.com/exvet/exvet/bundles/remote"
)

// startRegistry runs Debian's docker-registry on loopback, for the user lab with the password lab.
func startRegistry(t testing.TB) string {
	t.Helper()
	program, err := exec.LookPath("docker-registry")
	if err != nil {
		t.Skip("docker-registry is not installed")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	folder := t.TempDir()
	write(t, filepath.Join(folder, "htpasswd"), []byte("lab:$2y$04$abcdefghijklmnopqrstuuBma4em9AU5Wse0h3BzRWqUYtwFfWqNy\n"))
	write(t, filepath.Join(folder, "config.yml"), fmt.Appendf(nil, "version: 0.1\nstorage: {filesystem: {rootdirectory: %s}}\nhttp: {addr: %q}\n"+
		"auth: {htpasswd: {realm: lab, path: %s}}\n", folder+"/data", address, folder+"/htpasswd"))
	cmd := exec.CommandContext(t.Context(), program, "serve", filepath.Join(folder, "config.yml"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Wait() })
	await(t, "the registry", func() bool {
		response, err := http.Get("http://" + address + "/v2/")
		if err == nil {
			_ = response.Body.Close()
		}
		return err == nil
	})
	docker := t.TempDir()
	write(t, filepath.Join(docker, "config.json"), fmt.Appendf(nil, `{"auths": {%q: {"auth": "bGFiOmxhYg=="}}}`, address))
	t.Setenv("DOCKER_CONFIG", docker)
	return address
}

func TestBundlesFromRegistry(t *testing.T) {
	address := startRegistry(t)
	h, key := newHub(t), newSigner(t)
	publish := func(archive []byte) {
		t.Helper()
		options := remote.Options{Limit: bundles.MaxArchive}
		if _, err := options.Publish(t.Context(), "oci://"+address+"/exvet/acme:stable", archive, remote.Label{Name: "acme", BuiltAt: time.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	signed := func(serial int) []byte {
		return key.sign(t, madeBundle{org: "acme", serial: serial}.archive(t), "acme-1", "exvet-acme")
	}
	config := setup(t, h, key, "")
	text, err := os.ReadFile(config.File)
	if err != nil {
		t.Fatal(err)
	}
	written := strings.Replace(string(text), "keys:", fmt.Sprintf("  registry:\n    type: oci\n    url: http://%s\n    credentials: {bearer: {scheme: Basic, token: \"lab:lab\"}}\nkeys:", address), 1)
	written = strings.Replace(written, "service: hub\n    resource: bundles/acme", "service: registry\n    resource: "+address+"/exvet/acme:stable", 1)
	write(t, config.File, []byte(written))
	if config, err = ReadConfig(config.File); err != nil {
		t.Fatal(err)
	}
	a := begin(t, config)
	for serial := 1; serial <= 8; serial++ {
		publish(signed(serial))
		a.round(t)
		if revision, message := h.bundleStatus("acme"); revision != fmt.Sprint("r", serial) || !a.rules.taken() {
			t.Fatalf("active %q (%s), want r%d", revision, message, serial)
		}
		a.round(t)
		if a.rules.taken() {
			t.Fatal("an unchanged poll changed the rules")
		}
	}
	blobs, err := os.ReadDir(filepath.Join(config.Directory, ociFolder, "blobs", "sha256"))
	if err != nil || len(blobs) > mostBlobs {
		t.Errorf("the registry's cache holds %d blobs after 8 revisions, want at most %d (%v)", len(blobs), mostBlobs, err)
	}
	evil := newSigner(t)
	for _, test := range []struct {
		name    string
		archive []byte
		want    string
	}{
		{"replayed", signed(3), "bundle/replayed"},
		{"unsigned", madeBundle{org: "acme", serial: 9}.archive(t), "bundle missing .signatures.json"},
		{"another key", evil.sign(t, madeBundle{org: "acme", serial: 9}.archive(t), "acme-1", "exvet-acme"), "failed to verify JWT signature"},
		{"tampered", tampered(t, signed(9)), "digest"},
		{"expired", key.sign(t, madeBundle{org: "acme", serial: 9, notAfter: time.Now().Add(-time.Hour)}.archive(t), "acme-1", "exvet-acme"), "bundle/expired"},
		{"foreign root", key.sign(t, madeBundle{org: "other", serial: 9}.archive(t), "acme-1", "exvet-acme"), "bundle/root-claimed"},
		{"another engine", key.sign(t, madeBundle{org: "acme", serial: 9, min: "99.0.0"}.archive(t), "acme-1", "exvet-acme"), "bundle/engine"},
		{"too large", bomb(t), "bundle/too-large"},
	} {
		t.Run(test.name, func(t *testing.T) {
			publish(test.archive)
			for range 2 { // the second time OPA has it in its cache
				a.round(t)
				if revision, message := h.bundleStatus("acme"); revision != "r8" || !strings.Contains(message, test.want) {
					t.Errorf("active %q, message %q; want r8 and %q", revision, message, test.want)
				}
			}
		})
	}
	publish(signed(10))
	a.round(t)
	if revision, message := h.bundleStatus("acme"); revision != "r10" {
		t.Errorf("active %q (%s) after the refusals, want r10", revision, message)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	b := begin(t, config)
	b.round(t)
	if revision, message := h.bundleStatus("acme"); revision != "r10" || message != "" || b.rules.taken() {
		t.Errorf("after a restart: active %q (%s), want r10 and no change of rules", revision, message)
	}
}
