package hub

import (
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// chromium starts a browser of its own, or skips the test where there is none.
func chromium(t *testing.T) context.Context {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no Chromium: install the Debian package chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.Flag("ignore-certificate-errors", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", program, err)
	}
	ctx, expire := context.WithTimeout(ctx, 4*time.Minute)
	t.Cleanup(expire)
	return ctx
}

func do(ctx context.Context, t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

func command[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, c, params)
		return err
	})
}

func script(source string) chromedp.Action[chromedp.Void] {
	return chromedp.Evaluate[chromedp.Void](source)
}

func evaluate[T any](ctx context.Context, t *testing.T, expression string) T {
	t.Helper()
	got, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return got
}

// until waits until an expression of the page is true.
func until(ctx context.Context, t *testing.T, what, expression string) {
	t.Helper()
	for range 100 {
		got, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression)) // fails while the page changes
		if err == nil && got {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("%s: never; the page is %s", what, evaluate[string](ctx, t, "location.href + ' ' + document.activeElement.outerHTML.slice(0, 200) + ' ' + document.querySelector('main').innerText.slice(0, 900)"))
}

func keys(ctx context.Context, t *testing.T, all ...string) {
	t.Helper()
	for _, key := range all {
		do(ctx, t, chromedp.KeyEvent(key))
	}
}

// fleet makes a hub with some servers of every kind.
func fleet(t *testing.T) *running {
	t.Helper()
	hub := start(t, Options{})
	for i, rules := range []map[string][]string{
		{"EXV-T-000": {"pool:MSExchangeOWAAppPool", "module:Default Web Site/owa:SsoGate"}, "EXV-T-001": {"file:C:\\inetpub\\shell.aspx"}, "EXV-T-002": {"?"}},
		{"EXV-T-000": {"pool:MSExchangeOWAAppPool"}, "EXV-T-003": {"!handler:owa:Old"}},
		{"EXV-T-002": {"file:D:\\Tools\\hdr.dll"}, "EXV-T-001": {"?"}},
		{"EXV-T-004": {"agent:Fabrikam Archiver"}},
		{},
	} {
		ex := hub.enrol(t, []string{"EX01", "EX02", "EX03.contoso.example", "EX04", "EX05"}[i])
		ex.send(t, event(t, "d-1", 1, judged(ex.name, map[string][]string{"EXV-T-000": {"pool:Old"}})))
		ex.send(t, event(t, "d-2", 30, judged(ex.name, rules)))
		ring := []string{"canary", "canary", "stable", "stable", "stable"}[i]
		header := ex.header()
		header.Del("Content-Encoding")
		trouble := ""
		if i == 2 {
			trouble = `, "code": "bundle_error", "message": "bundle/replayed: acme has the serial 6, and 7 was seen before"`
		}
		if got := hub.ask(t, hub.client, "POST", "/status", header, []byte(`{"labels": {"ring": "`+ring+`", "exvet": "0.1.0"}, "bundles": {"core": {"active_revision": "2026-11"},
			"acme": {"active_revision": "7"`+trouble+`}}}`), nil); got != 200 {
			t.Fatal(got)
		}
	}
	hub.enrol(t, "EX06")
	for _, put := range []struct {
		path   string
		serial int
	}{{"stable/acme.tar.gz", 6}, {"stable/acme.tar.gz", 7}, {"canary/acme.tar.gz", 8}} {
		if _, err := hub.Site.Shelf.Put(put.path, signedBundle(t, put.serial)); err != nil {
			t.Fatal(err)
		}
	}
	if err := hub.DB.Count(context.Background(), time.Now().AddDate(0, 0, -1)); err != nil {
		t.Fatal(err)
	}
	if err := hub.DB.Count(context.Background(), time.Now()); err != nil {
		t.Fatal(err)
	}
	return hub
}

