package exvet.rules.service.replaced_program_test

import data.exvet.rules.service.replaced_program

test_findings[name] if {
	some name, want in {
		"healthy": set(),
		"service-microsoft": set(),
		"service-unsigned": {["service:MSExchangeTransport", "critical"]},
		"service-of-another": {["service:MSExchangeTransport", "critical"]},
	}
	got := {[finding.subject, finding.severity] |
		some finding in replaced_program.findings
	} with input as data.fixtures[name]
	got == want
}
