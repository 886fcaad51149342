package exvet.rules.injection.core_variable_test

import data.exvet.rules.injection.core_variable

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"core-variable": {
			`registry:HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment!CORECLR_ENABLE_PROFILING`,
			`registry:HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment!DOTNET_STARTUP_HOOKS`,
		},
		"profiler-machine": set(),
	}
	got := {finding.subject | some finding in core_variable.findings} with input as data.fixtures[name]
	got == want
}
