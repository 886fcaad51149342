package decision

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/exvet/exvet"
)

// report makes a report of one server: a finding's subject for each id, "" for a rule that is clear.
func report(findings map[string]string) *exvet.Report {
	server := exvet.ServerReport{Server: exvet.ReportedServer{Name: "EX01"}, Results: []exvet.Result{}}
	for _, id := range []string{"EXV-A-1", "EXV-B-2", "EXV-C-3", "EXV-D-4"} {
		subject, ok := findings[id]
		if !ok {
			continue
		}
		result := exvet.Result{Status: exvet.Clear, Missing: []exvet.Missing{}, Findings: []exvet.Finding{}}
		result.ID, result.Stance = id, exvet.Unsupported
		if subject != "" {
			result.Status = exvet.Found
			result.Findings = append(result.Findings, exvet.Finding{Subject: subject, Severity: exvet.High, Evidence: []exvet.Evidence{}})
		}
		server.Results = append(server.Results, result)
	}
	return &exvet.Report{Format: 1, Servers: []exvet.ServerReport{server}, Exit: exvet.Exit{FailOn: "medium"}}
}

func TestSinceAndApply(t *testing.T) {
	before := map[string]string{"EXV-A-1": "", "EXV-B-2": "pool:X", "EXV-C-3": ""}
	tests := []struct {
		name    string
		now     map[string]string
		changed []string
		removed []string
		whole   bool
	}{
		{"nothing", before, []string{}, []string{}, false},
		{"found", map[string]string{"EXV-A-1": "app:Y", "EXV-B-2": "pool:X", "EXV-C-3": ""}, []string{"EXV-A-1"}, []string{}, false},
		{"gone", map[string]string{"EXV-B-2": "pool:X", "EXV-C-3": ""}, []string{}, []string{"EXV-A-1"}, false},
		{"new", map[string]string{"EXV-A-1": "", "EXV-B-2": "pool:X", "EXV-C-3": "", "EXV-D-4": "x"}, []string{"EXV-D-4"}, []string{}, false},
		{"all", map[string]string{"EXV-A-1": "a", "EXV-B-2": "b", "EXV-C-3": "c"}, nil, nil, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			now := Result{Format: Format, Kind: Whole, Report: report(test.now)}
			changes, ok := Since("id-1", report(before), now)
			if ok == test.whole {
				t.Fatalf("changes %v, want whole %v", ok, test.whole)
			}
			if test.whole {
				return
			}
			got := []string{}
			for _, result := range changes.Report.Servers[0].Results {
				got = append(got, result.ID)
			}
			if !reflect.DeepEqual(got, test.changed) || !reflect.DeepEqual(changes.Removed, test.removed) {
				t.Errorf("changed %q, removed %q; want %q, %q", got, changes.Removed, test.changed, test.removed)
			}
			// As a hub does: both travel as JSON.
			var sent Result
			raw, err := json.Marshal(changes)
			if err == nil {
				err = json.Unmarshal(raw, &sent)
			}
			if err != nil {
				t.Fatal(err)
			}
			applied, err := Apply(report(before), sent)
			if err != nil {
				t.Fatal(err)
			}
			want, _ := json.Marshal(report(test.now))
			if raw, _ = json.Marshal(applied); string(raw) != string(want) {
				t.Errorf("applied:\n%s\nwant\n%s", raw, want)
			}
		})
	}
}

func TestApplyRefuses(t *testing.T) {
	whole := Result{Kind: Whole, Report: report(nil)}
	if _, err := Apply(report(nil), whole); err == nil {
		t.Error("a whole was applied as changes")
	}
	if _, err := Apply(nil, Result{Kind: Changes, Base: "lost", Report: report(nil)}); err == nil {
		t.Error("changes were applied to nothing")
	}
}

func TestCount(t *testing.T) {
	r := report(map[string]string{"EXV-A-1": "a", "EXV-B-2": "b", "EXV-C-3": ""})
	r.Servers[0].Results[1].Findings[0].Waiver = &exvet.Waiver{}
	if got := Count(r); !reflect.DeepEqual(got, map[exvet.Severity]int{exvet.High: 1}) {
		t.Errorf("counts %v, want one high", got)
	}
}
