package hub

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/exvet/exvet/internal/hub/store"
)

// rowsOf gives the first columns of a query's rows as texts.
func (r *running) rowsOf(t testing.TB, database, query string) []string {
	t.Helper()
	driver, address := "sqlite", r.Database
	if database != "" {
		driver, address = "pgx", database
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }() // it only read
	rows, err := db.QueryContext(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }() // Err below says what went wrong
	all := []string{}
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

// TestRetention: what is older than the time to keep is removed, and nothing else: not a server's newest report, nor the whole that kept
// changes stand on.
func TestRetention(t *testing.T) { eachDatabase(t, testRetention) }

func testRetention(t *testing.T, database string) {
	ctx, now := context.Background(), time.Now()
	ago := func(days int) time.Time { return now.Add(-time.Duration(days) * 24 * time.Hour) }
	hub := start(t, Options{Database: database})
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ids := map[string]int64{}
	for _, name := range []string{"EX01", "EX02", "EX03"} {
		id, err := hub.DB.AddServer(ctx, name, ago(200))
		check(err)
		ids[name] = id
	}
	rule := store.Rule{ID: "EXV-T-000", Variant: "v", Title: "A rule", Clause: "C1"}
	look := func(subject string) store.Look {
		return store.Look{Rules: 1, About: []store.Rule{rule}, Outcomes: []store.Outcome{{Rule: rule.ID, Variant: "v", Status: "found", Findings: 1}},
			Findings: []store.Finding{{Rule: rule.ID, Subject: subject, Stance: 5, Clause: "C1"}}, Unsure: map[string]bool{}}
	}
	for _, u := range []struct {
		server, id, kind, base string
		days                   int
		kept                   bool
	}{
		{"EX01", "old", "whole", "", 120, false},
		{"EX01", "old base of old", "whole", "", 115, false},
		{"EX01", "old changes", "changes", "old base of old", 114, false},
		{"EX01", "old base", "whole", "", 110, true}, // recent changes stand on it
		{"EX01", "old failure", "failure", "", 100, false},
		{"EX01", "recent changes", "changes", "old base", 80, true},
		{"EX01", "recent failure", "failure", "", 70, true},
		{"EX01", "newest", "whole", "", 1, true},
		{"EX02", "newest of a silent one", "whole", "", 150, true},
		{"EX03", "base of a silent one", "whole", "", 140, true},
		{"EX03", "newest changes of a silent one", "changes", "base of a silent one", 130, true},
	} {
		up := store.Upload{Server: ids[u.server], Decision: u.id, Kind: u.kind, Base: u.base, Received: ago(u.days), Scanned: ago(u.days), Bundles: "{}", Body: []byte("x")}
		up.Look = look(u.id)
		if u.id == "old" { // a rule that nothing finds any more
			gone := store.Rule{ID: "EXV-T-GONE", Variant: "v", Title: "A rule that was", Clause: "C1"}
			up.Look.About, up.Look.Outcomes[0].Rule, up.Look.Findings[0].Rule = []store.Rule{gone}, gone.ID, gone.ID
		}
		if u.kind == "failure" {
			up.Look, up.Error = store.Look{}, "failed"
		}
		outcome, err := hub.DB.Save(ctx, []store.Upload{up}, nil)
		check(err)
		if outcome[0] != store.Stored {
			t.Fatalf("%s: %s", u.id, outcome)
		}
	}
	for _, days := range []int{100, 80} {
		name := fmt.Sprint(days)
		check(hub.DB.Audit(ctx, store.Entry{At: ago(days), Actor: "test", Action: "acted " + name}))
		check(hub.DB.AddNotices(ctx, []store.Notice{{Kind: "test", Key: "told " + name, Channel: "mail", Body: "{}", Made: ago(days)}, {Kind: "test", Key: "not told " + name, Channel: "mail", Body: "{}", Made: ago(days)}}))
		check(hub.DB.Refuse(ctx, ids["EX01"], "refused "+name, "", ago(days)))
		check(hub.DB.Count(ctx, ago(days)))
	}
	due, err := hub.DB.DueNotices(ctx, now, time.Hour, 10)
	check(err)
	for _, n := range due {
		if n.Key[:4] == "told" {
			check(hub.DB.Told(ctx, n.ID, now))
		}
	}
	for name, end := range map[string]time.Time{"over": now.Add(-time.Minute), "good": now.Add(time.Minute)} {
		check(hub.DB.AddCode(ctx, name, "EX09 "+name, "test", end))
		check(store.Sessions{DB: hub.DB}.CommitCtx(ctx, name, []byte("x"), end))
		check(hub.DB.AddKey(ctx, store.Key{ID: name, Name: name, Digest: name, Made: now, Expires: end}))
		check(hub.DB.AddCredential(ctx, store.Credential{ID: name, Server: ids["EX01"], Kind: store.KindToken, Digest: name, Made: ago(400), Expires: end}))
	}
	check(hub.DB.Prune(ctx, ago(90), now))
	for query, want := range map[string][]string{
		"SELECT decision FROM reports":                  {"base of a silent one", "newest", "newest changes of a silent one", "newest of a silent one", "old base", "recent changes", "recent failure"},
		"SELECT DISTINCT decision FROM changes":         {"newest", "recent changes"},
		"SELECT name FROM servers":                      {"EX01", "EX02", "EX03"},
		"SELECT subject FROM findings":                  {"newest", "newest changes of a silent one", "newest of a silent one"},
		"SELECT action FROM audit WHERE actor = 'test'": {"acted 80"},
		"SELECT key FROM notices":                       {"not told 100", "not told 80", "told 80"},
		"SELECT reason FROM refusals":                   {"refused 80"},
		"SELECT digest FROM codes":                      {"good"},
		"SELECT token FROM sessions":                    {"good"},
		"SELECT id FROM keys":                           {"good"},
		"SELECT id FROM credentials":                    {"good", "over"}, // what a server showed is part of its page
		"SELECT DISTINCT day FROM trend WHERE day < '" + ago(50).UTC().Format(time.DateOnly) + "'": {ago(100).UTC().Format(time.DateOnly), ago(80).UTC().Format(time.DateOnly)},
		"SELECT id FROM rules": {"EXV-T-000", "EXV-T-GONE"}, // the newer may be on its way
	} {
		if got := hub.rowsOf(t, database, query); !slices.Equal(got, want) {
			t.Errorf("%s: %q are left, want %q", query, got, want)
		}
	}
	check(hub.DB.Prune(ctx, ago(90), now.Add(8*24*time.Hour)))
	if got := hub.rowsOf(t, database, "SELECT id FROM rules"); !slices.Equal(got, []string{"EXV-T-000"}) {
		t.Errorf("a week later the rules %q are left", got)
	}
	// What is shown still is whole: every server's newest report, and its base.
	for name := range maps.Keys(ids) {
		if s := hub.serverNamed(t, name); s.Report == "" || s.Findings != 1 {
			t.Errorf("%s is %+v", name, s)
		}
	}
}
