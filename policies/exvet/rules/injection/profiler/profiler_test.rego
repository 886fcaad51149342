package exvet.rules.injection.profiler_test

import data.exvet.rules.injection.profiler

_key := `registry:HKLM\SYSTEM\CurrentControlSet\Control\Session Manager`

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"profiler-account": {`registry:HKU\S-1-5-20\Environment!COR_PROFILER`},
		"profiler-exchange-service": {`registry:HKLM\SYSTEM\CurrentControlSet\Services\MSExchangeTransport!Environment`},
		"profiler-machine": {`registry:HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment!COR_PROFILER`},
		"profiler-microsoft-path": {concat(`\`, [_key, "Environment!COR_PROFILER"])},
		"profiler-progid": {`registry:HKLM\SYSTEM\CurrentControlSet\Services\WAS!Environment`},
		"profiler-service": {`registry:HKLM\SYSTEM\CurrentControlSet\Services\WAS!Environment`},
		"profiler-split": {`registry:HKLM\SYSTEM\CurrentControlSet\Services\MSExchangeTransport!Environment`},
		"profiler-off": set(),
		"profiler-unnamed": set(),
		"profiler-32bit": set(),
		"profiler-microsoft": set(),
		"profiler-local-service": set(),
		"profiler-other-service": set(),
		"core-variable": set(),
	}
	got := {finding.subject | some finding in profiler.findings} with input as data.fixtures[name]
	got == want
}
