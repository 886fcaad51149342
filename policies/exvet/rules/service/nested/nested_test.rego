package exvet.rules.service.nested_test

import data.exvet.rules.service.nested

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"service-nested": {"service:AcmeFilter"},
		"service-unknown-program": set(),
		"service-image": set(),
	}
	got := {finding.subject | some finding in nested.findings} with input as data.fixtures[name]
	got == want
}