// logIn opens the log-in page and fills it in with the keyboard alone.
func logIn(ctx context.Context, t *testing.T, hub *running) {
	t.Helper()
	do(ctx, t, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(hub.url+"/"))
	until(ctx, t, "the log-in page", "document.activeElement && document.activeElement.name === 'name'")
	do(ctx, t, chromedp.KeyEvent(hub.First.Name))
	keys(ctx, t, "\t")
	do(ctx, t, chromedp.KeyEvent(hub.First.Password))
	keys(ctx, t, "\r")
	until(ctx, t, "the servers", "document.querySelector('h1')?.textContent === 'Servers' && !document.getElementById('theme').hidden")
}

// TestBrowserUse: log in, search, filter and read a server, by keyboard alone; then follow what comes in.
func TestBrowserUse(t *testing.T) {
	hub := fleet(t)
	ctx := chromium(t)
	logIn(ctx, t, hub)
	const rows = "document.querySelectorAll('[data-live=list] tbody tr').length"
	if got := evaluate[int](ctx, t, rows); got != 6 {
		t.Errorf("%d servers shown, want 6", got)
	}
	if got := evaluate[string](ctx, t, "document.querySelector('[data-live=list] tbody a').textContent"); got != "EX01" {
		t.Errorf("%s stands first, want the worst", got)
	}
	do(ctx, t, script("document.dispatchEvent(new KeyboardEvent('keydown', {key: '/', bubbles: true}))"))
	do(ctx, t, chromedp.KeyEvent("ex03"))
	keys(ctx, t, "\r")
	until(ctx, t, "the search", rows+" === 1 && location.search === '?q=ex03'")
	do(ctx, t, chromedp.Navigate(hub.url+"/servers?state=trouble"))
	until(ctx, t, "servers in trouble", rows+" === 1 && document.body.innerText.includes('bundle/replayed')")
	// From the top of the page to the server: Tab until its link has the focus, then Enter.
	for range 60 {
		keys(ctx, t, "\t")
		if evaluate[string](ctx, t, "document.activeElement.textContent") == "EX03.contoso.example" {
			break
		}
	}
	keys(ctx, t, "\r")
	until(ctx, t, "the server's page", "document.querySelector('h1')?.textContent === 'EX03.contoso.example'")
	for _, want := range []string{"refused: bundle/replayed", "Contoso Gate", "EXV-T-002", "web.config is malformed", "pool:Old", "fixed"} {
		if !evaluate[bool](ctx, t, "document.body.innerText.includes('"+want+"')") {
			t.Errorf("the page of the server does not say %q", want)
		}
	}
	do(ctx, t, script("[...document.querySelectorAll('a')].find((a) => a.textContent === 'What changed').click()"))
	until(ctx, t, "what changed", "document.querySelector('h1')?.textContent === 'What changed' && document.querySelectorAll('tbody tr').length === 2")
	do(ctx, t, chromedp.Navigate(hub.url+"/servers"))
	until(ctx, t, "the page follows", "!document.getElementById('live').hidden")
	hub.enrol(t, "EX07").send(t, event(t, "d-9", 50, judged("EX07", map[string][]string{"EXV-T-000": {"pool:New"}})))
	until(ctx, t, "a server that has come in", "document.body.innerText.includes('EX07')")
	saveScreenshots(ctx, t, hub, "", pathsOf(t, hub))
}

// pathsOf lists every page of a hub that a person sees.
func pathsOf(t *testing.T, hub *running) []string {
	t.Helper()
	id := idOf(hub.serverNamed(t, "EX01"))
	return []string{"/servers", "/servers/" + id, "/servers/" + id + "/diff", "/integrations", "/integrations/servers?title=Contoso+Gate", "/findings", "/findings/EXV-T-000", "/unknown", "/waivers",
		"/bundles", "/enrolments", "/notices", "/account", "/users", "/audit", "/nothing"}
}

// An axe asks axe-core about pages.
type axe struct{ source string }

func newAxe(t *testing.T) axe {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("..", "..", "tools", "axe", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Skip("no axe-core: run npm ci in tools/axe")
	}
	return axe{string(source)}
}

