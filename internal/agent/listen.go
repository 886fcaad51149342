package agent

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/plugins"
)

// listen serves /metrics and /health on loopback where the configuration wants it; the function it gives ends that.
func (a *Agent) listen() (func(), error) {
	if a.config.Listen == "" {
		return func() {}, nil
	}
	listener, err := net.Listen("tcp", a.config.Listen)
	if err != nil {
		return nil, fmt.Errorf("agent/listen: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", a.serveMetrics)
	mux.HandleFunc("GET /health", a.serveHealth)
	server := &http.Server{Handler: mux, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, MaxHeaderBytes: 16 << 10}
	go func() {
		if err := server.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			a.log.Error("metrics are no longer served", "error", err)
		}
	}()
	a.log.Info("metrics and health are served", "address", listener.Addr().String())
	if a.heard != nil {
		a.heard(listener.Addr().String())
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = server.Shutdown(ctx)
	}, nil
}

// serveMetrics writes the numbers as Prometheus reads them.
func (a *Agent) serveMetrics(w http.ResponseWriter, _ *http.Request) {
	numbers := a.gauges.numbers()
	state, _ := a.health()
	numbers["healthy"] = 0
	if state != plugins.StateErr {
		numbers["healthy"] = 1
	}
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(numbers)) {
		kind := "gauge"
		if slices.Contains([]string{"scans", "scan_failures", "spool_dropped", "spool_rejected", "spool_write_errors"}, name) {
			kind, name = "counter", name+"_total"
		}
		fmt.Fprintf(&text, "# TYPE exvet_agent_%s %s\nexvet_agent_%s %s\n", name, kind, name,
			strconv.FormatFloat(numbers[strings.TrimSuffix(name, "_total")], 'f', -1, 64))
	}
	text.WriteString("# TYPE exvet_agent_bundle gauge\n")
	for _, b := range a.rules.describe(a.now()) {
		fmt.Fprintf(&text, "exvet_agent_bundle{name=%q,origin=%q,revision=%q} %d\n", b.Name, b.Origin, b.Revision, b.Serial)
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_, _ = w.Write([]byte(text.String()))
}

// serveHealth answers 200 where scans are done and results are kept, else 500 and why.
func (a *Agent) serveHealth(w http.ResponseWriter, _ *http.Request) {
	state, message := a.health()
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if state == plugins.StateErr {
		w.WriteHeader(http.StatusInternalServerError)
	}
	fmt.Fprintf(w, "%s %s\n", state, message)
}
