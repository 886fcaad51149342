package exvet.rules.event.integrating_cmdlet_test

import data.exvet.rules.event.integrating_cmdlet

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"change-events": {"event:MSExchange Management/1"},
		"foreign-crash": set(),
	}
	got := {finding.subject | some finding in integrating_cmdlet.findings} with input as data.fixtures[name]
	got == want
}

test_which if {
	count(integrating_cmdlet.findings) == 2 with input as data.fixtures["change-events"]
}
