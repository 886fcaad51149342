package hub

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestBrowserEmpty: a hub nobody reports to yet says on every page what to do, and so do pages of what is not there.
func TestBrowserEmpty(t *testing.T) {
	a := newAxe(t)
	hub := start(t, Options{})
	ctx := chromium(t)
	logIn(ctx, t, hub)
	for path, want := range emptyPages() {
		a.checkAll(ctx, t, hub, []string{path})
		if text := evaluate[string](ctx, t, "document.querySelector('main').innerText"); !strings.Contains(text, want) {
			t.Errorf("%s says %q, want %q", path, text, want)
		}
	}
	saveScreenshots(ctx, t, hub, "empty-", slices.Sorted(maps.Keys(emptyPages())))
}

// emptyPages says what the pages of an empty hub say.
func emptyPages() map[string]string {
	const nothing = "There is no such page."
	return map[string]string{
		"/nothing": nothing, "/servers/1": nothing, "/servers/1/diff": nothing, "/servers/x": nothing, "/findings/EXV-NO-000": nothing, "/integrations/servers?title=None": nothing,
		"/servers": "No server is enrolled yet", "/servers?q=nobody": "No server is enrolled yet", "/integrations": "No server has reported one.", "/findings": "Nothing was found, or no server has reported yet.", "/unknown": "no server has reported yet", "/waivers": "No server's report holds one", "/bundles": "No bundle is served",
		"/enrolments": "Enrol", "/notices": "No channel is named", "/account": "", "/users": "admin", "/audit": "logged in",
	}
}
