package exvet.rules.event.foreign_report_test

import data.exvet.rules.event.foreign_report

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"foreign-crash": {"event:Application/4999"},
		"crash-elsewhere": set(),
		"blocked-impersonation": set(),
		"blocked-impersonation-transport": set(),
	}
	got := {finding.subject | some finding in foreign_report.findings} with input as data.fixtures[name]
	got == want
}

test_each_is_named if {
	count(foreign_report.findings) == 2 with input as data.fixtures["foreign-crash"]
}
