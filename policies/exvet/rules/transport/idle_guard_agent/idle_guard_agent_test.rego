package exvet.rules.transport.idle_guard_agent_test

import data.exvet.rules.transport.idle_guard_agent

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"guard-agent-disabled": {"agent:Malware Agent"},
		"guard-agent-gone": {"agent:Transport Rule Agent"},
		"agent-signed": set(),
		"agent-disabled": set(),
	}
	got := {finding.subject | some finding in idle_guard_agent.findings} with input as data.fixtures[name]
	got == want
}
