package agent

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestSlowPublisher has bundles come from a server that accepts and never ends its answer: the agent gives up, and scans and
// reports all the same.
func TestSlowPublisher(t *testing.T) {
	silent := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	drips := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/vnd.oci.image.manifest.v1+json") // as a registry has it
		w.Header().Set("Docker-Content-Digest", "sha256:"+sum(nil))
		w.Header().Set("Content-Length", "1000000")
		if r.Method == http.MethodHead {
			return
		}
		_, _ = w.Write([]byte{0x1f, 0x8b}) // as an archive begins
		for r.Context().Err() == nil {
			if _, err := w.Write([]byte{0}); err != nil {
				return
			}
			w.(http.Flusher).Flush()
			time.Sleep(5 * time.Millisecond)
		}
	}
	for _, test := range []struct {
		name     string
		answer   http.HandlerFunc
		registry bool
	}{
		{"silent", silent, false},
		{"drips", drips, false},
		{"silent registry", silent, true},
		{"drips as a registry", drips, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel() // they wait most of the time
			h, published, key := newHub(t), newHub(t), newSigner(t)
			var asked atomic.Int32
			published.fail(func(w http.ResponseWriter, r *http.Request) bool {
				asked.Add(1)
				test.answer(w, r)
				return true
			})
			config := setup(t, h, key, "exvet: {source: \"SOURCE\", poll: 1s, scan: 1s}\n")
			text, err := os.ReadFile(config.File)
			if err != nil {
				t.Fatal(err)
			}
			kind, resource := "", "bundles/acme"
			if test.registry {
				kind, resource = "type: oci, ", strings.TrimPrefix(published.URL, "http://")+"/exvet/acme:stable"
			}
			written := strings.Replace(string(text), "keys:", fmt.Sprintf("  published: {%surl: %q}\nkeys:", kind, published.URL), 1)
			write(t, config.File, []byte(strings.Replace(written, "service: hub\n    resource: bundles/acme", "service: published\n    resource: "+resource, 1)))
			if config, err = ReadConfig(config.File); err != nil {
				t.Fatal(err)
			}
			a := open(t, config, Options{})
			a.pollTimeout = 300 * time.Millisecond
			a.runs(t)
			await(t, "the reason in the status", func() bool {
				_, health := h.health()
				_, message := h.bundleStatus("acme")
				return strings.Contains(health, "acme: agent/timeout: gave up after 300ms") || strings.Contains(message, "context deadline exceeded")
			})
			polled := asked.Load()
			before := len(h.results(t))
			await(t, "two more scans and another poll", func() bool { return len(h.results(t)) >= before+2 && asked.Load() > polled })
			if told := a.Status().Bundles[0]; told.Origin != originNone || told.Error == "" {
				t.Errorf("status %+v, want no bundle and the reason", told)
			}
		})
	}
}
