package exvet.rules.organisation.script_address_test

import data.exvet.rules.organisation.script_address

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"oab-script": {"directory:oab (Default Web Site)"},
		"adfs-directory": set(),
	}
	got := {finding.subject | some finding in script_address.findings} with input as data.fixtures[name]
	got == want
}
