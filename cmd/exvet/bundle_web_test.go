package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/exvet/exvet"
)

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
