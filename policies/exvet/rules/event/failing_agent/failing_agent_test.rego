package exvet.rules.event.failing_agent_test

import data.exvet.rules.event.failing_agent

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"agent-events": {"event:Application/1050", "event:Application/1051"},
		"agent-events-own": set(),
	}
	got := {finding.subject | some finding in failing_agent.findings} with input as data.fixtures[name]
	got == want
}
