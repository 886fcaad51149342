package main

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/exvet/exvet"
)

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

// startRegistry runs Debian's docker-registry on loopback and gives its host and port. With files of a certificate and its key
// it speaks TLS.
func startRegistry(t *testing.T, certificate ...string) string {
	t.Helper()
	program, err := exec.LookPath("docker-registry")
	if err != nil {
		t.Skip("docker-registry is not installed")
	}
	folder, address := t.TempDir(), freeAddress(t)
	secure, scheme := "", "http"
	if len(certificate) == 2 {
		secure, scheme = fmt.Sprintf(", tls: {certificate: %q, key: %q}", certificate[0], certificate[1]), "https"
	}
	config := fmt.Sprintf("version: 0.1\nstorage: {filesystem: {rootdirectory: %s}}\nhttp: {addr: %q%s}\n"+
		"auth: {htpasswd: {realm: lab, path: %s}}\n", folder+"/data", address, secure, folder+"/htpasswd")
	for name, content := range map[string]string{"config.yml": config, "htpasswd": "lab:$2y$04$abcdefghijklmnopqrstuuBma4em9AU5Wse0h3BzRWqUYtwFfWqNy\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	start(t, program, "serve", filepath.Join(folder, "config.yml"))
	await(t, func() bool {
		response, err := http.Get(scheme + "://" + address + "/v2/")
		if err == nil {
			response.Body.Close()
		}
		return err == nil || strings.Contains(err.Error(), "certificate")
	}, func() string { return "the registry does not answer" })
	return address
}
