package exvet.rules.service.disabled_test

import data.exvet.rules.service.disabled

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"service-disabled": {"service:FMS"},
		"service-pop-disabled": set(),
	}
	got := {finding.subject | some finding in disabled.findings} with input as data.fixtures[name]
	got == want
}
