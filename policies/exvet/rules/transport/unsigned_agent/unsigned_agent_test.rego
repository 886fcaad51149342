package exvet.rules.transport.unsigned_agent_test

import data.exvet.rules.transport.unsigned_agent

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"agent-unsigned": {"agent:Acme Archive Agent"},
		"agent-claims-elsewhere": {"agent:Security Interop Agent"},
		"agent-signed": set(),
		"agent-unseen": set(),
		"agent-claims-unseen": set(),
		"agent-own-replaced": set(),
	}
	got := {finding.subject | some finding in unsigned_agent.findings} with input as data.fixtures[name]
	got == want
}
