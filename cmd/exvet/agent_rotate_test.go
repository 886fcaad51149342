package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAgentRotate has agents of a real hub ask for new credentials, by those they have.
func TestAgentRotate(t *testing.T) {
	h := startHub(t)
	source, err := filepath.Abs(filepath.Join(evidence, "tiny"))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, credentials string
		files             []string
		join              []string
	}{
		{"EX01", "bearer: {token_path: hub.token}", []string{"hub.token"}, []string{"--token-file"}},
		{"EX02", "client_tls: {cert: hub.pem, private_key: hub.key}", []string{"hub.pem", "hub.key"}, []string{"--certificate-file", "--key-file"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder := t.TempDir()
			file := filepath.Join(folder, "agent.yaml")
			config := fmt.Sprintf("services: {hub: {url: %q, tls: {ca_cert: %q}, credentials: {%s}}}\npersistence_directory: state\nlabels: {ring: stable}\n"+
				"status: {service: hub}\ndecision_logs: {service: hub}\nexvet: {source: %q}\n", h.url, filepath.Join(h.data, "hub-ca.pem"), test.credentials, source)
			if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
				t.Fatal(err)
			}
			refuses(t, 4, "agent/rotate", "agent", "rotate", "--config-file", file) // there are no credentials yet
			join := []string{"hub", "join", h.url, "--code", strings.TrimSpace(exits0(t, "hub", "code", test.name, "--data", h.data)), "--ca", filepath.Join(h.data, "hub-ca.pem")}
			for i, name := range test.files {
				join = append(join, test.join[i], filepath.Join(folder, name))
			}
			exits0(t, join...)
			held := func() (all []string) {
				t.Helper()
				for _, name := range test.files {
					content, err := os.ReadFile(filepath.Join(folder, name))
					if err != nil {
						t.Fatal(err)
					}
					all = append(all, string(content))
				}
				return all
			}
			if err := os.Chmod(filepath.Join(folder, test.files[0]), 0o440); err != nil {
				t.Fatal(err)
			}
			before := held()
			for range 2 { // the second time with what the first gave
				said := exits0(t, "agent", "rotate", "--config-file", file)
				if !strings.HasPrefix(said, "credentials of "+test.name+" until ") {
					t.Errorf("it says %q", said)
				}
				after := held()
				for i, content := range after {
					if content == before[i] || content == "" {
						t.Errorf("%s is as it was", test.files[i])
					}
				}
				before = after
			}
			if info, err := os.Stat(filepath.Join(folder, test.files[0])); err != nil || info.Mode().Perm() != 0o440 {
				t.Errorf("%v, %v; want the rights it had", info.Mode(), err)
			}
			if code, stdout, stderr := exvetRun("agent", "scan", "--config-file", file); !strings.HasPrefix(stdout, "exit ") {
				t.Errorf("scan: exit %d, %s%s", code, stdout, stderr)
			}
			if got := h.servers(t)[test.name]; got.Report == "" {
				t.Errorf("the hub has no report: %+v", got)
			}
			// Credentials that were revoked give none, and stay.
			if status, text := h.ask(t, "POST", "/servers/"+h.servers(t)[test.name].ID+"/revoke", nil, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}); status != 200 {
				t.Fatalf("revoke: %d %s", status, text)
			}
			refuses(t, 4, "agent/rotate", "agent", "rotate", "--config-file", file)
			if after := held(); strings.Join(after, "") != strings.Join(before, "") {
				t.Error("what was refused changed the files")
			}
			left, err := fs.Glob(os.DirFS(folder), "*.partial")
			if err != nil || len(left) > 0 {
				t.Errorf("left behind: %q, %v", left, err)
			}
		})
	}
	_, text := h.ask(t, "GET", "/api/v1/audit", nil, nil)
	if n := bytes.Count(text, []byte("rotated credentials")); n != 4 {
		t.Errorf("the audit log tells of %d rotations, want 4: %s", n, text)
	}
}
