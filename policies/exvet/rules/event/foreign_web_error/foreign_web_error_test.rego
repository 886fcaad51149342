package exvet.rules.event.foreign_web_error_test

import data.exvet.rules.event.foreign_web_error

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"foreign-crash": {"event:Application/1003", "event:Application/1309"},
		"crash-elsewhere": set(),
	}
	got := {finding.subject | some finding in foreign_web_error.findings} with input as data.fixtures[name]
	got == want
}
