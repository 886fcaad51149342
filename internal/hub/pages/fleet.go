package pages

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/hub/store"
)

// A Fleet is the page of the servers.
type Fleet struct {
	Overview store.Overview `json:"overview"`
	Servers  []store.Server `json:"servers"`
	Pager    Pager          `json:"pager"`
}

func (s *Site) servers(r *http.Request) (any, error) {
	q := r.URL.Query()
	silent := time.Now().Add(-s.Silent)
	f := Fleet{Pager: pager(r)}
	var err error
	if f.Overview, err = s.overview(r.Context()); err != nil {
		return nil, err
	}
	f.Servers, f.Pager.Total, err = s.DB.Servers(r.Context(), store.ServerQuery{
		Search: q.Get("q"), Stance: exvet.Stance(q.Get("stance")), Ring: q.Get("ring"), Core: q.Get("core"), State: q.Get("state"), Silent: silent,
		Sort: q.Get("sort"), From: f.Pager.From, To: f.Pager.From + pageRows,
	})
	return f, err
}

// A Products is the page of the integrations.
type Products struct {
	Integrations []store.FleetIntegration `json:"integrations"`
}

// maxProducts is how many products are listed.
const maxProducts = 500

func (s *Site) integrations(r *http.Request) (any, error) {
	all, err := s.products(r.Context())
	search := strings.ToLower(r.URL.Query().Get("q"))
	if err != nil || search == "" {
		return Products{all}, err
	}
	words, err := s.words(r.Context())
	if err != nil {
		return nil, err
	}
	if len(all) == maxProducts || words == nil { // there are more than are kept in mind
		all, err = s.DB.Integrations(r.Context(), search, maxProducts)
		return Products{all}, err
	}
	found := []store.FleetIntegration{}
	for _, product := range all {
		if strings.Contains(words[product.Title], search) {
			found = append(found, product)
		}
	}
	return Products{found}, nil
}

// A ProductServers is the page of the servers that have a product.
type ProductServers struct {
	Title   string         `json:"title"`
	Version string         `json:"version,omitempty"`
	Servers []store.Holder `json:"servers"`
	Pager   Pager          `json:"pager"`
}

func (s *Site) holders(r *http.Request) (any, error) {
	p := ProductServers{Title: r.URL.Query().Get("title"), Version: r.URL.Query().Get("version"), Pager: pager(r)}
	var err error
	p.Servers, p.Pager.Total, err = s.DB.Holders(r.Context(), p.Title, p.Version, p.Pager.From, pageRows)
	if err == nil && p.Pager.Total == 0 {
		err = errNotFound
	}
	return p, err
}

// A Findings is the page of what was found, by rule, and over time.
type Findings struct {
	Rules   []store.FleetRule   `json:"rules"`
	Trend   []store.TrendPoint  `json:"trend"`
	Changes []store.FleetChange `json:"changes"`
	Chart   Chart               `json:"-"`
	Clauses []string            `json:"-"`
	Total   int                 `json:"findings"`
}

// How far back the page of findings looks, and how many changes it shows.
const (
	trendDays   = 90
	lastChanges = 30
)

func (s *Site) findings(r *http.Request) (any, error) {
	q := r.URL.Query()
	all, err := s.rules(r.Context())
	if err != nil {
		return nil, err
	}
	f := Findings{Rules: []store.FleetRule{}, Clauses: store.Clauses()}
	search := strings.ToLower(q.Get("q"))
	for _, rule := range all {
		switch {
		case rule.Findings == 0 && rule.Waived == 0,
			q.Get("clause") != "" && rule.Clause != q.Get("clause"),
			q.Get("stance") != "" && string(rule.Stance) != q.Get("stance"),
			search != "" && !strings.Contains(strings.ToLower(rule.ID+" "+rule.Title), search):
			continue
		}
		f.Total += rule.Findings
		f.Rules = append(f.Rules, rule)
	}
	slices.SortFunc(f.Rules, func(a, b store.FleetRule) int {
		return cmp.Or(store.StanceRank(b.Stance)-store.StanceRank(a.Stance), store.SeverityRank(b.Severity)-store.SeverityRank(a.Severity),
			b.Found-a.Found, cmp.Compare(a.ID, b.ID))
	})
	if f.Trend, err = s.DB.Trend(r.Context(), time.Now().UTC().AddDate(0, 0, -trendDays).Format(time.DateOnly)); err != nil {
		return nil, err
	}
	f.Chart = trendChart(f.Trend)
	f.Changes, err = s.DB.Changes(r.Context(), 0, 0, lastChanges)
	return f, err
}

// A RulePage is the page of one rule: where it found what.
type RulePage struct {
	Rule     store.FleetRule      `json:"rule"`
	Findings []store.FleetFinding `json:"findings"`
	Pager    Pager                `json:"pager"`
}

func (s *Site) rule(r *http.Request) (any, error) {
	id := r.PathValue("rule")
	rules, err := s.DB.Rules(r.Context(), id)
	if err != nil {
		return nil, err
	}
	if len(rules) == 0 {
		return nil, errNotFound
	}
	p := RulePage{Rule: rules[0], Pager: pager(r)}
	p.Findings, p.Pager.Total, err = s.DB.FindingsOf(r.Context(), id, r.URL.Query().Get("q"), p.Pager.From, pageRows)
	return p, err
}

// An Unknown is the page of what was not seen.
type Unknown struct {
	Gaps  []store.FleetGap  `json:"gaps"`
	Rules []store.FleetRule `json:"rules"` // that could not say, or failed
}

// maxGaps is how many parts are listed.
const maxGaps = 300

func (s *Site) unknown(r *http.Request) (any, error) {
	section, search := r.URL.Query().Get("section"), r.URL.Query().Get("q")
	var gaps []store.FleetGap
	var err error
	if section+search == "" {
		gaps, err = s.gaps(r.Context())
	} else {
		gaps, err = s.DB.Gaps(r.Context(), section, search, maxGaps)
	}
	if err != nil {
		return nil, err
	}
	all, err := s.rules(r.Context())
	u := Unknown{Gaps: gaps, Rules: []store.FleetRule{}}
	for _, rule := range all {
		if rule.Unknown+rule.Error > 0 {
			u.Rules = append(u.Rules, rule)
		}
	}
	slices.SortFunc(u.Rules, func(a, b store.FleetRule) int {
		return cmp.Or(b.Error-a.Error, b.Unknown-a.Unknown, cmp.Compare(a.ID, b.ID))
	})
	return u, err
}

// A WaiverRow is a waiver with how long it lasts.
type WaiverRow struct {
	store.FleetWaiver

	Days int `json:"days_left"` // below 0 when it is over
}

// A Waivers is the page of the waivers.
type Waivers struct {
	Waivers []WaiverRow `json:"waivers"`
}

// maxWaivers is how many are listed.
const maxWaivers = 1000

func (s *Site) waivers(r *http.Request) (any, error) {
	all, err := s.DB.Waivers(r.Context(), maxWaivers)
	w := Waivers{Waivers: []WaiverRow{}}
	search := strings.ToLower(r.URL.Query().Get("q"))
	for _, each := range all {
		if search != "" && !strings.Contains(strings.ToLower(each.Rule+" "+each.Subject+" "+each.Owner+" "+each.Reason+" "+each.Ticket), search) {
			continue
		}
		w.Waivers = append(w.Waivers, WaiverRow{each, exvet.Waiver{Expires: each.Expires}.DaysLeft(time.Now())})
	}
	return w, err
}
