package exvet.rules.iis.pool_runtime_test

import data.exvet.rules.iis.pool_runtime

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"pool-32bit": {"pool:MSExchangeOWAAppPool"},
		"pool-classic-old-runtime": {"pool:MSExchangeServicesAppPool"},
		"pool-32bit-elsewhere": set(),
	}
	got := {finding.subject | some finding in pool_runtime.findings} with input as data.fixtures[name]
	got == want
}

test_evidence if {
	fixture := data.fixtures["pool-classic-old-runtime"]
	got := [finding.evidence | some finding in pool_runtime.findings] with input as fixture
	ref := `file:C:\Windows\System32\inetsrv\config\applicationHost.config:166`
	got == [[
		{"ref": ref, "value": `managedPipelineMode="Classic"`},
		{"ref": ref, "value": `managedRuntimeVersion="v2.0"`},
	]]
}
