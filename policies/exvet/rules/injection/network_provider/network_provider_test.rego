package exvet.rules.injection.network_provider_test

import data.exvet.rules.injection.network_provider

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"network-provider": {`registry:HKLM\SYSTEM\CurrentControlSet\Services\AcmeNP\NetworkProvider!ProviderPath`},
		"network-provider-idle": {`registry:HKLM\SYSTEM\CurrentControlSet\Services\AcmeNP\NetworkProvider!ProviderPath`},
	}
	got := {finding.subject | some finding in network_provider.findings} with input as data.fixtures[name]
	got == want
}

test_severity[name] if {
	some name, want in {
		"network-provider": {"medium"},
		"network-provider-idle": {"low"},
	}
	got := {finding.severity | some finding in network_provider.findings} with input as data.fixtures[name]
	got == want
}
