package decision

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/exvet/exvet"
)

// Since makes Changes of a Whole: what of it differs from the report that was sent whole as the decision base. It reports
// false where the two cannot be told apart rule by rule, or where nothing would be saved; the Whole is to be sent then.
func Since(base string, before *exvet.Report, now Result) (Result, bool) {
	if now.Kind != Whole || before == nil || len(before.Servers) != 1 || len(now.Report.Servers) != 1 {
		return now, false
	}
	old := byID(before.Servers[0].Results)
	server := now.Report.Servers[0]
	changed := []exvet.Result{}
	for _, result := range server.Results {
		was, ok := old[result.ID]
		if !ok || !same(was, result) {
			changed = append(changed, result)
		}
		delete(old, result.ID)
	}
	if len(changed) == len(server.Results) {
		return now, false
	}
	removed := []string{}
	for id := range old {
		removed = append(removed, id)
	}
	slices.Sort(removed)
	report := *now.Report
	server.Results = changed
	report.Servers = []exvet.ServerReport{server}
	now.Kind, now.Base, now.Report, now.Removed = Changes, base, &report, removed
	return now, true
}

// Apply gives the report Changes stand for, from that of the Whole they stand on. Both stay as they are.
func Apply(before *exvet.Report, changes Result) (*exvet.Report, error) {
	if changes.Kind != Changes || changes.Report == nil || len(changes.Report.Servers) != 1 {
		return nil, fmt.Errorf("a result of kind %q holds no changes of one server", changes.Kind)
	}
	if before == nil || len(before.Servers) != 1 {
		return nil, fmt.Errorf("decision %q, which the changes stand on, is no report of one server", changes.Base)
	}
	report := *changes.Report
	server := report.Servers[0]
	all := byID(before.Servers[0].Results)
	for _, id := range changes.Removed {
		delete(all, id)
	}
	for _, result := range server.Results {
		all[result.ID] = result
	}
	server.Results = make([]exvet.Result, 0, len(all))
	for _, result := range all {
		server.Results = append(server.Results, result)
	}
	slices.SortFunc(server.Results, func(a, b exvet.Result) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	report.Servers = []exvet.ServerReport{server}
	return &report, nil
}

// same compares two results as documents: an empty list is none.
func same(a, b exvet.Result) bool {
	if reflect.DeepEqual(a, b) {
		return true
	}
	left, err := json.Marshal(a)
	if err != nil {
		return false
	}
	right, err := json.Marshal(b)
	return err == nil && string(left) == string(right)
}

func byID(results []exvet.Result) map[string]exvet.Result {
	all := make(map[string]exvet.Result, len(results))
	for _, result := range results {
		all[result.ID] = result
	}
	return all
}

// Count gives what Result.Counts holds.
func Count(report *exvet.Report) map[exvet.Severity]int {
	counts := map[exvet.Severity]int{}
	for _, server := range report.Servers {
		for _, result := range server.Results {
			for _, finding := range result.Findings {
				if result.Status == exvet.Found && report.Exit.CountsFinding(result.Stance, finding) {
					counts[finding.Severity]++
				}
			}
		}
	}
	return counts
}
