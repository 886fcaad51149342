package exvet.rules.amsi.broken_provider_test

import data.exvet.rules.amsi.broken_provider

_key := `registry:HKLM\SOFTWARE\Microsoft\AMSI\Providers`

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"amsi-defender-replaced": {concat(`\`, [_key, "{2781761E-28E0-4109-99FE-B9D127C57AFE}"])},
		"amsi-provider-broken": {concat(`\`, [_key, "{A1B2C3D4-0000-4000-8000-00000000ACE1}"])},
		"amsi-provider": set(),
		"amsi-provider-32bit": set(),
	}
	got := {finding.subject | some finding in broken_provider.findings} with input as data.fixtures[name]
	got == want
}

test_severity[name] if {
	some name, want in {
		"amsi-defender-replaced": {"medium"},
		"amsi-provider-broken": {"low"},
	}
	got := {finding.severity | some finding in broken_provider.findings} with input as data.fixtures[name]
	got == want
}
