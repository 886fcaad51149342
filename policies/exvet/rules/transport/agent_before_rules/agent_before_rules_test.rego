package exvet.rules.transport.agent_before_rules_test

import data.exvet.rules.transport.agent_before_rules

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"agent-first": {"agent:Acme Archive Agent"},
		"agent-signed": set(),
	}
	got := {finding.subject | some finding in agent_before_rules.findings} with input as data.fixtures[name]
	got == want
}
