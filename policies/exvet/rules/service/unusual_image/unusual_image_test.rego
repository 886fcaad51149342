package exvet.rules.service.unusual_image_test

import data.exvet.rules.service.unusual_image

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"service-arguments": {"service:MSExchangeRepl"},
		"service-unknown-program": {"service:MSExchangeNew"},
		"service-unquoted": {"service:MSExchangeRepl"},
		"service-image": set(),
		"service-edge": set(),
	}
	got := {finding.subject | some finding in unusual_image.findings} with input as data.fixtures[name]
	got == want
}
