package exvet.rules.iis.impersonation_test

import data.exvet.rules.iis.impersonation

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"impersonation": {"config:Default Web Site/EWS:system.web/identity/impersonate"},
		"impersonation-elsewhere": set(),
	}
	got := {finding.subject | some finding in impersonation.findings} with input as data.fixtures[name]
	got == want
}
