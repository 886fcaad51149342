package exvet.rules.event.planted_service_test

import data.exvet.rules.event.planted_service

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"service-events": {"event:System/7045"},
		"service-events-own": set(),
	}
	got := {finding.subject | some finding in planted_service.findings} with input as data.fixtures[name]
	got == want
}

test_which if {
	count(planted_service.findings) == 2 with input as data.fixtures["service-events"]
}
