package exvet.rules.injection.lesser_profiler_test

import data.exvet.rules.injection.lesser_profiler

_key := `registry:HKLM\SYSTEM\CurrentControlSet\Control\Session Manager`

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"profiler-32bit": {`registry:HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment!COR_PROFILER`},
		"profiler-microsoft": {`registry:HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment!COR_PROFILER`},
		"profiler-off": {`registry:HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment!COR_PROFILER`},
		"profiler-split": {`registry:HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment!COR_PROFILER`},
		"profiler-unnamed": {concat(`\`, [_key, "Environment!COR_ENABLE_PROFILING"])},
		"profiler-machine": set(),
		"profiler-service": set(),
		"profiler-microsoft-path": set(),
		"profiler-local-service": set(),
		"profiler-other-service": set(),
	}
	got := {finding.subject | some finding in lesser_profiler.findings} with input as data.fixtures[name]
	got == want
}

test_severity[name] if {
	some name, want in {
		"profiler-32bit": {"info"},
		"profiler-microsoft": {"medium"},
		"profiler-off": {"low"},
		"profiler-split": {"low"},
		"profiler-unnamed": {"medium"},
	}
	got := {finding.severity | some finding in lesser_profiler.findings} with input as data.fixtures[name]
	got == want
}
