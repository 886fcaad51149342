package exvet.rules.iis.flowing_impersonation_test

import data.exvet.rules.iis.flowing_impersonation

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"clr-impersonation": {`config:E:\Exchange\bin\Acme.config:runtime/alwaysFlowImpersonationPolicy`},
		"clr-impersonation-legacy-off": {`config:E:\Exchange\bin\Acme.config:runtime/legacyImpersonationPolicy`},
		"clr-impersonation-as-setup": set(),
		"clr-manager": set(),
	}
	got := {finding.subject | some finding in flowing_impersonation.findings} with input as data.fixtures[name]
	got == want
}

test_severity[name] if {
	some name, want in {"clr-impersonation": "medium", "clr-impersonation-legacy-off": "low"}
	got := {finding.severity | some finding in flowing_impersonation.findings} with input as data.fixtures[name]
	got == {want}
}
