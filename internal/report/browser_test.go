package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// visible counts what is shown of a selector.
const visible = `(s) => [...document.querySelectorAll(s)].filter((e) => e.checkVisibility()).length`

// TestBrowserFilters opens a report as a reader does and uses every filter.
func TestBrowserFilters(t *testing.T) {
	ctx := browser(t)
	r := waivedSample()
	r.Servers = append(r.Servers, sample().Servers[0])
	r.Servers[1].Server.Name = "EX02"
	url := saved(t, r)
	seen := watchPage(ctx, t)
	run(ctx, t, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(url))
	shown := func() int { return evaluate[int](ctx, t, "("+visible+")('.finding')") }
	press := func(source string) {
		t.Helper()
		run(ctx, t, script(source), chromedp.Sleep(200*time.Millisecond))
	}
	choose := func(id, value string) {
		t.Helper()
		press("{const s = document.getElementById('" + id + "'); s.value = '" + value + "'; s.dispatchEvent(new Event('input', {bubbles: true}))}")
	}
	reset := func() { t.Helper(); press("document.querySelector('#filters [type=reset]').click()") }
	expect := func(what string, want int) {
		t.Helper()
		if got := shown(); got != want {
			t.Errorf("%s: %d findings shown, want %d", what, got, want)
		}
	}
	expect("at first", 8)
	run(ctx, t, script("document.dispatchEvent(new KeyboardEvent('keydown', {key: '/', bubbles: true}))"), chromedp.KeyEvent("ssogate owa"), chromedp.Sleep(200*time.Millisecond))
	expect("search by keyboard", 2)
	if got := evaluate[string](ctx, t, "document.getElementById('shown').textContent"); got != "6 of 12 findings" {
		t.Errorf("got %q, want the places counted", got)
	}
	run(ctx, t, chromedp.KeyEvent("\u001b"), chromedp.Sleep(200*time.Millisecond))
	expect("Escape", 8)
	press("document.querySelector('[name=stance][value=unsupported]').click()")
	expect("without unsupported", 4)
	reset()
	expect("reset", 8)
	choose("severity", "critical")
	expect("critical", 2)
	press("document.getElementById('waived').click()")
	expect("critical and not waived", 1)
	reset()
	choose("clause", "C2")
	expect("clause C2", 2)
	reset()
	choose("server", "s2")
	expect("one server", 4)
	choose("search", "no such thing")
	expect("no such thing", 0)
	if evaluate[int](ctx, t, "("+visible+")('#nothing')") != 1 {
		t.Error("nothing says that nothing fits")
	}
	reset()
	expect("reset at the end", 8)
	seen.check(t, url)
}

// TestBrowserAxe asks axe-core about both themes, chosen by the system and by the button, wide and narrow, and
// that nothing is wider than the screen.
func TestBrowserAxe(t *testing.T) {
	axe, err := os.ReadFile(filepath.Join("..", "..", "tools", "axe", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Skip("no axe-core: run npm ci in tools/axe")
	}
	ctx := browser(t)
	r := waivedSample()
	r.Servers = append(r.Servers, twoServers().Servers...)
	url := saved(t, r)
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{1280, 360} {
			for _, button := range []bool{false, true} {
				media := command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
					Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
				run(ctx, t, media, chromedp.EmulateViewport(width, 800), chromedp.Navigate(url))
				background := evaluate[string](ctx, t, "getComputedStyle(document.body).backgroundColor")
				if button {
					run(ctx, t, script("document.getElementById('theme').click()"))
					if now := evaluate[string](ctx, t, "getComputedStyle(document.body).backgroundColor"); now == background {
						t.Errorf("%s: the button leaves the colours as they are", scheme)
					}
				}
				run(ctx, t, script("document.querySelectorAll('details').forEach((d) => { d.open = true })"),
					script(string(axe)))
				for _, violation := range evaluate[[]string](ctx, t, `axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations.map((v) =>
					v.id + ': ' + v.help + ': ' + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(' ')))`) {
					t.Errorf("%s, %d wide, button %t: %s", scheme, width, button, violation)
				}
				if got := evaluate[int64](ctx, t, "document.documentElement.scrollWidth"); got > width {
					t.Errorf("%s: %d wide on a screen of %d", scheme, got, width)
				}
			}
		}
	}
}

// TestBrowserWithoutScripts: everything is there, and what needs a script is not. On paper, all of it.
func TestBrowserWithoutScripts(t *testing.T) {
	ctx := browser(t)
	url := saved(t, waivedSample())
	scripts := func(on bool) chromedp.Action[chromedp.Void] {
		return command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
	}
	run(ctx, t, scripts(false), chromedp.Navigate(url), scripts(true))
	count := func(selector string) int { return evaluate[int](ctx, t, "("+visible+")('"+selector+"')") }
	if got := count(".finding"); got != 4 {
		t.Errorf("%d findings shown, want 4", got)
	}
	if got := count("form, .tools"); got != 0 {
		t.Errorf("%d things shown that need a script", got)
	}
	if count(".places li") != 0 {
		t.Error("places are open on the screen")
	}
	run(ctx, t, command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}))
	if count(".places li") == 0 {
		t.Error("places are closed on paper")
	}
	if got := evaluate[string](ctx, t, "getComputedStyle(document.body).backgroundColor"); got != "rgb(255, 255, 255)" {
		t.Errorf("paper is %s", got)
	}
}

// TestBrowserHostile shows every hostile text at once: none runs, asks or hides anything.
func TestBrowserHostile(t *testing.T) {
	ctx := browser(t)
	var text, want strings.Builder
	for _, h := range hostile {
		text.WriteString(h.text + " | ")
		want.WriteString(h.safe + " | ")
	}
	url := saved(t, tainted(text.String()))
	seen := watchPage(ctx, t)
	run(ctx, t, chromedp.Navigate(url), chromedp.Sleep(300*time.Millisecond))
	if got := evaluate[int](ctx, t, "document.scripts.length + document.images.length"); got != 1 {
		t.Errorf("%d scripts and images, want the page's own script", got)
	}
	shown := evaluate[string](ctx, t, "document.querySelector('.message').innerText")
	if !strings.Contains(spaced(shown), spaced(want.String())) {
		t.Errorf("got %q, want it to hold %q", shown, want.String())
	}
	seen.check(t, url)
}
