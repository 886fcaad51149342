package engine

import (
	"slices"
	"testing"

	"github.com/exvet/exvet"
)

func result(id string, stance exvet.Stance, status exvet.Status, findings ...exvet.Finding) exvet.Result {
	return exvet.Result{
		About:  exvet.About{ID: id, Stance: stance, Severity: exvet.Medium, Needs: []string{"iis.modules"}},
		Status: status, Missing: []exvet.Missing{}, Findings: findings,
	}
}

func open(result exvet.Result, facts ...string) exvet.Result {
	result.Missing = append(result.Missing, exvet.Missing{Facts: facts, Reason: "not XML"})
	return result
}

func graded(severity exvet.Severity) exvet.Finding {
	return exvet.Finding{Subject: "s", Message: "m", Severity: severity}
}

func TestConclude(t *testing.T) {
	waived := graded(exvet.Critical)
	waived.Waiver = &exvet.Waiver{Reason: "known"}
	none := []string{"none"}
	tests := []struct {
		name    string
		options ExitOptions
		results []exvet.Result
		code    int
		reason  string
	}{
		{"nothing found", ExitOptions{}, []exvet.Result{result("A", exvet.Unsupported, exvet.Clear)}, 0,
			"nothing unsupported, security, review or deprecated at or above medium, and exchange, iis, services, injection, amsi and events seen in full"},
		{"found", ExitOptions{}, []exvet.Result{result("A", exvet.Unsupported, exvet.Found, graded(exvet.Medium))}, 2,
			"unsupported, security, review or deprecated at or above medium"},
		{"deprecated counts", ExitOptions{}, []exvet.Result{result("A", exvet.Deprecated, exvet.Found, graded(exvet.High))}, 2,
			"unsupported, security, review or deprecated at or above medium"},
		{"supported never counts", ExitOptions{FailOn: "low"}, []exvet.Result{result("A", exvet.Supported, exvet.Found, graded(exvet.Critical))}, 0,
			"nothing unsupported, security, review or deprecated at or above low, and exchange, iis, services, injection, amsi and events seen in full"},
		{"below fail-on", ExitOptions{FailOn: "critical"}, []exvet.Result{result("A", exvet.Security, exvet.Found, graded(exvet.High))}, 0,
			"nothing unsupported, security, review or deprecated at or above critical, and exchange, iis, services, injection, amsi and events seen in full"},
		{"never", ExitOptions{FailOn: "never"}, []exvet.Result{result("A", exvet.Security, exvet.Found, graded(exvet.Critical))}, 0,
			"no finding is to count, and exchange, iis, services, injection, amsi and events seen in full"},
		{"waived", ExitOptions{}, []exvet.Result{result("A", exvet.Security, exvet.Waived, waived)}, 0,
			"nothing unsupported, security, review or deprecated at or above medium, and exchange, iis, services, injection, amsi and events seen in full"},
		{"one of two waived", ExitOptions{}, []exvet.Result{result("A", exvet.Security, exvet.Found, waived, graded(exvet.Low))}, 0,
			"nothing unsupported, security, review or deprecated at or above medium, and exchange, iis, services, injection, amsi and events seen in full"},
		{"unknown", ExitOptions{}, []exvet.Result{open(result("A", exvet.Review, exvet.Unknown), "iis.modules")}, 3,
			"1 rule with facts of exchange, iis, services, injection, amsi and events not seen"},
		{"found outweighs unknown", ExitOptions{}, []exvet.Result{
			open(result("A", exvet.Review, exvet.Unknown), "iis"), result("B", exvet.Review, exvet.Found, graded(exvet.High))}, 2,
			"unsupported, security, review or deprecated at or above medium"},
		{"found too little to count and not all seen", ExitOptions{}, []exvet.Result{open(result("A", exvet.Review, exvet.Found, graded(exvet.Low)), "iis.modules")}, 3,
			"1 rule with facts of exchange, iis, services, injection, amsi and events not seen"},
		{"unknown of what is not required", ExitOptions{}, []exvet.Result{open(result("A", exvet.Review, exvet.Unknown), "processes")}, 0,
			"nothing unsupported, security, review or deprecated at or above medium, and exchange, iis, services, injection, amsi and events seen in full"},
		{"unknown of the registry", ExitOptions{}, []exvet.Result{open(result("A", exvet.Review, exvet.Unknown), "injection")}, 3,
			"1 rule with facts of exchange, iis, services, injection, amsi and events not seen"},
		{"one section required", ExitOptions{Require: []string{"services"}}, []exvet.Result{result("A", exvet.Review, exvet.Clear)}, 0,
			"nothing unsupported, security, review or deprecated at or above medium, and services seen in full"},
		{"unknown of what the user requires", ExitOptions{Require: []string{"processes"}}, []exvet.Result{open(result("A", exvet.Review, exvet.Unknown), "processes")}, 3,
			"1 rule with facts of processes not seen"},
		{"nothing required", ExitOptions{Require: none}, []exvet.Result{open(result("A", exvet.Review, exvet.Unknown), "iis.modules")}, 0,
			"nothing unsupported, security, review or deprecated at or above medium, and nothing was required to be seen"},
		{"error", ExitOptions{}, []exvet.Result{result("A", exvet.Review, exvet.Error), result("B", exvet.Review, exvet.Error)}, 3, "2 rules in error"},
		{"error where nothing is required", ExitOptions{Require: none}, []exvet.Result{result("A", exvet.Review, exvet.Error)}, 0,
			"nothing unsupported, security, review or deprecated at or above medium, and nothing was required to be seen"},
		{"error and unknown", ExitOptions{}, []exvet.Result{result("A", exvet.Review, exvet.Error), open(result("B", exvet.Review, exvet.Unknown), "iis")}, 3,
			"1 rule in error and 1 rule with facts of exchange, iis, services, injection, amsi and events not seen"},
		{"unknown of what was asked for besides", ExitOptions{Asked: []string{"probes"}}, []exvet.Result{open(result("A", exvet.Review, exvet.Unknown), "probes.acme.gate")}, 3,
			"1 rule with facts of exchange, iis, services, injection, amsi, events and probes not seen"},
		{"asked for where nothing is required", ExitOptions{Require: none, Asked: []string{"probes"}}, []exvet.Result{open(result("A", exvet.Review, exvet.Unknown), "probes.acme.gate")}, 0,
			"nothing unsupported, security, review or deprecated at or above medium, and nothing was required to be seen"},
		{"not applicable", ExitOptions{}, []exvet.Result{open(result("A", exvet.Review, exvet.NotApplicable, graded(exvet.Critical)), "iis")}, 0,
			"nothing unsupported, security, review or deprecated at or above medium, and exchange, iis, services, injection, amsi and events seen in full"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			report := exvet.Report{Servers: []exvet.ServerReport{{}, {Results: test.results}}}
			Conclude(&report, test.options)
			if report.Exit.Code != test.code || report.Exit.Reason != test.reason {
				t.Errorf("got %d %q, want %d %q", report.Exit.Code, report.Exit.Reason, test.code, test.reason)
			}
			if report.Exit.Require == nil || report.Exit.FailOn == "" {
				t.Errorf("exit = %+v", report.Exit)
			}
		})
	}
}

