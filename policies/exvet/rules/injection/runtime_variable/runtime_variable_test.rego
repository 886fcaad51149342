package exvet.rules.injection.runtime_variable_test

import data.exvet.rules.injection.runtime_variable

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"domain-manager": {`registry:HKLM\SYSTEM\CurrentControlSet\Services\W3SVC!Environment`},
		"runtime-variable": {
			`registry:HKU\S-1-5-18\Environment!COMPLUS_LogEnable`,
			`registry:HKU\S-1-5-18\Environment!DEVPATH`,
		},
		"profiler-machine": set(),
		"core-variable": set(),
		"service-variable": set(),
	}
	got := {finding.subject | some finding in runtime_variable.findings} with input as data.fixtures[name]
	got == want
}

test_severity[name] if {
	some name, want in {
		"domain-manager": {"critical"},
		"runtime-variable": {"critical", "high"},
	}
	got := {finding.severity | some finding in runtime_variable.findings} with input as data.fixtures[name]
	got == want
}
