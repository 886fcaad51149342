package exvet.rules.organisation.outlook_anywhere_test

import data.exvet.rules.organisation.outlook_anywhere

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"outlook-anywhere": {"directory:Rpc (Default Web Site)"},
	}
	got := {finding.subject | some finding in outlook_anywhere.findings} with input as data.fixtures[name]
	got == want
}
