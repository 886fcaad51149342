package hub

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/exvet/exvet/internal/decision"
	"github.com/exvet/exvet/internal/hub/store"
)

func (r *running) serverNamed(t testing.TB, name string) store.Server {
	t.Helper()
	all, _, err := r.DB.Servers(context.Background(), store.ServerQuery{To: 100})
	at := slices.IndexFunc(all, func(s store.Server) bool { return s.Name == name })
	if err != nil || at < 0 {
		t.Fatalf("no server named %s: %v, %v", name, all, err)
	}
	return all[at]
}

func (r *running) counted(t testing.TB, want int) {
	t.Helper()
	if got, err := r.DB.CountReports(context.Background()); err != nil || got != want {
		t.Errorf("%d reports stored, want %d (%v)", got, want, err)
	}
}

// TestReportsOnce: a report is stored once, however often and by whatever order it comes; the newest says how the server is.
func TestReportsOnce(t *testing.T) { eachDatabase(t, testReportsOnce) }

func testReportsOnce(t *testing.T, database string) {
	hub := start(t, Options{Database: database})
	ex01 := hub.enrol(t, "EX01")
	older := event(t, "d-1", 1, judged("EX01", map[string][]string{"EXV-T-000": {"pool:A", "pool:B"}, "EXV-T-001": {"!app:W"}}))
	newer := event(t, "d-2", 2, judged("EX01", map[string][]string{"EXV-T-000": {"pool:B"}, "EXV-T-002": {"?"}, "EXV-T-003": {"pool:C"}}))
	for _, step := range []struct {
		name               string
		send               decision.Event
		stored, duplicates int
	}{{"newer first", newer, 1, 0}, {"older later", older, 1, 0}, {"newer again", newer, 0, 1}, {"older again", older, 0, 1}} {
		if got := ex01.send(t, step.send); got.Status != http.StatusOK || got.Stored != step.stored || got.Duplicates != step.duplicates {
			t.Errorf("%s: %+v", step.name, got)
		}
	}
	hub.counted(t, 2)
	if got := hub.serverNamed(t, "EX01"); got.Report != "d-2" || got.Findings != 2 || got.Unknown != 1 || got.Waived != 0 {
		t.Errorf("the server is %+v, want what the newer report says", got)
	}
}

// TestReportsOnceAtOnce: the same report from many connections at the same time.
func TestReportsOnceAtOnce(t *testing.T) { eachDatabase(t, testReportsOnceAtOnce) }

func testReportsOnceAtOnce(t *testing.T, database string) {
	hub := start(t, Options{Database: database})
	ex01 := hub.enrol(t, "EX01")
	body := zipped(t, jsonOf(t, []decision.Event{event(t, "d-1", 1, judged("EX01", nil))}))
	var all sync.WaitGroup
	var mu sync.Mutex
	stored := 0
	for range 20 {
		all.Go(func() {
			got := ex01.sendRaw(t, body)
			mu.Lock()
			defer mu.Unlock()
			stored += got.Stored
			if got.Status != http.StatusOK {
				t.Errorf("%+v", got)
			}
		})
	}
	all.Wait()
	hub.counted(t, 1)
	if stored != 1 {
		t.Errorf("%d were told that theirs was stored", stored)
	}
}

// TestChanges: what came and went is noted, and a finding whose rule saw too little is not called fixed.
func TestChanges(t *testing.T) { eachDatabase(t, testChanges) }

