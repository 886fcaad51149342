package exvet.rules.organisation.impersonation_role_test

import data.exvet.rules.organisation.impersonation_role

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"impersonation-role": {"role:Archive"},
		"impersonation-role-scoped": {"role:Archive"},
		"impersonation-role-disabled": set(),
	}
	got := {finding.subject | some finding in impersonation_role.findings} with input as data.fixtures[name]
	got == want
}
