package exvet.rules.transport.smtp_service_test

import data.exvet.rules.transport.smtp_service

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"smtp-service": {"service:SMTPSVC"},
	}
	got := {finding.subject | some finding in smtp_service.findings} with input as data.fixtures[name]
	got == want
}
