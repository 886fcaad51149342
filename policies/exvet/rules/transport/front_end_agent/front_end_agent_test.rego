package exvet.rules.transport.front_end_agent_test

import data.exvet.rules.transport.front_end_agent

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"agent-front-end-routing": {"agent:front_end/Acme Archive Agent"},
		"agent-front-end": set(),
		"agent-signed": set(),
	}
	got := {finding.subject | some finding in front_end_agent.findings} with input as data.fixtures[name]
	got == want
}
