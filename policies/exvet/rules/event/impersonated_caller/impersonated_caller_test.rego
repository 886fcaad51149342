package exvet.rules.event.impersonated_caller_test

import data.exvet.rules.event.impersonated_caller

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"impersonated-caller": {"event:Application/2117"},
		"blocked-impersonation": {"event:Application/2117"},
		"blocked-impersonation-transport": set(),
	}
	got := {finding.subject | some finding in impersonated_caller.findings} with input as data.fixtures[name]
	got == want
}

test_foreign_frame_is_named if {
	messages := [finding.message |
		some finding in impersonated_caller.findings
	] with input as data.fixtures["blocked-impersonation"]
	contains(messages[0], "Acme.Ews.Gate.OnAuthenticate")
	not contains(messages[0], "ADSession")
}
