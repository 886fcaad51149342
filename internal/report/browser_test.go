package report

import (
	"bytes"
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	dialogs "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/exvet/exvet"
)

// browser starts a Chromium of its own that asks nobody anything, or skips the test where there is none.
func browser(t *testing.T) context.Context {
	t.Helper()
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			program = found
			break
		}
	}
	if program == "" {
		t.Skip("no Chromium: install the Debian package chromium")
	}
	options := slices.Concat(chromedp.DefaultExecAllocatorOptions[:], []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(program), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,

		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("hide-scrollbars", false),
	})
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

// A watch notes what a page must not do: ask for anything but itself, or complain.
type watch struct {
	mu       sync.Mutex
	requests []string
	problems []string
}

func watchPage(ctx context.Context, t *testing.T) *watch {
	t.Helper()
	w := &watch{}
	err := chromedp.Listen(ctx, func(event any) {
		w.mu.Lock()
		defer w.mu.Unlock()
		switch event := event.(type) {
		case *network.EventRequestWillBeSent:
			if !strings.HasPrefix(event.Request.URL, "data:") {
				w.requests = append(w.requests, event.Request.URL)
			}
		case *runtime.EventExceptionThrown:
			w.problems = append(w.problems, event.ExceptionDetails.Text)
		case *runtime.EventConsoleAPICalled:
			w.problems = append(w.problems, "console."+string(event.Type))
		case *log.EventEntryAdded:
			w.problems = append(w.problems, event.Entry.Text)
		case *dialogs.EventJavascriptDialogOpening:
			w.problems = append(w.problems, "dialog: "+event.Message)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	run(ctx, t, command(network.Enable, network.EnableParams{}), command(log.Enable, cdp.Empty{}))
	return w
}

func (w *watch) check(t *testing.T, url string) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if !reflect.DeepEqual(w.requests, []string{url}) {
		t.Errorf("requests %q, want the page alone", w.requests)
	}
	if len(w.problems) > 0 {
		t.Errorf("the page complains: %q", w.problems)
	}
}

// saved writes a report as HTML and gives its address.
func saved(t *testing.T, r *exvet.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, "html", r, Options{}); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return "file://" + filepath.ToSlash(file)
}

func run(ctx context.Context, t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// command is one of the browser's own.
func command[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, c, params)
		return err
	})
}

// script runs in the page; what it gives is not asked.
func script(source string) chromedp.Action[chromedp.Void] {
	return chromedp.Evaluate[chromedp.Void](source)
}

// evaluate gives the value of an expression in the page.
func evaluate[T any](ctx context.Context, t *testing.T, expression string) T {
	t.Helper()
	got, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

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

// TestBrowserTenThousand: the page of ten thousand findings, of many products or of none, opens in under two
// seconds and filters in less. Where others use the processors too, the best of some tries counts, and for opening the
// time a processor worked for the page.
func TestBrowserTenThousand(t *testing.T) {
	const tries, limit = 5, 2000 // milliseconds
	unattributed := manyFindings(10_000)
	for i := range unattributed.Servers[0].Results {
		for j := range unattributed.Servers[0].Results[i].Findings {
			unattributed.Servers[0].Results[i].Findings[j].Integration = ""
		}
	}
	in := exvet.Integration{Stance: exvet.Unsupported, Confidence: "none"}
	for _, product := range unattributed.Servers[0].Integrations {
		in.Methods = append(in.Methods, product.Methods...)
	}
	unattributed.Servers[0].Integrations = []exvet.Integration{in}
	for name, r := range map[string]*exvet.Report{"products": manyFindings(10_000), "unattributed": unattributed} {
		t.Run(name, func(t *testing.T) {
			ctx := browser(t)
			url := saved(t, r)
			best := map[string]float64{"open": limit + 1}
			for range tries {
				for what, took := range tenThousand(ctx, t, url) {
					if before, ok := best[what]; !ok || took < before {
						best[what] = took
					}
				}
				if slices.Max(slices.Collect(maps.Values(best))) < limit {
					break
				}
			}
			t.Logf("milliseconds: %v", best)
			for what, took := range best {
				if took > limit {
					t.Errorf("%s: %.0f ms, want less than %d", what, took, limit)
				}
			}
		})
	}
}

// workOf is how many milliseconds a processor has worked for the page.
func workOf(ctx context.Context, t *testing.T) float64 {
	t.Helper()
	got, err := chromedp.Run(ctx, func(ctx context.Context, target *chromedp.Target) (performance.GetMetricsResult, error) {
		_, err := cdp.Call(ctx, target, performance.Enable, performance.EnableParams{TimeDomain: performance.EnableTimeDomainThreadTicks})
		if err != nil {
			return performance.GetMetricsResult{}, err
		}
		return cdp.Call(ctx, target, performance.GetMetrics, cdp.Empty{})
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, metric := range got.Metrics {
		if metric.Name == "TaskDuration" {
			return metric.Value * 1000
		}
	}
	t.Fatal("the browser does not say how long it worked")
	return 0
}

// tenThousand opens the page and filters it, and says how long each took until it showed.
func tenThousand(ctx context.Context, t *testing.T, url string) map[string]float64 {
	t.Helper()
	run(ctx, t, chromedp.EmulateViewport(1280, 900), chromedp.Navigate("about:blank"))
	before := workOf(ctx, t)
	run(ctx, t, chromedp.Navigate(url))
	waited := evaluate[float64](ctx, t, "performance.getEntriesByType('navigation')[0].loadEventEnd")
	worked := workOf(ctx, t) - before
	t.Logf("open: waited %.0f ms, worked %.0f ms", waited, worked)
	took := map[string]float64{"open": min(waited, worked)}
	filter := func(source string) float64 {
		return evaluate[float64](ctx, t, `new Promise((done) => { const start = performance.now();
			const shown = document.getElementById('shown'); const before = shown.textContent;
			const look = () => shown.textContent !== before ? requestAnimationFrame(() => setTimeout(() => done(performance.now() - start))) : setTimeout(look, 5);
			`+source+`; look(); })`)
	}
	took["search"] = filter("const s = document.getElementById('search'); s.value = 'gate09999'; s.dispatchEvent(new Event('input', {bubbles: true}))")
	if got := evaluate[string](ctx, t, "document.getElementById('shown').textContent"); got != "1 of 10000 findings" {
		t.Errorf("got %q, want one finding", got)
	}
	took["reset"] = filter("document.querySelector('#filters [type=reset]').click()")
	took["one stance less"] = filter("document.querySelector('[name=stance][value=unsupported]').click()")
	return took
}
