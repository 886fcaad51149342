package exvet.rules.amsi.provider_test

import data.exvet.rules.amsi.provider

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"amsi-provider": {`registry:HKLM\SOFTWARE\Microsoft\AMSI\Providers\{A1B2C3D4-0000-4000-8000-00000000ACE1}`},
		"amsi-provider-avast": {`registry:HKLM\SOFTWARE\Microsoft\AMSI\Providers\{FB904E4E-D2C7-4C8D-8492-B620BB9896B1}`},
		"amsi-provider-broken": set(),
		"amsi-provider-32bit": set(),
		"amsi-defender-replaced": set(),
	}
	got := {finding.subject | some finding in provider.findings} with input as data.fixtures[name]
	got == want
}
