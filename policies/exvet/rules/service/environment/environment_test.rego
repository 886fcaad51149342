package exvet.rules.service.environment_test

import data.exvet.rules.service.environment

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"service-variable": {"service:MSExchangeIS"},
		"profiler-exchange-service": set(),
		"profiler-other-service": set(),
		"domain-manager": set(),
	}
	got := {finding.subject | some finding in environment.findings} with input as data.fixtures[name]
	got == want
}
