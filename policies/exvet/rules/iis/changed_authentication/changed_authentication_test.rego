package exvet.rules.iis.changed_authentication_test

import data.exvet.rules.iis.changed_authentication

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"authentication-back-end": {"config:Exchange Back End/EWS:basic/authentication"},
		"authentication-anonymous": {"config:Default Web Site/owa:anonymous/authentication"},
		"authentication-chosen": {"config:Default Web Site/ecp:windows/authentication"},
		"authentication-default": set(),
		"authentication-adfs": set(),
		"authentication-elsewhere": set(),
	}
	got := {finding.subject | some finding in changed_authentication.findings} with input as data.fixtures[name]
	got == want
}

test_severities[name] if {
	some name, want in {
		"authentication-back-end": {"medium"},
		"authentication-anonymous": {"medium"},
		"authentication-chosen": {"low"},
	}
	got := {finding.severity | some finding in changed_authentication.findings} with input as data.fixtures[name]
	got == want
}
