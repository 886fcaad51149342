package exvet.rules.organisation.journal_test

import data.exvet.rules.organisation.journal

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"journal-rule": {"journal:All mail"},
	}
	got := {finding.subject | some finding in journal.findings} with input as data.fixtures[name]
	got == want
}
