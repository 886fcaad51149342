package exvet.rules.event.installed_service_test

import data.exvet.rules.event.installed_service

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"service-events": {"event:System/7045"},
		"service-events-own": set(),
	}
	got := {finding.subject | some finding in installed_service.findings} with input as data.fixtures[name]
	got == want
}

test_which if {
	got := [finding.message | some finding in installed_service.findings] with input as data.fixtures["service-events"]
	count(got) == 1
	contains(got[0], "Acme Agent")
}
