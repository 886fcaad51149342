package exvet.rules.organisation.impersonating_caller_test

import data.exvet.rules.organisation.impersonating_caller

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"impersonation-calls": {`ews:CONTOSO\svc-archive`},
		"ews-calls": set(),
	}
	got := {finding.subject | some finding in impersonating_caller.findings} with input as data.fixtures[name]
	got == want
}
