package exvet.rules.organisation.scan_off_test

import data.exvet.rules.organisation.scan_off

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"amsi-off": {"override:x"},
		"amsi-body": set(),
	}
	got := {finding.subject | some finding in scan_off.findings} with input as data.fixtures[name]
	got == want
}
