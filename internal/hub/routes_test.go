package hub

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/exvet/exvet/internal/hub/access"
	"github.com/exvet/exvet/internal/hub/store"
)

func idOf(s store.Server) string { return strconv.FormatInt(s.ID, 10) }

// TestEveryEndpoint walks all: none answers without its credentials, and none takes those of another kind or a lesser role.
func TestEveryEndpoint(t *testing.T) {
	hub := start(t, Options{})
	ex01 := hub.enrol(t, "EX01")
	ex01.send(t, event(t, "d-1", 1, judged("EX01", nil)))
	clients := map[string]*http.Client{"nobody": hub.client}
	for _, role := range access.Roles() {
		if _, err := access.AddUser(context.Background(), hub.DB, string(role)+"1", role, "correct horse battery", false); err != nil {
			t.Fatal(err)
		}
		clients[string(role)] = hub.browser(t, string(role)+"1", "correct horse battery")
	}
	may := map[need][]string{
		nothing: {"nobody", "agent", "viewer", "operator", "admin"}, code: {}, agentOnly: {"agent"}, reader: {"agent", "operator", "admin"},
		viewer: {"viewer", "operator", "admin"}, operator: {"operator", "admin"}, admin: {"admin"},
	}
	public := 0
	for _, route := range hub.routes() {
		if route.need == nothing {
			public++
		}
		if strings.HasSuffix(route.pattern, "/logout") || strings.Contains(route.pattern, "/events") {
			continue // would end the session, or the test would wait for what comes
		}
		method, path, _ := strings.Cut(route.pattern, " ")
		path = strings.NewReplacer("{server}", idOf(hub.serverNamed(t, "EX01")), "{decision}", "d-1.json", "{rule}", "EXV-T-000", "{file}", "style.css", "{path...}", "stable/none.tar.gz",
			"{partition}", "p", "{key}", "none", "{user}", "1", "{$}", "").Replace(path)
		if strings.HasSuffix(path, "/remove") && strings.HasPrefix(path, "/servers") {
			continue // TestRemove does it
		}
		for _, who := range []string{"nobody", "agent", "viewer", "operator", "admin"} {
			header := http.Header{"Origin": {hub.url}, "Sec-Fetch-Site": {"same-origin"}, "Content-Type": {"application/x-www-form-urlencoded"}}
			client := clients[who]
			if who == "agent" {
				client = hub.client
				header.Set("Authorization", "Bearer "+ex01.token)
			}
			status := hub.ask(t, client, method, path, header, nil, nil)
			allowed := false
			for _, each := range may[route.need] {
				allowed = allowed || each == who
			}
			denied := status == http.StatusUnauthorized || status == http.StatusForbidden
			if path == "/login" && method == "POST" {
				denied = status == http.StatusForbidden // no name, no password: that is its answer
			}
			if path == "/oidc/callback" || path == "/enrol" {
				continue // TestOIDC, TestEnrol
			}
			if denied == allowed {
				t.Errorf("%s, as %s: %d", route.pattern, who, status)
			}
		}
	}
	if public != 6 {
		t.Errorf("%d endpoints need nothing: is each one right?", public)
	}
}

// TestOtherSites: a page elsewhere cannot make a browser act on the hub.
func TestOtherSites(t *testing.T) {
	hub := start(t, Options{})
	admin := hub.admin(t)
	for _, header := range []http.Header{
		{"Origin": {"https://evil.example"}}, {"Sec-Fetch-Site": {"cross-site"}}, {"Sec-Fetch-Site": {"same-site"}}, {},
	} {
		header.Set("Content-Type", "application/x-www-form-urlencoded")
		if got := hub.ask(t, admin, "POST", "/enrolments", header, []byte(url.Values{"name": {"EX09"}}.Encode()), nil); got != http.StatusForbidden {
			t.Errorf("%v: %d, want 403", header, got)
		}
	}
	if codes, err := hub.DB.Codes(context.Background(), time.Now()); err != nil || len(codes) > 0 {
		t.Errorf("codes %v, %v", codes, err)
	}
}

// TestOtherServer: the identity of one server cannot write another's results, whatever its reports and labels say.
func TestOtherServer(t *testing.T) {
	hub := start(t, Options{})
	ex01, ex02 := hub.enrol(t, "EX01"), hub.enrol(t, "EX02")
	ex02.send(t, event(t, "d-1", 1, judged("EX02", map[string][]string{"EXV-T-000": {"pool:A"}})))
	forged := event(t, "d-1", 50, judged("EX02", nil))
	forged.Labels["id"], forged.Labels["host"] = "EX02", "EX02"
	if got := ex01.send(t, forged); got.Stored != 1 {
		t.Fatalf("%+v", got)
	}
	all, _, err := hub.DB.Servers(context.Background(), store.ServerQuery{Sort: "name", To: 10})
	if err != nil || len(all) != 2 {
		t.Fatal(all, err)
	}
	if all[1].Name != "EX02" || all[1].Findings != 1 {
		t.Errorf("EX02 is %+v: another server wrote it", all[1])
	}
	if text := hub.page(t, hub.admin(t), "/servers/"+idOf(all[0])); !strings.Contains(text, "It calls itself EX02") {
		t.Error("the page does not say that EX01 calls itself EX02")
	}
}

// TestTitleOfOther: what one server says of a rule does not replace what others say.
func TestTitleOfOther(t *testing.T) {
	hub := start(t, Options{})
	found := map[string][]string{"EXV-T-000": {"pool:A"}}
	for _, name := range []string{"EX01", "EX02"} {
		hub.enrol(t, name).send(t, event(t, "d-1", 1, judged(name, found)))
	}
	forged := judged("EX03", found)
	forged.Servers[0].Results[0].Title, forged.Servers[0].Results[0].Stance = "Nothing to see", "supported"
	hub.enrol(t, "EX03").send(t, event(t, "d-1", 1, forged))
	rules, err := hub.DB.Rules(context.Background(), "EXV-T-000")
	if err != nil || len(rules) != 1 || rules[0].Title != "Rule EXV-T-000" || rules[0].Stance != "unsupported" || rules[0].Found != 3 {
		t.Errorf("got %+v, %v", rules, err)
	}
}
