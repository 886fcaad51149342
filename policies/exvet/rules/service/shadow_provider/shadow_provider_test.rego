package exvet.rules.service.shadow_provider_test

import data.exvet.rules.service.shadow_provider

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"vss-provider": {`registry:HKLM\SYSTEM\CurrentControlSet\Services\VSS\Providers\{acme}`},
	}
	got := {finding.subject | some finding in shadow_provider.findings} with input as data.fixtures[name]
	got == want
}
