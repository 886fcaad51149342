package exvet.rules.transport.agent_without_file_test

import data.exvet.rules.transport.agent_without_file

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"agent-gone": {"agent:Acme Archive Agent"},
		"agent-gone-quiet": {"agent:Acme Archive Agent"},
		"agent-signed": set(),
		"agent-unseen": set(),
	}
	got := {finding.subject | some finding in agent_without_file.findings} with input as data.fixtures[name]
	got == want
}
