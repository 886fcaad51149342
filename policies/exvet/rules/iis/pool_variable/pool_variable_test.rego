package exvet.rules.iis.pool_variable_test

import data.exvet.rules.iis.pool_variable

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"pool-profiler-off": {"pool:MSExchangeOWAAppPool"},
		"pool-variables": {"pool:MSExchangeOWAAppPool"},
		"pool-profiler": set(),
		"pool-manager": set(),
		"pool-profiler-elsewhere": set(),
	}
	got := {finding.subject | some finding in pool_variable.findings} with input as data.fixtures[name]
	got == want
}

test_severity[name] if {
	some name, want in {"pool-profiler-off": "low", "pool-variables": "medium"}
	got := {finding.severity | some finding in pool_variable.findings} with input as data.fixtures[name]
	got == {want}
}
