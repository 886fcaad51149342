package engine

import (
	"strings"
	"testing"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
)

func TestLike(t *testing.T) {
	tests := []struct {
		pattern, text string
		want          bool
	}{
		{"EXV-IIS-004", "exv-iis-004", true},
		{"EXV-IIS-004", "EXV-IIS-0044", false},
		{"EXV-IIS-*", "EXV-IIS-004", true},
		{"*", "", true},
		{"", "", true},
		{"", "a", false},
		{"a*b*c", "aXbYbZc", true},
		{"a*b*c", "aXbYbZ", false},
		{"a?c", "abc", true},
		{"a?c", "ac", false},
		{"handler:*:*.aspx", "handler:Default Web Site/owa:*.aspx", true},
		{`file:C:\Program Files\*`, `file:c:\program files\a\[b].dll`, true},
		{"module:[ab]", "module:a", false},
		{"ÄRGER*", "ärger", true},
	}
	for _, tt := range tests {
		t.Run(tt.pattern+" "+tt.text, func(t *testing.T) {
			if got := like(tt.pattern, tt.text); got != tt.want {
				t.Errorf("got %t, want %t", got, tt.want)
			}
		})
	}
}

// TestLikeIsQuick holds a hostile subject against a pattern that makes a naive matcher take for ever.
func TestLikeIsQuick(t *testing.T) {
	start := time.Now()
	if like(strings.Repeat("*a", 50)+"b", strings.Repeat("a", 20_000)) {
		t.Error("matches")
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %s", took)
	}
}

func found(subject string) exvet.Finding {
	return exvet.Finding{Subject: subject, Severity: exvet.High}
}

func waiver(rule, subject, expires string) exvet.Waiver {
	return exvet.Waiver{Rule: rule, Subject: subject, Expires: expires}
}

func TestWaive(t *testing.T) {
	far := waiver("A", "*", "2027-01-01")
	elsewhere, here := far, far
	elsewhere.Server, here.Server = "EX02", "ex0?"
	tests := []struct {
		name    string
		result  exvet.Result
		waivers []exvet.Waiver
		status  exvet.Status
		state   exvet.WaiverState // of the first waiver
		expires string            // of the first finding's waiver
	}{
		{"every finding", result("A", exvet.Review, exvet.Found, found("x"), found("y")), []exvet.Waiver{far}, exvet.Waived, exvet.WaiverUsed, "2027-01-01"},
		{"one of two", result("A", exvet.Review, exvet.Found, found("x"), found("y")), []exvet.Waiver{waiver("A", "x", "2027-01-01")}, exvet.Found, exvet.WaiverUsed, "2027-01-01"},
		{"unknown comes before waived", open(result("A", exvet.Review, exvet.Found, found("x")), "iis"), []exvet.Waiver{far}, exvet.Unknown, exvet.WaiverUsed, "2027-01-01"},
		{"found comes before unknown", open(result("A", exvet.Review, exvet.Found, found("x"), found("y")), "iis"), []exvet.Waiver{waiver("A", "x", "2027-01-01")}, exvet.Found, exvet.WaiverUsed, "2027-01-01"},
		{"expired", result("A", exvet.Review, exvet.Found, found("x")), []exvet.Waiver{waiver("A", "*", "2026-11-19")}, exvet.Found, exvet.WaiverExpired, ""},
		{"last day", result("A", exvet.Review, exvet.Found, found("x")), []exvet.Waiver{waiver("A", "*", "2026-11-20")}, exvet.Waived, exvet.WaiverUsed, "2026-11-20"},
		{"no date", result("A", exvet.Review, exvet.Found, found("x")), []exvet.Waiver{waiver("A", "*", "never")}, exvet.Found, exvet.WaiverExpired, ""},
		{"the longest wins", result("A", exvet.Review, exvet.Found, found("x")), []exvet.Waiver{waiver("A", "x", "2026-12-01"), far}, exvet.Waived, exvet.WaiverUsed, "2027-01-01"},
		{"other server", result("A", exvet.Review, exvet.Found, found("x")), []exvet.Waiver{elsewhere}, exvet.Found, exvet.WaiverUndecided, ""},
		{"this server", result("A", exvet.Review, exvet.Found, found("x")), []exvet.Waiver{here}, exvet.Waived, exvet.WaiverUsed, "2027-01-01"},
		{"unused", result("A", exvet.Review, exvet.Clear), []exvet.Waiver{far}, exvet.Clear, exvet.WaiverUnused, ""},
		{"rule in error", result("A", exvet.Review, exvet.Error), []exvet.Waiver{far}, exvet.Error, exvet.WaiverUndecided, ""},
		{"rule unknown", open(result("A", exvet.Review, exvet.Unknown), "iis"), []exvet.Waiver{far}, exvet.Unknown, exvet.WaiverUndecided, ""},
		{"rule not asked", result("A", exvet.Review, exvet.Clear), []exvet.Waiver{waiver("B", "*", "2027-01-01")}, exvet.Clear, exvet.WaiverUndecided, ""},
		{"no such rule", result("A", exvet.Review, exvet.Clear), []exvet.Waiver{waiver("C", "*", "2027-01-01")}, exvet.Clear, exvet.WaiverUnknownRule, ""},
		{"not for this server", result("A", exvet.Review, exvet.NotApplicable, found("x")), []exvet.Waiver{far}, exvet.NotApplicable, exvet.WaiverUnused, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := &Engine{rules: []bundles.Rule{{About: exvet.About{ID: "A"}}, {About: exvet.About{ID: "B"}}}}
			report := &exvet.Report{
				GeneratedAt: time.Date(2026, 11, 20, 23, 59, 59, 0, time.UTC),
				Servers: []exvet.ServerReport{{
					Server: exvet.ReportedServer{Name: "EX01"}, Summary: exvet.Summary{Skipped: 1}, Results: []exvet.Result{tt.result},
				}},
			}
			e.Waive(report, tt.waivers)
			got := report.Servers[0].Results[0]
			if got.Status != tt.status {
				t.Errorf("status %q, want %q", got.Status, tt.status)
			}
			if state := report.Waivers[0].State; state != tt.state {
				t.Errorf("state %q, want %q", state, tt.state)
			}
			expires := ""
			if len(got.Findings) > 0 && got.Findings[0].Waiver != nil {
				expires = got.Findings[0].Waiver.Expires
			}
			if expires != tt.expires {
				t.Errorf("waived until %q, want %q", expires, tt.expires)
			}
			if sum := report.Servers[0].Summary; sum.Rules != 1 || sum.Skipped != 1 || (sum.Waived == 1) != (tt.status == exvet.Waived) {
				t.Errorf("summary %+v", sum)
			}
		})
	}
}

// TestStrongest holds the choice against the order in which waivers are given.
func TestStrongest(t *testing.T) {
	exact, wild := waiver("A", "x", "2027-01-01"), waiver("A", "*", "2027-01-01")
	for _, all := range [][]exvet.Waiver{{exact, wild}, {wild, exact}} {
		if got := strongest(all, "x"); got == nil || got.Subject != "x" {
			t.Errorf("of %v: got %v, want the exact one", all, got)
		}
	}
}
