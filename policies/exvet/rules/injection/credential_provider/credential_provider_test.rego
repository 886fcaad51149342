package exvet.rules.injection.credential_provider_test

import data.exvet.rules.injection.credential_provider

_key := `registry:HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Authentication\Credential Provider Filters`

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"credential-provider": {concat(`\`, [_key, "{A1B2C3D4-0000-4000-8000-00000000ACE1}"])},
	}
	got := {finding.subject | some finding in credential_provider.findings} with input as data.fixtures[name]
	got == want
}
