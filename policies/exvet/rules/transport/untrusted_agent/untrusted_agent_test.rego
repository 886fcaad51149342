package exvet.rules.transport.untrusted_agent_test

import data.exvet.rules.transport.untrusted_agent

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"agent-claims": {"agent:Security Interop Agent"},
		"agent-tampered": {"agent:Acme Archive Agent"},
		"agent-share": {"agent:Acme Archive Agent"},
		"agent-temp": {"agent:Acme Archive Agent"},
		"agent-unsigned": set(),
		"agent-signed": set(),
		"agent-claims-unseen": set(),
		"agent-microsoft": set(),
		"agent-own-replaced": {"agent:Malware Agent"},
	}
	got := {finding.subject | some finding in untrusted_agent.findings} with input as data.fixtures[name]
	got == want
}
