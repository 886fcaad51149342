package exvet.rules.service.failure_command_test

import data.exvet.rules.service.failure_command

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"service-failure": {"service:MSExchangeTransport"},
		"service-failure-actions": set(),
	}
	got := {finding.subject | some finding in failure_command.findings} with input as data.fixtures[name]
	got == want
}
