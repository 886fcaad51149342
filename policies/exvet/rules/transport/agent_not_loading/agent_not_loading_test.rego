package exvet.rules.transport.agent_not_loading_test

import data.exvet.rules.transport.agent_not_loading

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"agent-fails": {"agent:Acme Archive Agent"},
		"agent-gone": set(),
		"agent-signed": set(),
	}
	got := {finding.subject | some finding in agent_not_loading.findings} with input as data.fixtures[name]
	got == want
}
