package exvet.rules.transport.unsupported_base_test

import data.exvet.rules.transport.unsupported_base

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"agent-store-driver": {"agent:Acme Archive Agent"},
		"agent-signed": set(),
		"agent-front-end-routing": set(),
	}
	got := {finding.subject | some finding in unsupported_base.findings} with input as data.fixtures[name]
	got == want
}
