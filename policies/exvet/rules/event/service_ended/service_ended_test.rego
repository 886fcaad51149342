package exvet.rules.event.service_ended_test

import data.exvet.rules.event.service_ended

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"service-events": {"event:System/7034"},
		"service-events-own": set(),
	}
	got := {finding.subject | some finding in service_ended.findings} with input as data.fixtures[name]
	got == want
}
