package exvet.rules.organisation.basic_sign_in_test

import data.exvet.rules.organisation.basic_sign_in

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"basic-directory": {"directory:ews (Default Web Site)"},
		"adfs-directory": set(),
	}
	got := {finding.subject | some finding in basic_sign_in.findings} with input as data.fixtures[name]
	got == want
}
