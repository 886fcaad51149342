package exvet.rules.service.image_test

import data.exvet.rules.service.image

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"service-image": {"service:MSExchangeIS"},
		"service-unquoted": {"service:MSExchangeRepl"},
		"service-arguments": set(),
		"service-unknown-program": set(),
		"service-edge": set(),
		"service-nested": set(),
	}
	got := {finding.subject | some finding in image.findings} with input as data.fixtures[name]
	got == want
}

test_severity[name] if {
	some name, want in {
		"service-image": {"high"},
		"service-unquoted": {"medium"},
	}
	got := {finding.severity | some finding in image.findings} with input as data.fixtures[name]
	got == want
}
