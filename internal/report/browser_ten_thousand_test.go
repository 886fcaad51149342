package report

import (
	"context"
	"maps"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"

	"github.com/exvet/exvet"
)

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
