// Package pages shows the fleet to people and their programs: each page has the same address below /api/v1, as JSON.
package pages

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/hub/access"
	"github.com/exvet/exvet/internal/hub/ingest"
	"github.com/exvet/exvet/internal/hub/shelf"
	"github.com/exvet/exvet/internal/hub/store"
)

// A Site is the pages of a hub.
type Site struct {
	DB       *store.DB
	Gate     *access.Gate
	Shelf    *shelf.Shelf
	Log      *slog.Logger
	Counts   *ingest.Counts
	Silent   time.Duration
	URL      string
	Registry string
	Channels []string // where notices go

	templates templateCache
	live      liveCounter
	counted   counted
	stopOnce  sync.Once
}

// A View is a page for people and, below /api/v1, for programs.
type View struct {
	Path       string
	Role       access.Role
	HTML, JSON http.HandlerFunc
}

// errNotFound is given for something that is not there.
var errNotFound = errors.New("there is no such page")

// pageRows is how many rows a page shows.
const pageRows = 100

// A view's data is read by look; the template named after it shows it.
type look func(*http.Request) (any, error)

// Views lists every page.
func (s *Site) Views() []View {
	var all []View
	for _, v := range []struct {
		path, template string
		role           access.Role
		look           look
	}{
		{"/servers", "servers", access.Viewer, s.servers},
		{"/servers/{server}", "server", access.Viewer, s.server},
		{"/servers/{server}/diff", "diff", access.Viewer, s.diff},
		{"/integrations", "integrations", access.Viewer, s.integrations},
		{"/integrations/servers", "holders", access.Viewer, s.holders},
		{"/findings", "findings", access.Viewer, s.findings},
		{"/findings/{rule}", "rule", access.Viewer, s.rule},
		{"/unknown", "unknown", access.Viewer, s.unknown},
		{"/waivers", "waivers", access.Viewer, s.waivers},
		{"/bundles", "bundles", access.Viewer, s.bundles},
		{"/account", "account", access.Viewer, s.account},
		{"/enrolments", "enrolments", access.Operator, s.enrolments},
		{"/notices", "notices", access.Operator, s.notices},
		{"/users", "users", access.Admin, s.users},
		{"/audit", "audit", access.Admin, s.audit},
	} {
		all = append(all, View{Path: v.path, Role: v.role, HTML: s.html(v.template, v.look), JSON: s.json(v.look)})
	}
	return all
}

func (s *Site) html(template string, look look) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		data, err := look(r)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		s.render(w, r, http.StatusOK, template, data)
	}
}

func (s *Site) json(look look) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		data, err := look(r)
		status := http.StatusOK
		if err != nil {
			status, data = s.status(err), map[string]string{"error": s.text(err)}
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		_ = encoder.Encode(data) // whoever asked may have gone
	}
}

// status is the HTTP status of an error, and text what is said of it: no more than whoever asks may know.
func (s *Site) status(err error) int {
	var refused *exvet.Refusal
	switch {
	case errors.Is(err, errNotFound):
		return http.StatusNotFound
	case errors.As(err, &refused):
		return http.StatusUnprocessableEntity
	case errors.Is(err, store.ErrBusy):
		return http.StatusTooManyRequests
	}
	return http.StatusInternalServerError
}

func (s *Site) text(err error) string {
	if s.status(err) == http.StatusInternalServerError {
		s.Log.Error("show a page", "error", err)
		return "hub/page: the hub could not read this; its log says why"
	}
	return err.Error()
}

func (s *Site) fail(w http.ResponseWriter, r *http.Request, err error) {
	s.Problem(w, r, s.status(err), s.text(err))
}

// number reads a whole number of the query, or gives fallback.
func number(r *http.Request, name string, fallback int) int {
	n, err := strconv.Atoi(r.URL.Query().Get(name))
	if err != nil || n < 0 || n > 1_000_000 {
		return fallback
	}
	return n
}

// A Pager leads through the rows of a page.
type Pager struct {
	From  int `json:"from"`
	Rows  int `json:"rows"`
	Total int `json:"total"`

	query url.Values
}

func pager(r *http.Request) Pager {
	return Pager{From: number(r, "from", 0), Rows: pageRows, query: r.URL.Query()}
}

// To is the number of the last row that is shown.
func (p Pager) To() int { return min(p.From+p.Rows, p.Total) }

// First is the number of the first.
func (p Pager) First() int { return min(p.From+1, p.Total) }

// Next is the query of the next page, or "".
func (p Pager) Next() string { return p.at(p.From+p.Rows, p.From+p.Rows < p.Total) }

// Previous is the query of the page before, or "".
func (p Pager) Previous() string { return p.at(max(p.From-p.Rows, 0), p.From > 0) }

func (p Pager) at(from int, ok bool) string {
	if !ok {
		return ""
	}
	query := url.Values{}
	for name, values := range p.query {
		query[name] = values
	}
	query.Set("from", strconv.Itoa(from))
	return "?" + query.Encode()
}

func serverID(r *http.Request) int64 {
	id, err := strconv.ParseInt(r.PathValue("server"), 10, 64)
	if err != nil {
		return -1
	}
	return id
}

// Home leads to the servers.
func (s *Site) Home(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "/servers", http.StatusSeeOther)
}

// Nothing answers for what is not there.
func (s *Site) Nothing(w http.ResponseWriter, r *http.Request) { s.fail(w, r, errNotFound) }
