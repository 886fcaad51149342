package exvet.rules.event.rapid_fail_test

import data.exvet.rules.event.rapid_fail

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"pool-events": {"event:System/5002"},
		"pool-events-elsewhere": set(),
	}
	got := {finding.subject | some finding in rapid_fail.findings} with input as data.fixtures[name]
	got == want
}
