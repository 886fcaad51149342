package exvet.rules.service.dependency_test

import data.exvet.rules.service.dependency

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"service-dependency": {"service:MSExchangeTransport"},
		"service-edge": set(),
	}
	got := {finding.subject | some finding in dependency.findings} with input as data.fixtures[name]
	got == want
}
