package exvet.rules.iis.startup_variable_test

import data.exvet.rules.iis.startup_variable

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"pool-profiler": {"pool:MSExchangeOWAAppPool"},
		"pool-profiler-program-id": {"pool:MSExchangeServicesAppPool"},
		"pool-manager": {"pool:MSExchangeOWAAppPool"},
		"pool-complus": {"pool:MSExchangeOWAAppPool"},
		"pool-profiler-off": set(),
		"pool-profiler-elsewhere": set(),
		"pool-variables": set(),
	}
	got := {finding.subject | some finding in startup_variable.findings} with input as data.fixtures[name]
	got == want
}

test_severity[name] if {
	some name, want in {"pool-profiler": "high", "pool-complus": "high", "pool-manager": "critical"}
	got := {finding.severity | some finding in startup_variable.findings} with input as data.fixtures[name]
	got == {want}
}

test_evidence if {
	fixture := data.fixtures["pool-profiler-program-id"]
	got := [finding.evidence | some finding in startup_variable.findings] with input as fixture
	got == [[
		{"ref": `file:C:\Windows\System32\inetsrv\config\applicationHost.config:161`, "value": `Cor_Enable_Profiling=0x1`},
		{"ref": `file:C:\Windows\System32\inetsrv\config\applicationHost.config:162`, "value": `COR_PROFILER=Acme.Profiler`},
	]]
}