// Binaries are required of the server whose copy holds any, and of no other.
func TestConcludeWhereHeld(t *testing.T) {
	held := exvet.ServerReport{Collected: map[string]exvet.Section{"binaries": {Status: exvet.Partial}}}
	absent := exvet.ServerReport{Collected: map[string]exvet.Section{"binaries": {Status: exvet.Absent}}}
	with := func(server exvet.ServerReport, facts string) exvet.ServerReport {
		server.Results = []exvet.Result{open(result("A", exvet.Review, exvet.Unknown), facts)}
		return server
	}
	tests := []struct {
		name     string
		servers  []exvet.ServerReport
		code     int
		required bool
	}{
		{"held", []exvet.ServerReport{with(held, "binaries.iis")}, 3, true},
		{"not copied", []exvet.ServerReport{with(absent, "binaries")}, 0, false},
		{"not copied, beside one that is whole", []exvet.ServerReport{with(absent, "binaries"), held}, 0, true},
		{"a snapshot from before", []exvet.ServerReport{with(exvet.ServerReport{}, "binaries")}, 0, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			report := exvet.Report{Servers: test.servers}
			for _, asked := range [][]string{nil, {"probes"}} { // what is asked for besides takes nothing away
				Conclude(&report, ExitOptions{Asked: asked})
				if got := slices.Contains(report.Exit.Require, "binaries"); report.Exit.Code != test.code || got != test.required {
					t.Errorf("got %d %v, want %d, binaries required: %t", report.Exit.Code, report.Exit, test.code, test.required)
				}
			}
		})
	}
}

func TestCheck(t *testing.T) {
	for _, fine := range []string{"", "low", "medium", "high", "critical", "never"} {
		if err := (ExitOptions{FailOn: fine}).Check(); err != nil {
			t.Errorf("fail on %q: %v", fine, err)
		}
	}
	refused(t, ExitOptions{FailOn: "hihg"}.Check(), "flag/fail-on", "hihg", "critical")
}

func TestSummarise(t *testing.T) {
	var results []exvet.Result
	for _, status := range []exvet.Status{exvet.Found, exvet.Clear, exvet.Unknown, exvet.Waived, exvet.NotApplicable, exvet.Error} {
		results = append(results, result("A", exvet.Review, status))
	}
	want := exvet.Summary{Rules: 6, Found: 1, Clear: 1, Unknown: 1, Waived: 1, NotApplicable: 1, Error: 1, Coverage: 0.6}
	if got := summarise(results); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := summarise(results[4:5]); got.Coverage != 0 {
		t.Errorf("coverage of nothing applicable = %v, want 0", got.Coverage)
	}
}