// check opens a page in a theme and asks axe-core about it, and whether anything is wider than the screen.
func (a axe) check(ctx context.Context, t *testing.T, hub *running, path, scheme string, width int64) {
	t.Helper()
	do(ctx, t, theme(scheme), chromedp.EmulateViewport(width, 800), chromedp.Navigate(hub.url+path),
		script("document.querySelectorAll('details').forEach((d) => { d.open = true })"), script(a.source))
	for _, violation := range evaluate[[]string](ctx, t, `axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations.map((v) =>
		v.id + ': ' + v.help + ': ' + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(' ')))`) {
		t.Errorf("%s, %s, %d wide: %s", path, scheme, width, violation)
	}
	if got := evaluate[int64](ctx, t, "document.documentElement.scrollWidth"); got > width {
		t.Errorf("%s: %d wide on a screen of %d", path, got, width)
	}
}

func theme(scheme string) chromedp.Action[chromedp.Void] {
	return command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
}

// checkAll asks about pages in both themes, wide and narrow.
func (a axe) checkAll(ctx context.Context, t *testing.T, hub *running, paths []string) {
	t.Helper()
	for _, path := range paths {
		for _, scheme := range []string{"light", "dark"} {
			for _, width := range []int64{1280, 360} {
				a.check(ctx, t, hub, path, scheme, width)
			}
		}
	}
}

// TestBrowserAxe asks axe-core about every page, and that nothing is wider than the screen.
func TestBrowserAxe(t *testing.T) {
	a := newAxe(t)
	hub := fleet(t)
	ctx := chromium(t)
	a.check(ctx, t, hub, "/login", "light", 1280)
	a.check(ctx, t, hub, "/login", "dark", 360)
	logIn(ctx, t, hub)
	a.checkAll(ctx, t, hub, pathsOf(t, hub))
}

// TestBrowserWithoutScripts: every page says the same without JavaScript, and its forms work.
func TestBrowserWithoutScripts(t *testing.T) {
	hub := fleet(t)
	ctx := chromium(t)
	do(ctx, t, command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}), chromedp.Navigate(hub.url+"/servers?stance=unsupported"),
		command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: false}))
	if !evaluate[bool](ctx, t, "document.getElementById('theme').hidden") {
		t.Error("a button that needs a script is shown")
	}
	admin := hub.admin(t)
	if text := hub.page(t, admin, "/servers?stance=unsupported&q=ex0"); !strings.Contains(text, ">EX01<") || strings.Contains(text, ">EX04<") {
		t.Error("the filter of the servers needs a script")
	}
	if text := hub.page(t, admin, "/api/v1/integrations"); !strings.Contains(text, `"servers": 4,`) {
		t.Errorf("four servers have a product, two of them by two entries: %s", text)
	}
	for search, want := range map[string]bool{"GATE": true, "contoso": true, "fabrikam": false, "%": false} {
		if got := strings.Contains(hub.page(t, admin, "/api/v1/integrations?q="+url.QueryEscape(search)), "Contoso Gate"); got != want {
			t.Errorf("a search for %q finds the product: %t, want %t", search, got, want)
		}
	}
}

// saveScreenshots writes pictures of pages to the directory EXVET_SCREENSHOTS names, in both themes, on a desk and on a telephone, for people to
// look at.
func saveScreenshots(ctx context.Context, t *testing.T, hub *running, prefix string, paths []string) {
	t.Helper()
	dir := os.Getenv("EXVET_SCREENSHOTS")
	if dir == "" {
		return
	}
	for _, scheme := range []string{"light", "dark"} {
		for device, width := range map[string]int64{"desk": 1280, "phone": 390} {
			for _, path := range paths {
				do(ctx, t, theme(scheme), chromedp.EmulateViewport(width, 844), chromedp.Navigate(hub.url+path))
				picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
				if err != nil {
					t.Fatal(err)
				}
				name := strings.NewReplacer("/", "_", "?", "_").Replace(strings.TrimPrefix(path, "/"))
				if err := os.WriteFile(filepath.Join(dir, prefix+name+"-"+device+"-"+scheme+".png"), picture, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
