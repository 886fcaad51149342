package exvet.rules.transport.imitated_agent_test

import data.exvet.rules.transport.imitated_agent

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"agent-imitates": {"agent:Content Filter Agent"},
		"agent-imitates-assembly": {"agent:Malware Agent"},
		"agent-own-replaced": {"agent:Malware Agent"},
		"agent-signed": set(),
		"agent-claims": set(),
		"exchange-root-unknown": set(),
	}
	got := {finding.subject | some finding in imitated_agent.findings} with input as data.fixtures[name]
	got == want
}
