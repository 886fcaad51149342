package exvet.rules.service.account_test

import data.exvet.rules.service.account

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"service-managed-account": {"service:MSExchangeRepl"},
		"service-user": {"service:MSExchangeTransport"},
		"service-virtual-account": {"service:MSExchangeIS"},
		"service-localised": set(),
		"service-default-account": set(),
		"service-pop-local-system": set(),
		"service-edge": set(),
	}
	got := {finding.subject | some finding in account.findings} with input as data.fixtures[name]
	got == want
}
