package exvet.rules.organisation.federated_sign_in_test

import data.exvet.rules.organisation.federated_sign_in

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"adfs-directory": {"directory:owa (Default Web Site)"},
		"basic-directory": set(),
	}
	got := {finding.subject | some finding in federated_sign_in.findings} with input as data.fixtures[name]
	got == want
}
