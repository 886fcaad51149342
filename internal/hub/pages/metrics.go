package pages

import (
	"fmt"
	"net/http"
)

// Metrics gives counts in Prometheus' text format.
func (s *Site) Metrics(w http.ResponseWriter, r *http.Request) {
	o, err := s.overview(r.Context())
	if err != nil {
		http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	for _, m := range []struct {
		name, kind, help string
		value            int64
	}{
		{"exvet_hub_reports_stored_total", "counter", "Reports stored since the hub started.", s.Counts.Stored.Load()},
		{"exvet_hub_reports_duplicate_total", "counter", "Reports that came again.", s.Counts.Duplicates.Load()},
		{"exvet_hub_reports_late_total", "counter", "Reports that came after a newer one.", s.Counts.Late.Load()},
		{"exvet_hub_reports_waiting_total", "counter", "Changes that came before the whole they stand on.", s.Counts.Waiting.Load()},
		{"exvet_hub_uploads_refused_total", "counter", "Uploads that were refused.", s.Counts.Refused.Load()},
		{"exvet_hub_uploads_busy_total", "counter", "Uploads asked to come again.", s.Counts.Busy.Load()},
		{"exvet_hub_statuses_total", "counter", "Status messages.", s.Counts.Statuses.Load()},
		{"exvet_hub_servers", "gauge", "Servers enrolled.", int64(o.Servers)},
		{"exvet_hub_servers_silent", "gauge", "Servers that have not been heard of.", int64(o.Silent)},
		{"exvet_hub_servers_trouble", "gauge", "Servers that refused a bundle or failed to scan.", int64(o.Trouble)},
		{"exvet_hub_findings", "gauge", "Findings no waiver covers.", int64(o.Findings)},
	} {
		_, _ = fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s %s\n%s %d\n", m.name, m.help, m.name, m.kind, m.name, m.value) // the scraper may have gone
	}
}
