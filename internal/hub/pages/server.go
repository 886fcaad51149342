package pages

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/diff"
	"github.com/exvet/exvet/internal/hub/access"
	"github.com/exvet/exvet/internal/hub/ingest"
	"github.com/exvet/exvet/internal/hub/store"
	"github.com/exvet/exvet/internal/report"
)

// A ServerPage is the page of one server.
type ServerPage struct {
	Server       store.Server        `json:"server"`
	Silent       bool                `json:"silent"`
	Renamed      bool                `json:"renamed"` // it calls itself something else than it was enrolled as
	Bundles      []store.BundleState `json:"bundles"`
	Agent        AgentState          `json:"agent"`
	Integrations []exvet.Integration `json:"integrations"`
	Results      []exvet.Result      `json:"results"` // that found something, failed or could not say, worst first
	Missing      []Missing           `json:"missing"`
	Reports      []store.Stamp       `json:"reports"`
	Changes      []store.FleetChange `json:"changes"`
	Refusals     []store.Refusal     `json:"refusals"`
	Credentials  []store.Credential  `json:"credentials,omitempty"` // for operators
	Chart        Chart               `json:"-"`
	Unknown      int                 `json:"-"`
}

// A Missing is a part of the server that was not seen.
type Missing struct {
	Section string `json:"section"`
	exvet.Missing
}

// An AgentState is what the agent says of itself.
type AgentState struct {
	State   string             `json:"state"`
	Message string             `json:"message"`
	Metrics map[string]float64 `json:"metrics"`
}

// How much of a server's past its page shows.
const (
	lastReports      = 60
	lastServerChange = 50
)

func (s *Site) server(r *http.Request) (any, error) {
	ctx := r.Context()
	found, err := s.DB.Server(ctx, serverID(r))
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, errNotFound
	}
	p := ServerPage{
		Server: *found, Silent: !found.Seen.IsZero() && time.Since(found.Seen) > s.Silent, Bundles: []store.BundleState{},
		Integrations: []exvet.Integration{}, Results: []exvet.Result{}, Missing: []Missing{},
	}
	short, _, _ := strings.Cut(found.Name, ".")
	p.Renamed = found.Reported != "" && !strings.EqualFold(found.Reported, found.Name) && !strings.EqualFold(found.Reported, short)
	_ = json.Unmarshal([]byte(found.Bundles), &p.Bundles) // written by the hub
	if p.Agent, err = s.agentState(r, found.ID); err != nil {
		return nil, err
	}
	if err := s.latest(r, &p); err != nil {
		return nil, err
	}
	if p.Reports, err = s.DB.Reports(ctx, found.ID, lastReports); err != nil {
		return nil, err
	}
	p.Chart = historyChart(p.Reports)
	if p.Changes, err = s.DB.Changes(ctx, found.ID, 0, lastServerChange); err != nil {
		return nil, err
	}
	if p.Refusals, err = s.DB.Refusals(ctx, found.ID); err != nil {
		return nil, err
	}
	if person := access.PersonOf(r); person != nil && person.May(access.Operator) {
		p.Credentials, err = s.DB.Credentials(ctx, found.ID)
	}
	return p, err
}

func (s *Site) agentState(r *http.Request, server int64) (AgentState, error) {
	text, err := s.DB.ServerStatus(r.Context(), server)
	if err != nil || text == "" {
		return AgentState{}, err
	}
	var said struct {
		Plugins map[string]struct{ State, Message string }
		Metrics map[string]json.RawMessage
	}
	a := AgentState{Metrics: map[string]float64{}}
	if json.Unmarshal([]byte(text), &said) == nil {
		a.State, a.Message = said.Plugins["exvet"].State, said.Plugins["exvet"].Message
		_ = json.Unmarshal(said.Metrics["exvet"], &a.Metrics) // a stock agent has none
	}
	return a, nil
}