func testChanges(t *testing.T, database string) {
	hub := start(t, Options{Database: database})
	ex01 := hub.enrol(t, "EX01")
	ex01.send(t, event(t, "d-1", 1, judged("EX01", map[string][]string{"EXV-T-000": {"stays", "goes"}, "EXV-T-001": {"hidden"}, "EXV-T-003": {"waived later"}})))
	ex01.send(t, event(t, "d-2", 2, judged("EX01", map[string][]string{"EXV-T-000": {"stays", "comes"}, "EXV-T-001": {"?"}, "EXV-T-003": {"!waived later"}})))
	changes, err := hub.DB.Changes(context.Background(), 0, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range changes {
		if c.Decision == "d-2" {
			got = append(got, c.State+" "+c.Subject)
		}
	}
	slices.Sort(got)
	if want := []string{"fixed goes", "new comes", "unknown hidden", "waived waived later"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestSinceWhole: changes stand on a whole, in whichever order the two come.
func TestSinceWhole(t *testing.T) {
	for _, order := range []string{"whole first", "changes first"} {
		t.Run(order, func(t *testing.T) {
			hub := start(t, Options{})
			ex01 := hub.enrol(t, "EX01")
			before := judged("EX01", map[string][]string{"EXV-T-000": {"pool:A"}, "EXV-T-001": {"app:B"}})
			now := decision.Result{Format: decision.Format, Kind: decision.Whole, Cause: decision.OnSchedule, Report: judged("EX01", map[string][]string{"EXV-T-001": {"app:B"}, "EXV-T-004": {"new"}}),
				StartedAt: time.Now().Add(-time.Minute)}
			changes, ok := decision.Since("d-whole", before, now)
			if !ok {
				t.Fatal("no changes")
			}
			whole, later := event(t, "d-whole", 1, before), eventOf(t, "d-changes", changes)
			events := []decision.Event{whole, later}
			if order == "changes first" {
				slices.Reverse(events)
			}
			for _, e := range events {
				if got := ex01.send(t, e); got.Stored != 1 {
					t.Fatalf("%s: %+v", e.DecisionID, got)
				}
			}
			hub.counted(t, 2)
			if got := hub.serverNamed(t, "EX01"); got.Report != "d-changes" || got.Findings != 2 {
				t.Errorf("the server is %+v, want the two findings of the changes over the whole", got)
			}
			text := hub.page(t, hub.admin(t), "/servers/"+idOf(hub.serverNamed(t, "EX01"))+"/reports/d-changes.json")
			if !strings.Contains(text, "app:B") || strings.Contains(text, "pool:A") {
				t.Errorf("the report of the changes is %s", text)
			}
		})
	}
}

func TestFailedScan(t *testing.T) { eachDatabase(t, testFailedScan) }

func testFailedScan(t *testing.T, database string) {
	hub := start(t, Options{Database: database})
	ex01 := hub.enrol(t, "EX01")
	ex01.send(t, event(t, "d-1", 1, judged("EX01", map[string][]string{"EXV-T-000": {"pool:A"}})))
	ex01.send(t, eventOf(t, "d-2", decision.Result{Format: decision.Format, Kind: decision.Failure, Error: "agent/timeout: cut off", StartedAt: time.Now().Add(-time.Minute)}))
	if got := hub.serverNamed(t, "EX01"); got.Mishap != "agent/timeout: cut off" || got.Findings != 1 {
		t.Errorf("after a failed scan the server is %+v", got)
	}
	ex01.send(t, event(t, "d-3", 60, judged("EX01", nil)))
	if got := hub.serverNamed(t, "EX01"); got.Mishap != "" || got.Findings != 0 {
		t.Errorf("after a good one it is %+v", got)
	}
}

// TestRefused: what can never be stored is refused with a reason and counted; what is good beside it is stored.
func TestRefused(t *testing.T) {
	hub := start(t, Options{})
	ex01 := hub.enrol(t, "EX01")
	good := event(t, "d-good", 1, judged("EX01", nil))
	foreign := eventOf(t, "d-foreign", decision.Result{})
	foreign.Result = []byte(`{"allow": true}`)
	nameless := good
	nameless.DecisionID = ""
	two := judged("EX01", nil)
	two.Servers = append(two.Servers, two.Servers[0])
	for _, test := range []struct {
		name   string
		body   []byte
		status int
		reason string
	}{
		{"no gzip", []byte("hello"), 400, "upload/malformed"},
		{"cut off", zipped(t, jsonOf(t, []decision.Event{good}))[:100], 400, "upload/malformed"},
		{"no JSON", zipped(t, []byte("[{")), 400, "upload/malformed"},
		{"no array", zipped(t, []byte(`{"labels": {}}`)), 400, "upload/malformed"},
		{"foreign", zipped(t, jsonOf(t, []decision.Event{foreign})), 400, "upload/decision"},
		{"nameless", zipped(t, jsonOf(t, []decision.Event{nameless})), 400, "upload/decision"},
		{"two servers", zipped(t, jsonOf(t, []decision.Event{event(t, "d-two", 1, two)})), 400, "upload/decision"},
		{"a bomb", zipped(t, bytes.Repeat([]byte(" "), 65<<20)), 413, "upload/too-large"},
		{"too large", make([]byte, 5<<20), 413, "upload/too-large"},
	} {
		if got := ex01.sendRaw(t, test.body); got.Status != test.status || !strings.HasPrefix(got.Error, test.reason) {
			t.Errorf("%s: %+v, want %d %s", test.name, got, test.status, test.reason)
		}
	}
	if got := ex01.send(t, foreign, good); got.Status != http.StatusOK || got.Stored != 1 || len(got.Refused) != 1 || got.Refused[0].Decision != "d-foreign" {
		t.Errorf("one good beside one foreign: %+v", got)
	}
	refusals, err := hub.DB.Refusals(context.Background(), hub.serverNamed(t, "EX01").ID)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, r := range refusals {
		counts[r.Reason] = r.Count
	}
	if counts["upload/malformed"] != 4 || counts["upload/decision"] != 4 || counts["upload/too-large"] != 2 {
		t.Errorf("counted %v", counts)
	}
}

// TestHostileTexts: texts a database or an index would choke on are stored, shortened so that different ones stay different.
func TestHostileTexts(t *testing.T) { eachDatabase(t, testHostileTexts) }

func testHostileTexts(t *testing.T, database string) {
	hub := start(t, Options{Database: database})
	ex01 := hub.enrol(t, "EX01")
	long := strings.Repeat("x", 10_000)
	got := ex01.send(t, event(t, "d-1", 1, judged("EX\x00<script>alert(1)</script>", map[string][]string{
		"EXV-T-000": {long + "1", long + "2", "nul\x00", "<script>alert(2)</script>", "'; DROP TABLE servers; --", "\u202egnp.exe"}})))
	if got.Stored != 1 {
		t.Fatalf("%+v", got)
	}
	server := hub.serverNamed(t, "EX01")
	if server.Findings != 6 {
		t.Errorf("%d findings, want 6", server.Findings)
	}
	admin := hub.admin(t)
	for _, path := range []string{"/servers", "/servers/" + idOf(server), "/findings", "/findings/EXV-T-000", "/integrations", "/unknown", "/waivers"} {
		if text := hub.page(t, admin, path); strings.Contains(text, "<script>alert") || strings.Contains(text, "\u202e") {
			t.Errorf("%s shows a text of a server as it is", path)
		}
	}
}

// TestStatus: the last status counts, and names the bundle that was refused.
func TestStatus(t *testing.T) { eachDatabase(t, testStatus) }

func testStatus(t *testing.T, database string) {
	hub := start(t, Options{Database: database})
	ex01 := hub.enrol(t, "EX01")
	send := func(text string) int {
		header := ex01.header()
		header.Del("Content-Encoding")
		return hub.ask(t, hub.client, "POST", "/status", header, []byte(text), nil)
	}
	if got := send(`{"labels": {"id": "someone else", "ring": "canary", "exvet": "0.1.0"}, "bundles": {"core": {"active_revision": "c2"},
		"acme": {"active_revision": "7", "code": "bundle_error", "message": "bundle/replayed: serial 6"}}, "metrics": {"exvet": {"core_embedded": 0}}}`); got != 200 {
		t.Fatalf("status %d", got)
	}
	if got := hub.serverNamed(t, "EX01"); got.Core != "c2" || got.Ring != "canary" || got.Trouble != "acme: bundle/replayed: serial 6" || got.Seen.IsZero() {
		t.Errorf("got %+v", got)
	}
	if got := send(`{"labels": {"ring": "canary"}, "bundles": {"core": {"active_revision": "c2"}, "acme": {"active_revision": "8"}}}`); got != 200 {
		t.Fatalf("status %d", got)
	}
	if got := hub.serverNamed(t, "EX01"); got.Trouble != "" {
		t.Errorf("trouble stays: %+v", got)
	}
	if got := send(`[]`); got != 400 {
		t.Errorf("a status that is none: %d", got)
	}
}
