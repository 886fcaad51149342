package hub

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/exvet/exvet/internal/hub/access"
	"github.com/exvet/exvet/internal/hub/store"
)

// A need is what a request must show.
type need string

// The needs. Roles of people are needs of their own.
const (
	nothing   need = "nothing"           // the log-in page, its style, and whether the hub lives
	code      need = "code"              // the handler asks for a one-time code
	agentOnly need = "agent"             // token or certificate of an agent
	reader    need = "agent or operator" // who may fetch bundles
	viewer    need = need(access.Viewer)
	operator  need = need(access.Operator)
	admin     need = need(access.Admin)
)

// A route is one endpoint. There is no other way to one: routesHandler asks for what it needs.
type route struct {
	pattern string // of http.ServeMux: "GET /servers"
	need    need
	handle  http.HandlerFunc
	agent   func(http.ResponseWriter, *http.Request, store.Agent) // for agentOnly
}

// routes lists every endpoint.
func (h *Hub) routes() []route {
	site := h.Site
	all := []route{
		{pattern: "GET /healthz", need: nothing, handle: h.health},
		{pattern: "GET /assets/{file}", need: nothing, handle: site.Asset},
		{pattern: "GET /login", need: nothing, handle: site.LoginPage},
		{pattern: "POST /login", need: nothing, handle: site.Login},
		{pattern: "GET /oidc/start", need: nothing, handle: h.Gate.Start},
		{pattern: "GET /oidc/callback", need: nothing, handle: site.OIDCBack},
		{pattern: "POST /enrol", need: code, handle: h.Gate.Enrol},
		{pattern: "POST /enrol/rotate", need: agentOnly, agent: h.Gate.Rotate},
		{pattern: "POST /logs", need: agentOnly, agent: h.Intake.Logs},
		{pattern: "POST /logs/{partition}", need: agentOnly, agent: h.Intake.Logs},
		{pattern: "POST /status", need: agentOnly, agent: h.Intake.Status},
		{pattern: "POST /status/{partition}", need: agentOnly, agent: h.Intake.Status},
		{pattern: "GET /bundles/{path...}", need: reader, handle: site.Bundle},
		{pattern: "PUT /bundles/{path...}", need: operator, handle: site.PutBundle},
		{pattern: "GET /metrics", need: viewer, handle: site.Metrics},
		{pattern: "GET /events", need: viewer, handle: site.Events},
		{pattern: "GET /{$}", need: viewer, handle: site.Home},
		{pattern: "GET /{path...}", need: viewer, handle: site.Nothing},
		{pattern: "POST /logout", need: viewer, handle: site.Logout},
		{pattern: "GET /servers/{server}/reports/{decision}", need: viewer, handle: site.Report},
		{pattern: "POST /account/password", need: viewer, handle: site.ChangePassword},
		{pattern: "POST /account/keys", need: viewer, handle: site.AddKey},
		{pattern: "POST /account/keys/{key}/remove", need: viewer, handle: site.RemoveKey},
		{pattern: "POST /enrolments", need: operator, handle: site.AddCode},
		{pattern: "POST /servers/{server}/revoke", need: operator, handle: site.Revoke},
		{pattern: "POST /servers/{server}/remove", need: admin, handle: site.RemoveServer},
		{pattern: "POST /bundles/promote", need: operator, handle: site.Promote},
		{pattern: "POST /users", need: admin, handle: site.AddUser},
		{pattern: "POST /users/{user}", need: admin, handle: site.ChangeUser},
	}
	for _, view := range site.Views() {
		all = append(all, route{pattern: "GET " + view.Path, need: need(view.Role), handle: view.HTML},
			route{pattern: "GET /api/v1" + view.Path, need: need(view.Role), handle: view.JSON})
	}
	return all
}