// latest reads what the page shows of the newest report.
func (s *Site) latest(r *http.Request, p *ServerPage) error {
	if p.Server.Report == "" {
		return nil
	}
	whole, err := ingest.Report(r.Context(), s.DB, p.Server.ID, p.Server.Report)
	if err != nil || whole == nil {
		return err
	}
	verdict := &whole.Servers[0]
	p.Integrations = verdict.Integrations
	for _, result := range verdict.Results {
		switch {
		case len(result.Findings) > 0 || result.Status == exvet.Error:
			p.Results = append(p.Results, result)
		case result.Status == exvet.Unknown:
			p.Unknown++
		}
	}
	slices.SortStableFunc(p.Results, func(a, b exvet.Result) int {
		if order := store.StanceRank(b.Stance) - store.StanceRank(a.Stance); order != 0 {
			return order
		}
		return b.Severity.Rank() - a.Severity.Rank()
	})
	for section, said := range verdict.Collected {
		for _, m := range said.Missing {
			p.Missing = append(p.Missing, Missing{section, m})
		}
	}
	slices.SortStableFunc(p.Missing, func(a, b Missing) int { return strings.Compare(a.Section, b.Section) })
	return nil
}

// A DiffPage is the page of what changed between two reports of a server.
type DiffPage struct {
	Server   store.Server   `json:"server"`
	Old      store.Stamp    `json:"old"`
	New      store.Stamp    `json:"new"`
	Document *diff.Document `json:"document"`
}

// diff compares two reports: the newest with the one before, where none are named.
func (s *Site) diff(r *http.Request) (any, error) {
	ctx := r.Context()
	found, err := s.DB.Server(ctx, serverID(r))
	if err != nil || found == nil {
		return nil, notFound(err)
	}
	older, newer := r.URL.Query().Get("old"), r.URL.Query().Get("new")
	if newer == "" {
		newer = found.Report
	}
	if older == "" {
		if older, err = s.before(r, found.ID, newer); err != nil {
			return nil, err
		}
	}
	p := DiffPage{Server: *found}
	var reports [2]*exvet.Report
	for i, id := range []string{older, newer} {
		stamp, err := s.DB.ReportStamp(ctx, found.ID, id)
		if err != nil || stamp == nil {
			return nil, notFound(err)
		}
		if reports[i], err = ingest.Report(ctx, s.DB, found.ID, id); err != nil || reports[i] == nil {
			return nil, notFound(err)
		}
		*[]*store.Stamp{&p.Old, &p.New}[i] = *stamp
	}
	p.Document = diff.Reports(reports[0], reports[1])
	return p, nil
}

func notFound(err error) error {
	if err == nil {
		return errNotFound
	}
	return err
}

// before gives the report that came before another, or "".
func (s *Site) before(r *http.Request, server int64, id string) (string, error) {
	all, err := s.DB.Reports(r.Context(), server, lastReports)
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(all, func(s store.Stamp) bool { return s.Decision == id })
	for i := at + 1; at >= 0 && i < len(all); i++ {
		if all[i].Error == "" && !all[i].Waiting {
			return all[i].Decision, nil
		}
	}
	return "", nil
}

// Report gives a stored report in a format of exvet's: html, json, sarif and the others.
func (s *Site) Report(w http.ResponseWriter, r *http.Request) {
	id, format, ok := cutFormat(r.PathValue("decision"))
	if !ok {
		s.fail(w, r, errNotFound)
		return
	}
	whole, err := ingest.Report(r.Context(), s.DB, serverID(r), id)
	if err != nil || whole == nil {
		s.fail(w, r, notFound(err))
		return
	}
	var b bytes.Buffer
	if err := report.Write(&b, format, whole, report.Options{}); err != nil {
		s.fail(w, r, err)
		return
	}
	kind := map[string]string{"html": "text/html; charset=utf-8", "json": "application/json", "sarif": "application/json", "csv": "text/csv; charset=utf-8", "junit": "application/xml"}[format]
	if kind == "" {
		kind = "text/plain; charset=utf-8"
	}
	if format == "html" {
		// The report carries a policy of its own. Here it may do no more than show itself: it has no origin, so no session.
		w.Header().Set("Content-Security-Policy", "sandbox allow-scripts allow-popups; frame-ancestors 'none'")
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(b.Bytes()) // whoever asked may have gone
}

// cutFormat parts "DECISION.FORMAT".
func cutFormat(name string) (id, format string, ok bool) {
	at := strings.LastIndexByte(name, '.')
	if at < 0 {
		return "", "", false
	}
	return name[:at], name[at+1:], slices.Contains(report.Formats(), name[at+1:])
}
