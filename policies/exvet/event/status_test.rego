package exvet.event_test

import data.exvet.main

# What a log that does not reach back leaves open, and what it leaves alone.
test_short_window if {
	want := {
		"EXV-EVT-001": ["unknown", {"Application"}],
		"EXV-EVT-002": ["clear", set()],
		"EXV-EVT-003": ["unknown", {"Application"}],
		"EXV-EVT-004": ["clear", set()],
		"EXV-EVT-008": ["unknown", {"Application"}],
		"EXV-EVT-009": ["clear", set()],
		"EXV-IIS-001": ["clear", set()],
	}
	got := {result.id: [result.status, {missing.scope | some missing in result.missing}] |
		some result in main.results
		want[result.id]
	} with input as data.fixtures["events-short"]
	got == want
}

test_no_logs if {
	got := {result.status |
		some result in main.results
		startswith(result.id, "EXV-EVT-")
	} with input as data.fixtures["events-absent"]
	got == {"unknown"}
}
