package exvet.rules.transport.domain_manager_test

import data.exvet.rules.transport.domain_manager

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"transport-domain-manager": {"config:EdgeTransport.exe/app_domain_manager"},
		"transport-code-base": {"config:EdgeTransport.exe/code_base"},
		"transport-legacy-runtime": set(),
	}
	got := {finding.subject | some finding in domain_manager.findings} with input as data.fixtures[name]
	got == want
}
