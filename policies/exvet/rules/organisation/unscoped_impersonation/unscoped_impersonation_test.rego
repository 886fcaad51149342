package exvet.rules.organisation.unscoped_impersonation_test

import data.exvet.rules.organisation.unscoped_impersonation

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"impersonation-role": {"role:Archive"},
		"impersonation-role-scoped": set(),
		"impersonation-role-disabled": set(),
	}
	got := {finding.subject | some finding in unscoped_impersonation.findings} with input as data.fixtures[name]
	got == want
}
