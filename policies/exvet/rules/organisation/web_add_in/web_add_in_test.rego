package exvet.rules.organisation.web_add_in_test

import data.exvet.rules.organisation.web_add_in

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"web-add-in": {"add-in:Acme Tracker"},
		"web-add-in-off": set(),
	}
	got := {finding.subject | some finding in web_add_in.findings} with input as data.fixtures[name]
	got == want
}
