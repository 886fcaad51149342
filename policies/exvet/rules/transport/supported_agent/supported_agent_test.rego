package exvet.rules.transport.supported_agent_test

import data.exvet.rules.transport.supported_agent

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"agent-signed": {"agent:Acme Archive Agent"},
		"agent-unseen": {"agent:Acme Archive Agent"},
		"agent-known": {"agent:SMSMSERoutingAgent"},
		"agent-unsigned": set(),
		"agent-disabled": set(),
		"agent-gone": set(),
		"agent-store-driver": set(),
		"agent-front-end": {"agent:front_end/Acme Archive Agent"},
		"agent-front-end-routing": set(),
		"agent-microsoft": set(),
		"agent-claims-unseen": set(),
	}
	got := {finding.subject | some finding in supported_agent.findings} with input as data.fixtures[name]
	got == want
}
