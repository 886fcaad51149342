package exvet.rules.iis.pool_recycling_test

import data.exvet.rules.iis.pool_recycling

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"pool-recycling": {"pool:MSExchangeServicesAppPool"},
		"pool-queue": {"pool:MSExchangeServicesAppPool"},
		"pool-recycling-elsewhere": set(),
		"pool-renamed": set(),
	}
	got := {finding.subject | some finding in pool_recycling.findings} with input as data.fixtures[name]
	got == want
}

test_severity[name] if {
	some name, want in {"pool-recycling": "low", "pool-queue": "info"}
	got := {finding.severity | some finding in pool_recycling.findings} with input as data.fixtures[name]
	got == {want}
}
