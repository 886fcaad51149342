package exvet.rules.event.blocked_process_test

import data.exvet.rules.event.blocked_process

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"blocked-impersonation-report": {"event:Application/1001", "event:Application/1025"},
		"blocked-impersonation": set(),
		"foreign-crash": set(),
	}
	got := {finding.subject | some finding in blocked_process.findings} with input as data.fixtures[name]
	got == want
}
