package exvet.rules.organisation.extension_agent_test

import data.exvet.rules.organisation.extension_agent

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"scripting-agent": {"extension:Scripting Agent"},
		"extension-agent-foreign": {"extension:Acme Agent"},
	}
	got := {finding.subject | some finding in extension_agent.findings} with input as data.fixtures[name]
	got == want
}