// routesHandler puts what each route needs before it.
func (h *Hub) routesHandler() http.Handler {
	mux := http.NewServeMux()
	for _, r := range h.routes() {
		mux.Handle(r.pattern, h.guard(r))
	}
	return h.proxies.handler(h.Gate.Sessions.LoadAndSave(headers(mux)))
}

// guard answers in the place of a route whoever does not show what it needs.
func (h *Hub) guard(r route) http.Handler {
	switch r.need {
	case nothing, code:
		return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			if r.need == nothing && h.Gate.Crossed(req, nil) {
				h.deny(w, req, http.StatusForbidden, "another site sent this request")
				return
			}
			r.handle(w, req)
		})
	case agentOnly:
		return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			if agent := h.agent(w, req); agent != nil {
				r.agent(w, req, *agent)
			}
		})
	case reader:
		return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			if agent, err := h.Gate.Agent(req); err == nil && agent != nil {
				r.handle(w, req)
				return
			}
			h.person(access.Operator, r.handle)(w, req)
		})
	}
	return h.person(access.Role(r.need), r.handle)
}

// agent gives who sent a request, or answers it and gives nil.
func (h *Hub) agent(w http.ResponseWriter, r *http.Request) *store.Agent {
	agent, err := h.Gate.Agent(r)
	if err != nil {
		h.Log.Error("read credentials", "error", err)
		w.Header().Set("Retry-After", "30")
		http.Error(w, `{"error": "hub/store: credentials cannot be read now; try again"}`, http.StatusServiceUnavailable)
		return nil
	}
	if agent == nil {
		w.Header().Set("WWW-Authenticate", `Bearer realm="exvet hub"`)
		http.Error(w, `{"error": "hub/credentials: no valid token or certificate of an agent; enrol it with a new code"}`, http.StatusUnauthorized)
		return nil
	}
	return agent
}

// person lets those through whose role allows what another may.
func (h *Hub) person(role access.Role, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		person, err := h.Gate.Person(r)
		switch {
		case err != nil:
			h.Log.Error("read a session", "error", err)
			h.deny(w, r, http.StatusServiceUnavailable, "the hub cannot read its database now; try again")
		case person == nil:
			h.deny(w, r, http.StatusUnauthorized, "log in first")
		case h.Gate.Crossed(r, person):
			h.deny(w, r, http.StatusForbidden, "another site sent this request")
		case !h.Gate.Allow(person):
			w.Header().Set("Retry-After", "5")
			h.deny(w, r, http.StatusTooManyRequests, "too many requests; wait a moment")
		case !person.May(role):
			h.Gate.Audit(access.WithPerson(r, person), "refused", r.Method+" "+r.URL.Path, "needs the role "+string(role))
			h.deny(w, r, http.StatusForbidden, "this needs the role "+string(role)+"; you are "+person.Role)
		default:
			next(w, access.WithPerson(r, person))
		}
	}
}

// deny answers a program with JSON and sends a browser that is not logged in to the log-in page.
func (h *Hub) deny(w http.ResponseWriter, r *http.Request, status int, text string) {
	browses := strings.Contains(r.Header.Get("Accept"), "text/html")
	if status == http.StatusUnauthorized && r.Method == http.MethodGet && browses {
		http.Redirect(w, r, "/login?next="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
		return
	}
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="exvet hub"`)
	}
	if browses {
		h.Site.Problem(w, r, status, text)
		return
	}
	http.Error(w, `{"error": "hub/access: `+text+`"}`, status)
}

// headers sets what every answer carries.
func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		set := w.Header()
		set.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "+
			"form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
		set.Set("X-Content-Type-Options", "nosniff")
		set.Set("Referrer-Policy", "same-origin")
		set.Set("Cross-Origin-Opener-Policy", "same-origin")
		set.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// health says whether the hub and its database live: for a balancer.
func (h *Hub) health(w http.ResponseWriter, r *http.Request) {
	if err := h.DB.Ping(r.Context()); err != nil {
		http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ok\n")) // a balancer that has gone needs no answer
}
